package awsapi

import "slices"

var s3Operations = slices.Concat(
	[]Operation{
		{Name: "s3:ListBuckets", Permissions: []string{"s3:ListAllMyBuckets"}},
		{Name: "s3:GetPublicAccessBlock", Permissions: []string{"s3:GetBucketPublicAccessBlock"}},
		{Name: "s3:PutPublicAccessBlock", Permissions: []string{"s3:PutBucketPublicAccessBlock"}, Write: true},
	},
	reads("s3:GetBucketTagging"),
)
