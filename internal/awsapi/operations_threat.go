package awsapi

var threatOperations = []Operation{}
