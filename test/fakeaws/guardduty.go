package fakeaws

func serveGuardDuty(*Cloud) {}
