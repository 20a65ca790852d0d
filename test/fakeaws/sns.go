package fakeaws

func serveSNS(*Cloud) {}
