package action

var iamTypes = []Action{}
