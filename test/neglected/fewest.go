package neglected

// FewestCalls returns how many calls of each operation AWS's API needs at least for the facts
// that the controls judge in an account of the size, spread over the regions. It is counted
// from the API, not from the readers: a list takes its pages at the largest page size, in each
// region that has it; what only a call per resource tells takes one call per resource; the
// owner's tags of what is wrong take one more, where no list has them. Looking closer at users
// that the credential report condemns needs no call at all if one believes a report that may be
// four hours old.
func FewestCalls(s Size, regions int) map[string]int {
	each := func(n, page int) int {
		perRegion := (n + regions - 1) / regions
		return regions * max(1, (perRegion+page-1)/page)
	}
	return map[string]int{
		"account:GetAlternateContact": 1,

		"cloudtrail:DescribeTrails": 1,
		"cloudtrail:ListTrails":     1,

		"config:DescribeConfigurationRecorders": regions,
		"config:DescribeDeliveryChannels":       regions,

		"dynamodb:ListTables":                each(s.Tables, 100),
		"dynamodb:DescribeContinuousBackups": s.Tables,
		"dynamodb:ListTagsOfResource":        s.Tables, // none has point-in-time recovery

		"ec2:DescribeFlowLogs":            regions,
		"ec2:DescribeImages":              regions,
		"ec2:DescribeInstances":           each(s.Instances, 1000),
		"ec2:DescribeNetworkInterfaces":   each(s.Instances, 1000),
		"ec2:DescribeSecurityGroupRules":  each(3*s.Groups, 1000),
		"ec2:DescribeSecurityGroups":      each(s.Groups, 1000),
		"ec2:DescribeSnapshots":           2 * each(s.Snapshots, 1000), // the public ones are a list of their own
		"ec2:DescribeVpcs":                regions,
		"ec2:GetEbsDefaultKmsKeyId":       0, // no key is declared
		"ec2:GetEbsEncryptionByDefault":   regions,
		"ec2:GetInstanceMetadataDefaults": regions,

		"guardduty:ListDetectors": regions,

		"iam:GenerateCredentialReport":       1,
		"iam:GetCredentialReport":            1,
		"iam:GetAccountAuthorizationDetails": (s.Users + 999) / 1000,
		"iam:GetAccountPasswordPolicy":       1,
		"iam:GetAccountSummary":              1,
		"iam:GetAccessKeyLastUsed":           0,
		"iam:GetLoginProfile":                0,
		"iam:GetUser":                        0,
		"iam:ListAccessKeys":                 0,
		"iam:ListMFADevices":                 0,

		"kms:ListKeys":             each(s.Keys, 1000),
		"kms:DescribeKey":          s.Keys,
		"kms:GetKeyRotationStatus": s.Keys - 1, // one is pending deletion
		"kms:ListResourceTags":     s.Keys,     // none rotates

		"logs:DescribeLogGroups":     each(s.LogGroups, 50),
		"logs:DescribeMetricFilters": 0, // there is no trail whose log group could have one
		"logs:ListTagsForResource":   (s.LogGroups + 1) / 2,

		"rds:DescribeDBClusterSnapshots":   regions,
		"rds:DescribeDBClusters":           regions,
		"rds:DescribeDBInstances":          each(s.Databases, 100),
		"rds:DescribeDBSnapshotAttributes": 1,
		"rds:DescribeDBSnapshots":          regions,

		"s3:ListBuckets":                 (s.Buckets + 9999) / 10000,
		"s3:GetBucketEncryption":         s.Buckets,
		"s3:GetBucketPolicy":             s.Buckets,
		"s3:GetBucketTagging":            s.Buckets, // each has something wrong
		"s3:GetBucketVersioning":         s.Buckets,
		"s3:GetPublicAccessBlock":        s.Buckets,
		"s3control:GetPublicAccessBlock": 1,
		"sts:AssumeRole":                 1,
		"sts:GetCallerIdentity":          1,
	}
}
