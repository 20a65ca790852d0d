package awsapi

var iamOperations = []Operation{}
