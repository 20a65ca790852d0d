package remedy

var loggingRemedies = []remedy{}
