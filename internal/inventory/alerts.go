package inventory

import (
	"slices"
	"strings"
)

// TrailAlerts is how what a trail records reaches a person: always one.
var TrailAlerts = Collection[Alerts]{Name: "cloudwatch.trail-alerts", Scope: Global}

// Alerts is the way from the account's trails over log groups, metric filters and alarms to the
// subscribers of topics.
type Alerts struct {
	Ref
	AuditTrail AuditTrail
	// Groups are the log groups that are or would be watched, as AuditTrail.Watched names them.
	Groups []WatchedGroup
}

// WatchedGroup is a log group with what watches it.
type WatchedGroup struct {
	Group LogGroupName
	// Filters of the group; none where there is no such group.
	Filters Observed[[]MetricFilter]
	// Alarms of its region on the metrics of those filters.
	Alarms Observed[[]Alarm]
	// Topics that those alarms notify.
	Topics []Topic
}

// LogGroupName names a log group.
type LogGroupName struct {
	Region string `json:"region"`
	Name   string `json:"name"`
}

// GroupOf takes a log group's ARN apart.
func GroupOf(arn string) LogGroupName {
	parts := strings.SplitN(arn, ":", 7)
	if len(parts) < 7 {
		return LogGroupName{}
	}
	return LogGroupName{Region: parts[3], Name: parts[6]}
}

// MetricFilter counts log events that match a pattern.
type MetricFilter struct {
	Name, Pattern string
	Metric        Metric
	// Counts says that every matching event counts as one at least.
	Counts bool
}

// Metric names a CloudWatch metric.
type Metric struct{ Namespace, Name string }

// Alarm is a CloudWatch alarm on one metric.
type Alarm struct {
	Name   string
	Metric Metric
	// Quiet says why a single event would not raise the alarm, or is empty.
	Quiet string
	// Muted: its actions are disabled.
	Muted bool
	// Actions that it takes, by ARN.
	Actions []string
}

// Topics are the SNS topics that the alarm notifies.
func (a Alarm) Topics() []string {
	return slices.DeleteFunc(slices.Clone(a.Actions), func(arn string) bool { return !strings.Contains(arn, ":sns:") })
}

// Topic is an SNS topic.
type Topic struct {
	ARN           string
	Subscriptions Observed[[]Subscription]
}

// Subscription is one endpoint of a topic; it hears of nothing until it is confirmed.
type Subscription struct {
	Protocol, Endpoint string
	Confirmed          bool
}

// Watched returns the log groups that alarms on the account's audit trail watch: those that
// trails that record it deliver to, else the one that the best trail delivers to or would. There
// is nothing to watch where someone else's trail records the account.
func (a AuditTrail) Watched() []LogGroupName {
	var groups []LogGroupName
	for _, t := range a.Trails {
		if ok, _ := t.Records(); ok && t.Ours() && t.LogGroup != "" && !t.LogsElsewhere() {
			groups = append(groups, GroupOf(t.LogGroup))
		}
	}
	if len(groups) > 0 || a.Inherited() != "" {
		return groups
	}
	best, ok := a.Best()
	switch {
	case !ok:
		return []LogGroupName{{Region: a.Home, Name: OwnTrailLogs}}
	case best.LogsElsewhere():
		return nil
	case best.LogGroup != "":
		return []LogGroupName{GroupOf(best.LogGroup)}
	}
	return []LogGroupName{{Region: best.Region, Name: OwnTrailLogs}}
}

// LogsElsewhere says whether the trail delivers to a log group of another account.
func (t Trail) LogsElsewhere() bool {
	return t.LogGroup != "" && !strings.Contains(t.LogGroup, ":"+t.Account+":log-group:")
}

// Inherited returns the account whose organization trail records this one, or "".
func (a AuditTrail) Inherited() string {
	for _, t := range a.Trails {
		if ok, _ := t.Records(); ok && !t.Ours() {
			return t.Owner
		}
	}
	return ""
}

// Names of what the operator creates to raise alarms.
const (
	OwnTopic     = "guardrails-alarms"
	OwnNamespace = "Guardrails"
)
