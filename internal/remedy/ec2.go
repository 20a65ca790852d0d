package remedy

var ec2Remedies = []remedy{}
