package remedy

import (
	"slices"

	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// looks are the reads by which the step of a call looks at its target. IAM policies are made of
// them, and a test holds them to what is called.
var looks = map[string][]string{
	"account:DeleteAlternateContact":       {"account:GetAlternateContact"},
	"account:PutAlternateContact":          {"account:GetAlternateContact"},
	"cloudtrail:CreateTrail":               {"cloudtrail:DescribeTrails"},
	"cloudtrail:DeleteTrail":               {"cloudtrail:DescribeTrails", "cloudtrail:ListTags"},
	"cloudtrail:PutEventSelectors":         {"cloudtrail:GetEventSelectors"},
	"cloudtrail:StartLogging":              {"cloudtrail:GetTrailStatus"},
	"cloudtrail:StopLogging":               {"cloudtrail:GetTrailStatus"},
	"cloudtrail:UpdateTrail":               {"cloudtrail:DescribeTrails"},
	"cloudwatch:DeleteAlarms":              {"cloudwatch:DescribeAlarms"},
	"cloudwatch:PutMetricAlarm":            {"cloudwatch:DescribeAlarms"},
	"config:DeleteConfigurationRecorder":   {"config:DescribeConfigurationRecorders"},
	"config:DeleteDeliveryChannel":         {"config:DescribeDeliveryChannels"},
	"config:PutConfigurationRecorder":      {"config:DescribeConfigurationRecorders"},
	"config:PutDeliveryChannel":            {"config:DescribeDeliveryChannels"},
	"config:StartConfigurationRecorder":    {"config:DescribeConfigurationRecorderStatus"},
	"config:StopConfigurationRecorder":     {"config:DescribeConfigurationRecorders", "config:DescribeConfigurationRecorderStatus"},
	"ec2:AuthorizeSecurityGroupEgress":     {"ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"},
	"ec2:AuthorizeSecurityGroupIngress":    {"ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules"},
	"ec2:CreateFlowLogs":                   {"ec2:DescribeFlowLogs"},
	"ec2:DeleteFlowLogs":                   {"ec2:DescribeFlowLogs"},
	"ec2:DisableEbsEncryptionByDefault":    {"ec2:GetEbsEncryptionByDefault"},
	"ec2:EnableEbsEncryptionByDefault":     {"ec2:GetEbsEncryptionByDefault"},
	"ec2:ModifyEbsDefaultKmsKeyId":         {"ec2:GetEbsDefaultKmsKeyId"},
	"ec2:ModifyImageAttribute":             {"ec2:DescribeImages"},
	"ec2:ModifyInstanceMetadataDefaults":   {"ec2:GetInstanceMetadataDefaults"},
	"ec2:ModifyInstanceMetadataOptions":    {"ec2:DescribeInstances"},
	"ec2:ModifySnapshotAttribute":          {"ec2:DescribeSnapshotAttribute"},
	"ec2:ResetEbsDefaultKmsKeyId":          {"ec2:GetEbsDefaultKmsKeyId"},
	"ec2:RevokeSecurityGroupEgress":        {"ec2:DescribeSecurityGroupRules"},
	"ec2:RevokeSecurityGroupIngress":       {"ec2:DescribeSecurityGroupRules"},
	"guardduty:CreateDetector":             {"guardduty:ListDetectors"},
	"guardduty:UpdateDetector":             {"guardduty:GetDetector"},
	"iam:CreateRole":                       {"iam:GetRole"},
	"iam:CreateServiceLinkedRole":          {"iam:GetRole"},
	"iam:DeleteAccountPasswordPolicy":      {"iam:GetAccountPasswordPolicy"},
	"iam:DeleteLoginProfile":               {"iam:GetLoginProfile", "iam:GetUser"},
	"iam:PutRolePolicy":                    {"iam:GetRolePolicy"},
	"iam:RemoveUserFromGroup":              {"iam:ListGroupsForUser"},
	"iam:UpdateAccessKey":                  {"iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"},
	"iam:UpdateAccountPasswordPolicy":      {"iam:GetAccountPasswordPolicy"},
	"kms:CancelKeyDeletion":                {"kms:DescribeKey"},
	"kms:EnableKey":                        {"kms:DescribeKey"},
	"logs:CreateLogGroup":                  {"logs:DescribeLogGroups"},
	"logs:DeleteMetricFilter":              {"logs:DescribeMetricFilters"},
	"logs:PutMetricFilter":                 {"logs:DescribeMetricFilters"},
	"rds:ModifyDBClusterSnapshotAttribute": {"rds:DescribeDBClusterSnapshotAttributes"},
	"rds:ModifyDBSnapshotAttribute":        {"rds:DescribeDBSnapshotAttributes"},
	"s3:CreateBucket":                      {"s3:ListBuckets", "s3:GetBucketLocation"},
	"s3:DeleteBucketPolicy":                {"s3:GetBucketPolicy"},
	"s3:PutBucketEncryption":               {"s3:GetBucketEncryption"},
	"s3:PutBucketPolicy":                   {"s3:GetBucketPolicy"},
	"s3:PutBucketVersioning":               {"s3:GetBucketVersioning"},
	"s3:PutPublicAccessBlock":              {"s3:GetPublicAccessBlock"},
	"sns:CreateTopic":                      {"sns:GetTopicAttributes"},
	"sns:Subscribe":                        {"sns:ListSubscriptionsByTopic"},
}

var (
	ownGroupLooks = []string{"iam:GetGroup", "iam:GetGroupPolicy", "iam:ListAttachedGroupPolicies", "iam:ListGroupPolicies"}
	landingLooks  = append([]string{"iam:GetUserPolicy", "iam:ListAttachedUserPolicies", "iam:ListUserPolicies"}, ownGroupLooks...)
	mfaLooks      = append([]string{"iam:GetLoginProfile", "iam:GetUser", "iam:ListGroupsForUser", "iam:ListMFADevices"}, ownGroupLooks...)
	// bucketLooks find a bucket that was not just made.
	bucketLooks = []string{"s3:ListBuckets", "s3:GetBucketLocation"}
)

// looksOf are the reads that an action's steps take besides: what one call does in them depends
// on what it is done for.
func looksOf(a action.Action) []string {
	switch a := a.(type) {
	case action.Undo:
		return looksBack(a)
	case action.RequireMFA:
		return mfaLooks
	case action.MoveAttachedPolicy, action.MoveInlinePolicy:
		return landingLooks
	case action.CreateTrail:
		return bucketLooks
	case action.SetUpRecorder:
		if a.Bucket != "" {
			return bucketLooks
		}
	}
	return nil
}

// looksBack is the same for what is taken back.
func looksBack(undo action.Undo) []string {
	switch of := undo.Of.(type) {
	case action.MoveAttachedPolicy, action.MoveInlinePolicy:
		return landingLooks
	case action.CreateTrail:
		if !of.NewBucket {
			return bucketLooks
		}
	case action.CreateDetector:
		return []string{"guardduty:ListDetectors"}
	}
	return nil
}

// setLooks are the reads of a change of a setting; nil of any other action.
func setLooks(a action.Action) []string {
	for _, r := range remedies() {
		if r.looks != nil && r.action == action.TypeOf(a) {
			return r.looks(a)
		}
	}
	return nil
}

// Looks returns the reads that the steps of an action may take, sorted.
func Looks(a action.Action) []string {
	if undo, ok := a.(action.Undo); ok {
		if looks := setLooks(undo.Of); looks != nil {
			return looks
		}
	}
	if looks := setLooks(a); looks != nil {
		return looks
	}
	all := slices.Clone(looksOf(a))
	for _, call := range a.Describe().Calls {
		all = append(all, looks[call]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
