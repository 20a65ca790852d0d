package read

var iamReaders = []reader{}
