package action

var loggingTypes = []Action{KeepLogs{}}
