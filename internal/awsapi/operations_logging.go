package awsapi

var loggingOperations = []Operation{}
