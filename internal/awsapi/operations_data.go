package awsapi

var dataOperations = []Operation{}
