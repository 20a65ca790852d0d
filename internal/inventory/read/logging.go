package read

var loggingReaders = []reader{}
