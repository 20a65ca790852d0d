package fakeaws

func serveCloudTrail(*Cloud) {}
