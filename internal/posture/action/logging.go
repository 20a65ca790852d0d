package action

var loggingTypes = []Action{}
