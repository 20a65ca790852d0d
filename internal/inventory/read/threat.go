package read

var threatReaders = []reader{}
