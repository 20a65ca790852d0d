package cloudwatch

import (
	"fmt"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// trailAlarm is an alarm on one kind of event that trails record: the control's part of what all
// such controls have in common.
type trailAlarm struct {
	// name of the filter and of the alarm that the operator creates.
	name, metric string
	// about is the kind of event, as in "an alarm on ...".
	about   string
	pattern string
	// names are the clauses of which each names a part of the kind, allowed are those that hold for
	// all of it.
	names   []clause
	allowed []clause
}

func (w trailAlarm) matches(pattern string) bool {
	condition, ok := parsePattern(pattern)
	return ok && !slices.ContainsFunc(w.names, func(part clause) bool { return !condition.finds(part, w.allowed) })
}

// Reasons of a failing trail alarm, in the order of the way from the trail to a person.
const (
	reasonNoTrail              = "NoTrail"
	reasonTrailOfAnother       = "TrailOfAnotherAccount"
	reasonTrailNotRecording    = "TrailNotRecording"
	reasonLogGroupElsewhere    = "LogGroupElsewhere"
	reasonNoLogGroup           = "NoLogGroup"
	reasonLogGroupFailing      = "LogGroupDeliveryFailing"
	reasonNoMetricFilter       = "NoMetricFilter"
	reasonNoAlarm              = "NoAlarm"
	reasonAlarmQuiet           = "AlarmQuiet"
	reasonAlarmMuted           = "AlarmMuted"
	reasonNoTopic              = "NoTopic"
	reasonNoSubscriber         = "NoSubscriber"
	reasonAwaitingConfirmation = "AwaitingConfirmation"
)

// judge passes where events of the kind reach a person over any trail of the account. Else it
// names the link that is missing on the way that got farthest.
func (w trailAlarm) judge(a inventory.Alerts) posture.Verdict {
	if verdict, broken := judgeTrail(a.AuditTrail); broken {
		return verdict
	}
	var found way
	for _, t := range a.AuditTrail.Trails {
		if ok, _ := t.Records(); !ok || !t.Ours() {
			continue
		}
		if w := w.from(t, a); w.reached > found.reached {
			found = w
		}
	}
	return found.verdict
}

// judgeTrail says where no trail of the account records it, so that no alarm on one can do.
func judgeTrail(a inventory.AuditTrail) (verdict posture.Verdict, broken bool) {
	var unread error
	for _, t := range a.Trails {
		ok, err := t.Records()
		if ok && t.Ours() {
			return posture.Verdict{}, false
		}
		if err != nil && t.Candidate() {
			unread = err
		}
	}
	best, own := a.Best()
	switch by := a.Inherited(); {
	case by != "":
		return posture.Fail(reasonTrailOfAnother, "the trail that records the account belongs to account %s, whose alarms are not to be seen from here", by), true
	case unread != nil:
		return posture.Unknown(unread), true
	case own:
		return posture.Fail(reasonTrailNotRecording, "trail %s does not record all regions and management events", best.ID), true
	}
	return posture.Fail(reasonNoTrail, "the account has no trail to raise an alarm on"), true
}

// way is how far the events of one trail get.
type way struct {
	reached int
	verdict posture.Verdict
	// topics that the alarms notify.
	topics []inventory.Topic
}

// How far events get. What could not be read may be the whole way, so it counts as farther than
// any break.
const (
	toTrail = iota + 1
	toGroup
	toMetric
	toAlarm
	toAction
	toTopic
	toUnknown
	toPerson
)

func stop(reached int, reason, format string, args ...any) way {
	return way{reached: reached, verdict: posture.Fail(reason, format, args...)}
}

func unknown(err error) way { return way{reached: toUnknown, verdict: posture.Unknown(err)} }

// from follows the events of one trail.
func (w trailAlarm) from(t inventory.Trail, a inventory.Alerts) way {
	status, _ := t.Status.Get()
	at := slices.IndexFunc(a.Groups, func(g inventory.WatchedGroup) bool { return g.Group == inventory.GroupOf(t.LogGroup) })
	switch {
	case t.LogGroup == "":
		return stop(toTrail, reasonNoLogGroup, "trail %s delivers to no log group", t.ID)
	case t.LogsElsewhere(), at < 0:
		return stop(toTrail, reasonLogGroupElsewhere, "trail %s delivers to %s, whose alarms are not to be seen from here", t.ID, t.LogGroup)
	case status.LogGroupError != "":
		return stop(toTrail, reasonLogGroupFailing, "trail %s cannot deliver to %s: %s", t.ID, t.LogGroup, status.LogGroupError)
	}
	return w.in(a.Groups[at])
}

// in follows the events from a log group on.
func (w trailAlarm) in(g inventory.WatchedGroup) way {
	filters, err := g.Filters.Get()
	if err != nil {
		return unknown(err)
	}
	var metrics []inventory.Metric
	for _, filter := range filters {
		if filter.Counts && w.matches(filter.Pattern) {
			metrics = append(metrics, filter.Metric)
		}
	}
	if len(metrics) == 0 {
		return stop(toGroup, reasonNoMetricFilter, "no metric filter of log group %s counts %s", g.Group.Name, w.about)
	}
	alarms, err := g.Alarms.Get()
	if err != nil {
		return unknown(err)
	}
	farthest := stop(toMetric, reasonNoAlarm, "no alarm is on metric %s %s", metrics[0].Namespace, metrics[0].Name)
	for _, alarm := range alarms {
		if !slices.Contains(metrics, alarm.Metric) {
			continue
		}
		if one := beyond(alarm, g.Topics); one.reached > farthest.reached {
			farthest = one
		}
	}
	return farthest
}

// beyond follows an alarm to the people.
func beyond(alarm inventory.Alarm, topics []inventory.Topic) way {
	switch {
	case alarm.Quiet != "":
		return stop(toAlarm, reasonAlarmQuiet, "alarm %s is not raised by a single event: %s", alarm.Name, alarm.Quiet)
	case alarm.Muted:
		return stop(toAlarm, reasonAlarmMuted, "the actions of alarm %s are disabled", alarm.Name)
	case len(alarm.Topics()) == 0:
		return stop(toAction, reasonNoTopic, "alarm %s notifies no topic", alarm.Name)
	}
	found := stop(toTopic, reasonNoSubscriber, "nobody is subscribed to what alarm %s notifies, %s", alarm.Name, strings.Join(alarm.Topics(), " and "))
	found.topics = slices.DeleteFunc(slices.Clone(topics), func(t inventory.Topic) bool { return !slices.Contains(alarm.Topics(), t.ARN) })
	for _, topic := range found.topics {
		subscriptions, err := topic.Subscriptions.Get()
		switch {
		case err != nil:
			found.reached, found.verdict = toUnknown, posture.Unknown(err)
		case slices.ContainsFunc(subscriptions, func(s inventory.Subscription) bool { return s.Confirmed }):
			return way{reached: toPerson, verdict: posture.Pass()}
		case len(subscriptions) > 0 && found.reached < toUnknown:
			found.verdict = posture.Fail(reasonAwaitingConfirmation, "%s has not confirmed the subscription to %s", endpoint(subscriptions[0]), topic.ARN)
		}
	}
	return found
}

// endpoint names a subscriber. The address of anything but a mail box may hold a secret.
func endpoint(s inventory.Subscription) string {
	if strings.HasPrefix(s.Protocol, "email") {
		return s.Endpoint
	}
	return "an endpoint of protocol " + s.Protocol
}

// mend returns what lays the way: the trail's delivery to a log group where it has none, and
// everything from there on, unless that is all there already and only a person is missing.
func (w trailAlarm) mend(a inventory.Alerts, email string) []action.Action {
	if len(a.Groups) == 0 {
		return nil
	}
	var actions []action.Action
	best, own := a.AuditTrail.Best()
	if own && best.LogGroup == "" {
		actions = append(actions, action.DeliverTrailToLogs{Trail: action.On(best)})
	}
	if slices.ContainsFunc(a.Groups, func(g inventory.WatchedGroup) bool { return w.laid(g, email) }) {
		return actions
	}
	return append(actions, w.raise(a, a.Groups[0].Group, email))
}

func (w trailAlarm) raise(a inventory.Alerts, group inventory.LogGroupName, email string) action.Action {
	return action.RaiseTrailAlarm{
		Alarm: action.Target{Account: a.Account, Partition: a.Partition, Region: group.Region, Type: a.Type, ID: w.name, ARN: fmt.Sprintf("arn:%s:cloudwatch:%s:%s:alarm:%s", a.Partition, group.Region, a.Account, w.name)},
		Group: group.Name, NewGroup: group.Name == inventory.OwnTrailLogs, Pattern: w.pattern, Metric: w.metric, About: w.about, Email: email,
	}
}

// plans are examples of what mend returns.
func (w trailAlarm) plans(email string) []action.Action {
	return []action.Action{action.DeliverTrailToLogs{}, w.raise(inventory.Alerts{}, inventory.LogGroupName{Name: inventory.OwnTrailLogs}, email)}
}

// laid says whether the way from the group on wants nothing that an action could do, or cannot
// be seen.
func (w trailAlarm) laid(g inventory.WatchedGroup, email string) bool {
	found := w.in(g)
	if found.reached != toTopic {
		return found.reached > toTopic
	}
	return email == "" || slices.ContainsFunc(found.topics, func(t inventory.Topic) bool {
		subscriptions, _ := t.Subscriptions.Get()
		return slices.ContainsFunc(subscriptions, func(s inventory.Subscription) bool {
			return s.Protocol == "email" && strings.EqualFold(s.Endpoint, email)
		})
	})
}
