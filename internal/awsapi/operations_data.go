package awsapi

import "slices"

var dataOperations = slices.Concat(
	reads(
		"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots",
		"rds:DescribeDBSnapshotAttributes", "rds:DescribeDBClusterSnapshotAttributes",
		"dynamodb:ListTables", "dynamodb:DescribeContinuousBackups", "dynamodb:ListTagsOfResource",
	),
	writes("rds:ModifyDBSnapshotAttribute", "rds:ModifyDBClusterSnapshotAttribute", "dynamodb:UpdateContinuousBackups"),
)
