package action

import (
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// RaiseTrailAlarm raises an alarm on one kind of event that a trail's log group takes in, and
// notifies the operator's topic. All that it makes bears names of the operator's own; the log
// group is watched, not changed. An alarm costs cents a month.
type RaiseTrailAlarm struct {
	Alarm Target `json:"alarm"`
	// Group is the name of the log group, in the alarm's region.
	Group string `json:"group"`
	// NewGroup says that the group is the operator's own, and made if it is not there yet.
	NewGroup bool   `json:"newGroup,omitempty"`
	Pattern  string `json:"pattern"`
	// Metric that the filter counts in, of the operator's namespace.
	Metric string `json:"metric"`
	// About is the kind of event.
	About string `json:"about"`
	// Email that is subscribed to the topic, if any; its owner has to confirm.
	Email string `json:"email,omitempty"`
}

// Topic is the ARN of the topic that is notified.
func (a RaiseTrailAlarm) Topic() string {
	return "arn:" + a.Alarm.Partition + ":sns:" + a.Alarm.Region + ":" + a.Alarm.Account + ":" + inventory.OwnTopic
}

// LogGroup names the group that is watched.
func (a RaiseTrailAlarm) LogGroup() inventory.LogGroupName {
	return inventory.LogGroupName{Region: a.Alarm.Region, Name: a.Group}
}

// Describe implements Action.
func (a RaiseTrailAlarm) Describe() Description {
	calls := []string{"sns:CreateTopic"}
	to := []string{"topic " + a.Topic()}
	touches := []string{a.Topic()}
	if a.Email != "" {
		calls = append(calls, "sns:Subscribe")
		to = append(to, "subscription of "+a.Email+", which has to confirm it")
	}
	if a.NewGroup {
		calls = append(calls, "logs:CreateLogGroup")
		to = append(to, "log group "+a.Group)
	}
	group := "arn:" + a.Alarm.Partition + ":logs:" + a.Alarm.Region + ":" + a.Alarm.Account + ":log-group:" + a.Group
	return Description{
		Target: a.Alarm.Ref(), Collection: inventory.TrailAlerts.Name, Setting: "Alarm", Title: "raise alarm " + a.Alarm.ID + " on " + a.About,
		From: "no alarm on " + a.About + " that notifies a topic",
		To: strings.Join(append(to,
			"metric filter "+a.Alarm.ID+" on log group "+a.Group+": "+a.Pattern,
			"alarm "+a.Alarm.ID+" when metric "+inventory.OwnNamespace+" "+a.Metric+" counts one or more in five minutes, notifying the topic"), "\n"),
		Risk: v1alpha1.Safe, Calls: append(calls, "logs:PutMetricFilter", "cloudwatch:PutMetricAlarm"), Touches: append(touches, group),
	}
}

// Undo implements Action. The alarm and its filter bear the operator's own names; the topic
// and who hears of it stay, for it is every alarm's.
func (a RaiseTrailAlarm) Undo(done []string) Undoing {
	return Undoing{
		Calls: inverse(done, map[string][]string{"cloudwatch:PutMetricAlarm": {"cloudwatch:DeleteAlarms"}, "logs:PutMetricFilter": {"logs:DeleteMetricFilter"}}),
		Not:   "topic " + inventory.OwnTopic + " with its subscriptions, and the log group with its logs, stay",
		To:    "no alarm and no metric filter of the name " + a.Alarm.ID, Finds: a.Alarm.Account,
	}
}
