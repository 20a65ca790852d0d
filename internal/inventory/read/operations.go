package read

import (
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// operations are the calls that readers take which are not made of parts: what the reading of
// each collection may take, a closer look at what
// is wrong included. Facets have theirs. IAM policies are made of them, and a test holds them to
// what is called.
var operations = map[string][]string{
	inventory.RootUsers.Name:        {"iam:GetAccountSummary"},
	inventory.PasswordPolicies.Name: {"iam:GetAccountPasswordPolicy"},
	inventory.Users.Name:            {"iam:GetAccountAuthorizationDetails"},
	inventory.Credentials.Name: {
		"iam:GetAccountAuthorizationDetails", "iam:GenerateCredentialReport", "iam:GetCredentialReport",
		"iam:GetLoginProfile", "iam:GetUser", "iam:ListMFADevices", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed",
	},
	inventory.Buckets.Name:          {"s3:ListBuckets", "s3:GetBucketLocation", "s3:GetBucketTagging"},
	inventory.SecurityGroups.Name:   {"ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules", "ec2:DescribeNetworkInterfaces"},
	inventory.Instances.Name:        {"ec2:DescribeInstances"},
	inventory.MetadataDefaults.Name: {"ec2:GetInstanceMetadataDefaults"},
	inventory.EBSDefaults.Name:      {"ec2:GetEbsEncryptionByDefault", "ec2:GetEbsDefaultKmsKeyId"},
	inventory.EBSSnapshots.Name:     {"ec2:DescribeSnapshots", "ec2:DescribeSnapshotAttribute"},
	inventory.Images.Name:           {"ec2:DescribeImages"},
	inventory.VPCs.Name:             {"ec2:DescribeVpcs", "ec2:DescribeFlowLogs"},
	inventory.Databases.Name:        {"rds:DescribeDBInstances", "rds:DescribeDBClusters"},
	inventory.DBSnapshots.Name:      {"rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"},
	inventory.Trails.Name:           {"cloudtrail:DescribeTrails", "cloudtrail:ListTrails", "cloudtrail:ListTags"},
	inventory.AuditTrails.Name:      {"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "cloudtrail:ListTags"},
	inventory.TrailAlerts.Name: {
		"cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus", "cloudtrail:GetEventSelectors", "cloudtrail:ListTags",
		"logs:DescribeMetricFilters", "cloudwatch:DescribeAlarms", "sns:ListSubscriptionsByTopic",
	},
	inventory.Recorders.Name: {
		"config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus", "config:DescribeDeliveryChannels", "config:ListTagsForResource",
	},
	inventory.Detectors.Name:        {"guardduty:ListDetectors", "guardduty:GetDetector"},
	inventory.SecurityContacts.Name: {"account:GetAlternateContact"},
}

// facetOperations are the further calls of a collection's facets. A facet that ends in a colon
// stands for all that begin with it.
var facetOperations = map[string]map[inventory.Facet][]string{
	inventory.Buckets.Name: {
		inventory.BucketPublicAccessBlock: {"s3:GetPublicAccessBlock"},
		inventory.BucketVersioning:        {"s3:GetBucketVersioning"},
		inventory.BucketEncryption:        {"s3:GetBucketEncryption"},
		inventory.BucketPolicy:            {"s3:GetBucketPolicy"},
	},
	inventory.EBSDefaults.Name: {inventory.EBSKey(""): {"kms:DescribeKey"}},
	inventory.DBSnapshots.Name: {inventory.DBSnapshotSharing: {"rds:DescribeDBSnapshotAttributes", "rds:DescribeDBClusterSnapshotAttributes"}},
}

// Operations returns the calls that reading what is wanted may take, sorted.
func Operations(want inventory.Want) []string {
	all := slices.Clone(operations[want.Collection])
	for facet, calls := range facetOperations[want.Collection] {
		if slices.ContainsFunc(want.Facets, func(wanted inventory.Facet) bool { return covers(facet, wanted) }) {
			all = append(all, calls...)
		}
	}
	for _, use := range Uses() {
		if use.Collection == want.Collection && (use.Facet == "" || use.Always || want.Facets.Has(use.Facet)) {
			all = append(all, use.Call)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Calls returns those by which a step looks again at one resource: of the facet, or, without
// one, of the list.
func Calls(want inventory.Want, facet inventory.Facet) []string {
	var all []string
	for _, use := range Uses() {
		if use.Collection == want.Collection && use.Facet == facet && !use.Tags {
			all = append(all, use.Call)
		}
	}
	return all
}

func covers(facet, wanted inventory.Facet) bool {
	return facet == wanted || strings.HasSuffix(string(facet), ":") && strings.HasPrefix(string(wanted), string(facet))
}
