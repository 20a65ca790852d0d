package action

var threatTypes = []Action{}
