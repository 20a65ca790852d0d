package action

var kmsTypes = []Action{}
