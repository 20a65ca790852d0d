package awsapi

var kmsOperations = []Operation{}
