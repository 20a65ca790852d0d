package action

var loggingTypes = []Action{
	CreateTrail{},
	StartTrail{},
	RecordAllRegions{},
	RecordManagementEvents{},
	ValidateTrailLogs{},
	DeliverTrailToLogs{},
	RaiseTrailAlarm{},
	SetUpRecorder{},
	StartRecorder{},
	RecordAllTypes{},
}
