package action

var loggingTypes = []Action{
	CreateTrail{},
	StartTrail{},
	RecordAllRegions{},
	RecordManagementEvents{},
	DeliverTrailToLogs{},
	RaiseTrailAlarm{},
	SetUpRecorder{},
	StartRecorder{},
	RecordAllTypes{},
}
