package remedy

var iamRemedies = []remedy{}
