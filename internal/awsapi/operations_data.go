package awsapi

import "slices"

var dataOperations = slices.Concat(
	reads(
		"rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots",
		"rds:DescribeDBSnapshotAttributes", "rds:DescribeDBClusterSnapshotAttributes",
	),
	writes("rds:ModifyDBSnapshotAttribute", "rds:ModifyDBClusterSnapshotAttribute"),
)
