package read

var ec2Readers = []reader{}
