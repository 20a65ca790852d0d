package fakeaws

func serveConfig(*Cloud) {}
