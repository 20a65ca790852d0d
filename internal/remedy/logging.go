package remedy

var _ = []remedy{
	by(createTrail, deleteTrail), by(startTrail, stopTrail), by(recordAllRegions, recordOneRegion), by(recordManagementEvents, undoManagementEvents),
	by(deliverTrailToLogs, undoTrailDelivery),
	by(raiseTrailAlarm, removeTrailAlarm),
	by(setUpRecorder, removeRecorder), by(startRecorder, stopRecorder), by(recordAllTypes, undoRecordAllTypes),
}
