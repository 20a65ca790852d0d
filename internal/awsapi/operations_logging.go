package awsapi

import "slices"

var loggingOperations = slices.Concat(
	reads("logs:DescribeMetricFilters"),
	writes("logs:PutMetricFilter"),
	reads("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus", "cloudtrail:ListTags", "cloudtrail:ListTrails"),
	reads("cloudtrail:LookupEvents"),
	writes("cloudtrail:PutEventSelectors", "cloudtrail:StartLogging"),
	[]Operation{
		{Name: "logs:CreateLogGroup", Permissions: []string{"logs:CreateLogGroup", "logs:TagResource"}, Write: true},
		// CloudTrail assumes the role for the caller, who must be allowed to pass it.
		{Name: "cloudtrail:CreateTrail", Permissions: []string{"cloudtrail:CreateTrail", "cloudtrail:AddTags", "iam:PassRole"}, Write: true},
		{Name: "cloudtrail:UpdateTrail", Permissions: []string{"cloudtrail:UpdateTrail", "iam:PassRole"}, Write: true},
		{Name: "s3:CreateBucket", Permissions: []string{"s3:CreateBucket", "s3:TagResource"}, Write: true},
		{Name: "iam:CreateRole", Permissions: []string{"iam:CreateRole", "iam:TagRole"}, Write: true},
	},
	reads("cloudwatch:DescribeAlarms", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"),
	writes("sns:Subscribe"),
	[]Operation{
		{Name: "cloudwatch:PutMetricAlarm", Permissions: []string{"cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"}, Write: true},
		{Name: "sns:CreateTopic", Permissions: []string{"sns:CreateTopic", "sns:TagResource"}, Write: true},
	},
	reads("config:DescribeConfigurationRecorderStatus", "config:DescribeConfigurationRecorders", "config:DescribeDeliveryChannels", "config:ListTagsForResource"),
	writes("config:PutDeliveryChannel", "config:StartConfigurationRecorder", "iam:CreateServiceLinkedRole"),
	[]Operation{
		{Name: "config:PutConfigurationRecorder", Permissions: []string{"config:PutConfigurationRecorder", "config:TagResource", "iam:PassRole"}, Write: true},
	},
	reads("iam:GetRole", "iam:GetRolePolicy"),
	// Those that only an undo makes.
	writes(
		"cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "logs:DeleteMetricFilter", "cloudwatch:DeleteAlarms",
		"config:StopConfigurationRecorder", "config:DeleteDeliveryChannel", "config:DeleteConfigurationRecorder",
	),
	writes("iam:PutRolePolicy"),
)
