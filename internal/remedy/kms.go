package remedy

var kmsRemedies = []remedy{}
