package remedy

var dataRemedies = []remedy{}
