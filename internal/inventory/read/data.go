package read

var dataReaders = []reader{}
