package fakeaws

func serveIAM(*Cloud) {}
