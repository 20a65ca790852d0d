package remedy

var loggingRemedies = []remedy{
	setLogRetention,
	by(createTrail, deleteTrail), by(startTrail, stopTrail), by(recordAllRegions, recordOneRegion), by(recordManagementEvents, undoManagementEvents),
	by(validateTrailLogs, undoTrailValidation), by(deliverTrailToLogs, undoTrailDelivery),
	by(raiseTrailAlarm, removeTrailAlarm),
	by(setUpRecorder, removeRecorder), by(startRecorder, stopRecorder), by(recordAllTypes, undoRecordAllTypes),
}
