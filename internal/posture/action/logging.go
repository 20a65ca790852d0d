package action

var loggingTypes = []Action{
	KeepLogs{},
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
