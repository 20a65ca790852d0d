package awsapi

import "slices"

var s3Operations = slices.Concat(
	[]Operation{
		{Name: "s3:ListBuckets", Permissions: []string{"s3:ListAllMyBuckets"}},
		{Name: "s3:GetPublicAccessBlock", Permissions: []string{"s3:GetBucketPublicAccessBlock"}},
		{Name: "s3:PutPublicAccessBlock", Permissions: []string{"s3:PutBucketPublicAccessBlock"}, Write: true},
		{Name: "s3:GetBucketEncryption", Permissions: []string{"s3:GetEncryptionConfiguration"}},
		{Name: "s3:PutBucketEncryption", Permissions: []string{"s3:PutEncryptionConfiguration"}, Write: true},
	},
	reads("s3:GetBucketLocation", "s3:GetBucketPolicy", "s3:GetBucketTagging", "s3:GetBucketVersioning"),
	writes("s3:PutBucketPolicy", "s3:PutBucketVersioning"),
	// Only an undo makes it.
	writes("s3:DeleteBucketPolicy"),
)
