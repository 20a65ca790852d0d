package action

var ec2Types = []Action{}
