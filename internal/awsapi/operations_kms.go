package awsapi

var kmsOperations = writes("kms:CancelKeyDeletion", "kms:EnableKey")
