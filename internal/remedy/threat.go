package remedy

var threatRemedies = []remedy{}
