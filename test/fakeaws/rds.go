package fakeaws

func serveRDS(*Cloud) {}
