package remedy

var loggingRemedies = []remedy{by(keepLogs)}
