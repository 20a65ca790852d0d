package fakeaws

func serveEC2(*Cloud) {}
