package fakeaws

func serveDynamoDB(*Cloud) {}
