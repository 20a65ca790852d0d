package fakeaws

func serveKMS(*Cloud) {}
