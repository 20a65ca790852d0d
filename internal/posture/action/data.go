package action

var dataTypes = []Action{}
