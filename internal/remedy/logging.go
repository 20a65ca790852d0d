package remedy

var loggingRemedies = []remedy{
	by(keepLogs),
	by(createTrail), by(startTrail), by(recordAllRegions), by(recordManagementEvents), by(validateTrailLogs), by(deliverTrailToLogs),
	by(raiseTrailAlarm),
	by(setUpRecorder), by(startRecorder), by(recordAllTypes),
}
