package awsapi

import "slices"

var loggingOperations = slices.Concat(
	reads("logs:DescribeLogGroups", "logs:ListTagsForResource"),
	writes("logs:PutRetentionPolicy"),
)
