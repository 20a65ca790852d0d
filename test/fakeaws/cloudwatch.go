package fakeaws

func serveCloudWatch(*Cloud) {}
