package fakeaws

func serveAccount(*Cloud) {}
