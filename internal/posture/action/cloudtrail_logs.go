package action

import (
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// deliveryCalls make what a trail needs to deliver to CloudWatch Logs.
var deliveryCalls = []string{"logs:CreateLogGroup", "iam:CreateRole", "iam:PutRolePolicy"}

// TrailLogs is how a trail delivers to CloudWatch Logs.
type TrailLogs struct {
	// Group and Role are ARNs of what bears the operator's own name.
	Group, Role string
	trail       Target
}

// LogsOf returns how the trail delivers to the operator's log group of its region.
func LogsOf(trail Target) TrailLogs {
	return TrailLogs{
		Group: inventory.OwnTrailGroup(trail.Partition, trail.Account, trail.Region),
		Role:  "arn:" + trail.Partition + ":iam::" + trail.Account + ":role/" + inventory.OwnTrailLogs,
		trail: trail,
	}
}

func (l TrailLogs) touches() []string { return []string{l.Group, l.Role} }

// Trust lets CloudTrail assume the role. AWS documents no condition that CloudTrail meets here.
func (l TrailLogs) Trust() string {
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
}

// Permissions let the role write to the log group, in the streams that CloudTrail names.
func (l TrailLogs) Permissions() string {
	stream := l.Group + ":log-stream:" + l.trail.Account + "_CloudTrail_" + l.trail.Region + "*"
	return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"` + stream + `"}]}`
}

// DeliverTrailToLogs makes a trail deliver to CloudWatch Logs too, which bills what it takes in.
type DeliverTrailToLogs struct {
	Trail Target `json:"trail"`
}

// Logs is how the trail is to deliver.
func (a DeliverTrailToLogs) Logs() TrailLogs { return LogsOf(a.Trail) }

// Describe implements Action.
func (a DeliverTrailToLogs) Describe() Description {
	return onTrail(a.Trail, true, Description{
		Setting: "CloudWatchLogs", Title: "deliver trail " + a.Trail.ID + " to log group " + inventory.OwnTrailLogs, From: "no log group",
		To: strings.Join([]string{
			"log group " + a.Logs().Group + " (billed by volume)", "role " + a.Logs().Role + ", trusting: " + a.Logs().Trust(), "allowing: " + a.Logs().Permissions(),
		}, "\n"),
		Calls:   append(append([]string{}, deliveryCalls...), "cloudtrail:UpdateTrail"),
		Touches: a.Logs().touches(),
	})
}

// Undo implements Action.
func (a DeliverTrailToLogs) Undo(done []string) Undoing {
	return Undoing{
		Calls: inverse(done, map[string][]string{"cloudtrail:UpdateTrail": {"cloudtrail:UpdateTrail"}}), Finds: a.Trail.Account,
		Not: "log group " + inventory.OwnTrailLogs + " stays with its logs, for evidence is not deleted, and so does the role of that name",
	}
}
