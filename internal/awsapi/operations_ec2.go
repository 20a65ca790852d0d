package awsapi

import "slices"

var ec2Operations = slices.Concat(
	reads(
		"ec2:DescribeRegions",
		"ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules", "ec2:DescribeNetworkInterfaces",
		"ec2:DescribeInstances", "ec2:GetInstanceMetadataDefaults",
		"ec2:GetEbsEncryptionByDefault", "ec2:GetEbsDefaultKmsKeyId",
		"ec2:DescribeSnapshots", "ec2:DescribeSnapshotAttribute", "ec2:DescribeImages",
		"ec2:DescribeVpcs", "ec2:DescribeFlowLogs",
	),
	writes(
		"ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress",
		"ec2:ModifyInstanceMetadataOptions", "ec2:ModifyInstanceMetadataDefaults",
		"ec2:EnableEbsEncryptionByDefault", "ec2:ModifyEbsDefaultKmsKeyId",
		"ec2:ModifySnapshotAttribute", "ec2:ModifyImageAttribute",
		// Those that only an undo makes.
		"ec2:DisableEbsEncryptionByDefault", "ec2:ResetEbsDefaultKmsKeyId", "ec2:DeleteFlowLogs",
	),
	[]Operation{
		// Who makes a flow log hands it the role that writes the log, and tags it.
		{Name: "ec2:CreateFlowLogs", Permissions: []string{"ec2:CreateFlowLogs", "ec2:CreateTags", "iam:PassRole"}, Write: true},
		// A rule that is put back gets its tags back.
		{Name: "ec2:AuthorizeSecurityGroupIngress", Permissions: []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags"}, Write: true},
		{Name: "ec2:AuthorizeSecurityGroupEgress", Permissions: []string{"ec2:AuthorizeSecurityGroupEgress", "ec2:CreateTags"}, Write: true},
	},
)
