package iamgrant

import (
	"fmt"
	"maps"
	"slices"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// condition is the condition block of a statement.
type condition = map[string]map[string]string

// place is where a permission applies: resources, and the circumstances.
type place struct {
	// name is what a statement's Sid says of it.
	name string
	arns []string
	when condition
}

// grants says in a word what a permission is granted by it.
func (p place) grants(permission string) string { return fmt.Sprint(permission, p.arns, p.when) }

// scope returns where a permission applies. No place: the call does not take it there.
type scope func(Site, things) []place

// scopes are where permissions apply that depend on more than the type of resource a call names,
// as narrow as IAM allows by the service authorization reference. The others follow from the
// declarations of the calls.
var scopes = join(
	all(anywhere,
		"iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy",
		"ec2:DescribeRegions",
		"ec2:EnableEbsEncryptionByDefault", "ec2:ModifyEbsDefaultKmsKeyId", "ec2:DisableEbsEncryptionByDefault", "ec2:ResetEbsDefaultKmsKeyId",
		"cloudtrail:LookupEvents",
		"config:PutDeliveryChannel", "config:DeleteDeliveryChannel",
	),
	all(users,
		"iam:GetUser", "iam:GetLoginProfile", "iam:ListMFADevices", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed", "iam:ListGroupsForUser",
		"iam:ListUserPolicies", "iam:GetUserPolicy", "iam:ListAttachedUserPolicies",
		"iam:UpdateAccessKey", "iam:DeleteLoginProfile", "iam:DetachUserPolicy", "iam:DeleteUserPolicy", "iam:AttachUserPolicy", "iam:PutUserPolicy",
	),
	all(groups, "iam:GetGroup", "iam:ListGroupPolicies", "iam:GetGroupPolicy", "iam:ListAttachedGroupPolicies"),
	all(ownGroups, "iam:CreateGroup", "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup", "iam:DetachGroupPolicy", "iam:DeleteGroupPolicy", "iam:RemoveUserFromGroup"),
	all(roles, "iam:GetRole", "iam:GetRolePolicy"),
	all(ownRoles, "iam:PutRolePolicy"),
	all(tagged(ownRoles), "iam:CreateRole", "iam:TagRole"),
	all(passed, "iam:PassRole"),
	all(linked, "iam:CreateServiceLinkedRole"),

	all(buckets, "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
	all(tagged(buckets), "s3:CreateBucket", "s3:TagResource"),

	all(fixed("SecurityGroups", "ec2", "security-group/*"), "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress"),
	all(rulesOfGroups, "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress"),
	all(onlyTokens(fixed("Instances", "ec2", "instance/*")), "ec2:ModifyInstanceMetadataOptions"),
	all(onlyTokens(named("MetadataDefaults", anywhere)), "ec2:ModifyInstanceMetadataDefaults"),
	all(unowned("Snapshots", "snapshot/*", nil), "ec2:DescribeSnapshotAttribute"),
	all(ownSnapshots, "ec2:ModifySnapshotAttribute"),
	all(unowned("OwnImages", "image/*", condition{}), "ec2:ModifyImageAttribute"),
	all(flowLog, "ec2:CreateFlowLogs"),
	all(also(fixed("OwnFlowLogs", "ec2", "vpc-flow-log/*"), "aws:ResourceTag/"+v1alpha1.OwnerTag, v1alpha1.OwnerValue), "ec2:DeleteFlowLogs"),
	all(madeTags, "ec2:CreateTags"),

	all(fixed("Keys", "kms", "key/*"), "kms:DescribeKey", "kms:CancelKeyDeletion", "kms:EnableKey"),

	all(fixed("Databases", "rds", "*"), "rds:DescribeDBInstances", "rds:DescribeDBClusters", "rds:DescribeDBSnapshots", "rds:DescribeDBClusterSnapshots"),
	all(fixed("DatabaseSnapshots", "rds", "snapshot:*"), "rds:DescribeDBSnapshotAttributes", "rds:ModifyDBSnapshotAttribute"),
	all(fixed("ClusterSnapshots", "rds", "cluster-snapshot:*"), "rds:DescribeDBClusterSnapshotAttributes", "rds:ModifyDBClusterSnapshotAttribute"),

	all(fixed("LogGroups", "logs", "log-group:*"), "logs:DescribeMetricFilters", "logs:PutMetricFilter", "logs:DeleteMetricFilter"),
	all(tagged(ownLogGroup), "logs:CreateLogGroup", "logs:TagResource"),
	// The trail that records an account may be its organization's, of another account.
	all(trailsOfAll, "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"),
	all(fixed("Trails", "cloudtrail", "trail/*"), "cloudtrail:ListTags", "cloudtrail:StartLogging", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors", "cloudtrail:StopLogging"),
	all(tagged(ownTrail), "cloudtrail:CreateTrail", "cloudtrail:AddTags"),
	all(ownTrail, "cloudtrail:DeleteTrail"),
	all(fixed("Alarms", "cloudwatch", "alarm:*"), "cloudwatch:DescribeAlarms"),
	all(tagged(ownAlarm), "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource"),
	all(ownAlarm, "cloudwatch:DeleteAlarms"),
	// An alarm may notify a topic of another account, which then has to let its subscribers be seen.
	all(topicsOfAll, "sns:ListSubscriptionsByTopic"),
	all(fixed("AlarmTopic", "sns", inventory.OwnTopic), "sns:GetTopicAttributes", "sns:ListTagsForResource"),
	all(tagged(fixed("AlarmTopic", "sns", inventory.OwnTopic)), "sns:CreateTopic", "sns:TagResource"),
	all(mailOf, "sns:Subscribe"),
	all(fixed("Recorders", "config", "configuration-recorder/*"), "config:ListTagsForResource", "config:StartConfigurationRecorder", "config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder"),
	all(tagged(fixed("Recorders", "config", "configuration-recorder/*")), "config:PutConfigurationRecorder"),
	all(onlyNew(tagged(fixed("Recorders", "config", "configuration-recorder/*"))), "config:TagResource"),

	all(tagged(named("Detector", anywhere)), "guardduty:CreateDetector"),
	all(tagged(fixed("Detectors", "guardduty", "detector/*")), "guardduty:TagResource"),
	all(contact(condition{}), "account:GetAlternateContact"),
	all(contact(condition{"StringEquals": {"account:AlternateContactTypes": "SECURITY"}}), "account:PutAlternateContact", "account:DeleteAlternateContact"),
)

func all(where scope, permissions ...string) map[string]scope {
	byName := make(map[string]scope, len(permissions))
	for _, permission := range permissions {
		byName[permission] = where
	}
	return byName
}

func join(parts ...map[string]scope) map[string]scope {
	joined := map[string]scope{}
	for _, part := range parts {
		maps.Copy(joined, part)
	}
	return joined
}

// anywhere is of calls that know no resource.
func anywhere(Site, things) []place { return []place{{name: "Anywhere", arns: []string{"*"}}} }

func named(name string, where scope) scope {
	return func(s Site, on things) []place {
		places := slices.Clone(where(s, on))
		for i := range places {
			places[i].name = name
		}
		return places
	}
}

// fixed are all of a kind in the account, in any region.
func fixed(name, service, resource string) scope {
	return func(s Site, _ things) []place { return []place{{name: name, arns: []string{s.in(service, resource)}}} }
}

// unowned are what EC2 writes without an account; the owner is a condition of writes.
func unowned(name, resource string, when condition) scope {
	return func(s Site, _ things) []place {
		where := place{name: name, arns: []string{s.arn("ec2", "*", "", resource)}}
		if when != nil {
			where.when = and(when, "StringEquals", "ec2:Owner", s.Account)
		}
		return []place{where}
	}
}

func users(s Site, _ things) []place {
	return []place{{name: "Users", arns: []string{s.iam("user/*")}}}
}

func groups(s Site, _ things) []place {
	return []place{{name: "Groups", arns: []string{s.iam("group/*")}}}
}

// roles are looked for by name; one that is not there has no path.
func roles(s Site, on things) []place {
	arns := []string{s.iam("role/" + on.role)}
	if on.linkedTo != "" {
		arns = append(arns, s.iam("role/"+linkedRoles[on.linkedTo]))
	}
	return []place{{name: "OwnRoles", arns: arns}}
}

func ownGroups(s Site, on things) []place {
	return []place{{name: "OwnGroups", arns: []string{s.iam("group" + inventory.GroupPath + on.orAny(on.group))}}}
}

func ownRoles(s Site, on things) []place {
	return []place{{name: "OwnRoles", arns: []string{s.iam("role/" + on.role)}}}
}

// passed is a role that is handed to one service. Where no role is handed over none may be.
func passed(s Site, on things) []place {
	if on.role == "" {
		return nil
	}
	return []place{{name: "PassedRole", arns: []string{s.iam("role/" + on.role)}, when: condition{"StringEquals": {"iam:PassedToService": on.passedTo}}}}
}

func linked(s Site, on things) []place {
	return []place{{name: "LinkedRole", arns: []string{s.iam("role/" + linkedRole(on.linkedTo))}, when: condition{"StringEquals": {"iam:AWSServiceName": on.linkedTo}}}}
}

// buckets are the account's, for a bucket's ARN names no account.
func buckets(s Site, on things) []place {
	name := "Buckets"
	if on.bucket != "" {
		name = "LogBucket"
	}
	return []place{{name: name, arns: []string{s.arn("s3", "", "", on.orAny(on.bucket))}, when: condition{"StringEquals": {"s3:ResourceAccount": s.Account}}}}
}

// ownLogGroup is named both ways: with and without what stands for its streams.
func ownLogGroup(s Site, on things) []place {
	group := s.in("logs", "log-group:"+on.logGroup)
	return []place{{name: "OwnLogGroup", arns: []string{group, group + ":*"}}}
}

func trailsOfAll(s Site, _ things) []place {
	return []place{{name: "AnyTrail", arns: []string{s.arn("cloudtrail", "*", "*", "trail/*")}}}
}

func topicsOfAll(s Site, _ things) []place {
	return []place{{name: "AnyTopic", arns: []string{s.arn("sns", "*", "*", "*")}}}
}

func ownTrail(s Site, _ things) []place {
	return []place{{name: "OwnTrail", arns: []string{s.arn("cloudtrail", s.Home, s.Account, "trail/"+inventory.OwnTrail)}}}
}

func ownAlarm(s Site, on things) []place {
	return []place{{name: "OwnAlarm", arns: []string{s.in("cloudwatch", "alarm:"+on.alarm)}}}
}

func mailOf(s Site, on things) []place {
	return []place{{name: "Subscription", arns: []string{s.in("sns", inventory.OwnTopic)}, when: condition{"StringEquals": {"sns:Endpoint": on.email, "sns:Protocol": "email"}}}}
}

// flowLog is on a VPC, and is itself a thing that is made; only what is made bears the tag.
func flowLog(s Site, on things) []place {
	return append(fixed("VPCs", "ec2", "vpc/*")(s, on), tagged(fixed("FlowLogs", "ec2", "vpc-flow-log/*"))(s, on)...)
}

// madeTags are set with what is made: a flow log, or a rule that is put back.
func madeTags(s Site, on things) []place {
	if on.rule != "" {
		return also(fixed("RuleTags", "ec2", "security-group-rule/*"), "ec2:CreateAction", on.rule)(s, on)
	}
	return also(tagged(fixed("FlowLogTags", "ec2", "vpc-flow-log/*")), "ec2:CreateAction", "CreateFlowLogs")(s, on)
}

// rulesOfGroups are groups that get a rule, and the rule, which may bear tags.
func rulesOfGroups(s Site, _ things) []place {
	return []place{{name: "Rules", arns: []string{s.in("ec2", "security-group/*"), s.in("ec2", "security-group-rule/*")}}}
}

// ownSnapshots are those of the account. Only an undo gives leave to restore one.
func ownSnapshots(s Site, on things) []place {
	when := condition{"Null": {"ec2:Add/group": "true", "ec2:Add/userId": "true"}}
	if on.back {
		when = condition{}
	}
	return unowned("OwnSnapshots", "snapshot/*", when)(s, on)
}

func contact(when condition) scope {
	return func(s Site, _ things) []place {
		return []place{{name: "Contacts", arns: []string{s.arn("account", "", s.Account, "account")}, when: when}}
	}
}

// onlyTokens lets metadata options be changed to required tokens alone, unless that is undone.
func onlyTokens(where scope) scope {
	narrow := also(where, "ec2:Attribute/HttpTokens", "required")
	return func(s Site, on things) []place {
		if on.back {
			return where(s, on)
		}
		return narrow(s, on)
	}
}

// tagged adds that what is made bears the owner tag.
func tagged(where scope) scope {
	with := also(where, "aws:RequestTag/"+v1alpha1.OwnerTag, v1alpha1.OwnerValue)
	return func(s Site, on things) []place {
		if !on.made {
			return where(s, on)
		}
		places := with(s, on)
		for i := range places {
			places[i].name += "New"
		}
		return places
	}
}

// onlyNew drops what is needed for new things alone.
func onlyNew(where scope) scope {
	return func(s Site, on things) []place {
		if !on.made {
			return nil
		}
		return where(s, on)
	}
}

// also adds a circumstance.
func also(where scope, key, value string) scope {
	return func(s Site, on things) []place {
		places := slices.Clone(where(s, on))
		for i := range places {
			places[i].when = and(places[i].when, "StringEquals", key, value)
		}
		return places
	}
}

func and(when condition, operator, key, value string) condition {
	added := condition{}
	for name, keys := range when {
		added[name] = maps.Clone(keys)
	}
	if added[operator] == nil {
		added[operator] = map[string]string{}
	}
	added[operator][key] = value
	return added
}
