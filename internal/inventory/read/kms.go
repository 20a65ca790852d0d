package read

var kmsReaders = []reader{}
