package cloudwatch

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const topicARN = "arn:aws:sns:us-east-1:111111111111:alarms"

// reaching is a way from a trail to a person, whole; change breaks it.
func reaching(change func(*inventory.Trail, *inventory.WatchedGroup)) inventory.Alerts {
	trail := inventory.Trail{
		Ref:   inventory.Ref{Account: "111111111111", Region: "us-east-1", ID: "audit", ARN: "arn:aws:cloudtrail:us-east-1:111111111111:trail/audit"},
		Owner: "111111111111", MultiRegion: true, LogGroup: "arn:aws:logs:us-east-1:111111111111:log-group:trail",
		Status:    inventory.Seen(inventory.TrailStatus{Logging: true}, asOf),
		Selectors: inventory.Seen(inventory.EventSelectors{Basic: []inventory.EventSelector{{ReadWriteType: "All", IncludeManagementEvents: true}}}, asOf),
	}
	metric := inventory.Metric{Namespace: "CIS", Name: "Root"}
	group := inventory.WatchedGroup{
		Group:   inventory.LogGroupName{Region: "us-east-1", Name: "trail"},
		Filters: inventory.Seen([]inventory.MetricFilter{{Name: "root", Pattern: rootUsage.pattern, Metric: metric, Counts: true}}, asOf),
		Alarms:  inventory.Seen([]inventory.Alarm{{Name: "root", Metric: metric, Actions: []string{topicARN}}}, asOf),
		Topics:  []inventory.Topic{{ARN: topicARN, Subscriptions: inventory.Seen([]inventory.Subscription{{Protocol: "email", Endpoint: "a@example.com", Confirmed: true}}, asOf)}},
	}
	change(&trail, &group)
	return inventory.Alerts{AuditTrail: inventory.AuditTrail{Home: "us-east-1", Trails: []inventory.Trail{trail}}, Groups: []inventory.WatchedGroup{group}}
}

func alarm(change func(*inventory.Alarm)) func(*inventory.Trail, *inventory.WatchedGroup) {
	return func(_ *inventory.Trail, g *inventory.WatchedGroup) {
		alarms, _ := g.Alarms.Get()
		change(&alarms[0])
	}
}

func filter(change func(*inventory.MetricFilter)) func(*inventory.Trail, *inventory.WatchedGroup) {
	return func(_ *inventory.Trail, g *inventory.WatchedGroup) {
		filters, _ := g.Filters.Get()
		change(&filters[0])
	}
}

func subscribed(s ...inventory.Subscription) func(*inventory.Trail, *inventory.WatchedGroup) {
	return func(_ *inventory.Trail, g *inventory.WatchedGroup) {
		g.Topics[0].Subscriptions = inventory.Seen(s, asOf)
	}
}

func TestAlarmRootUsage(t *testing.T) {
	denied := fault.DeniedRead("x:Read", "x:Read")
	for name, row := range map[string]struct {
		change func(*inventory.Trail, *inventory.WatchedGroup)
		want   v1alpha1.VerdictStatus
		reason string
		says   string
	}{
		"whole": {func(*inventory.Trail, *inventory.WatchedGroup) {}, v1alpha1.Pass, "AsDeclared", ""},
		"trail stopped": {func(t *inventory.Trail, _ *inventory.WatchedGroup) {
			t.Status = inventory.Seen(inventory.TrailStatus{}, asOf)
		}, v1alpha1.Fail, "TrailNotRecording", "trail audit does not record all regions and management events"},
		"trail of another": {func(t *inventory.Trail, _ *inventory.WatchedGroup) { t.Owner = "222222222222" }, v1alpha1.Fail, "TrailOfAnotherAccount", "the trail that records the account belongs to account 222222222222, whose alarms are not to be seen from here"},
		"no log group":     {func(t *inventory.Trail, _ *inventory.WatchedGroup) { t.LogGroup = "" }, v1alpha1.Fail, "NoLogGroup", "trail audit delivers to no log group"},
		"log group elsewhere": {func(t *inventory.Trail, _ *inventory.WatchedGroup) {
			t.LogGroup = "arn:aws:logs:us-east-1:222222222222:log-group:trail"
		}, v1alpha1.Fail, "LogGroupElsewhere", "trail audit delivers to arn:aws:logs:us-east-1:222222222222:log-group:trail, whose alarms are not to be seen from here"},
		"log group refuses": {func(t *inventory.Trail, _ *inventory.WatchedGroup) {
			t.Status = inventory.Seen(inventory.TrailStatus{Logging: true, LogGroupError: "AccessDenied"}, asOf)
		}, v1alpha1.Fail, "LogGroupDeliveryFailing", "trail audit cannot deliver to arn:aws:logs:us-east-1:111111111111:log-group:trail: AccessDenied"},
		"no filter": {func(_ *inventory.Trail, g *inventory.WatchedGroup) {
			g.Filters = inventory.Seen([]inventory.MetricFilter(nil), asOf)
		}, v1alpha1.Fail, "NoMetricFilter", "no metric filter of log group trail counts use of the root user"},
		"other filter":          {filter(func(f *inventory.MetricFilter) { f.Pattern = "ERROR" }), v1alpha1.Fail, "NoMetricFilter", "no metric filter of log group trail counts use of the root user"},
		"filter counts nothing": {filter(func(f *inventory.MetricFilter) { f.Counts = false }), v1alpha1.Fail, "NoMetricFilter", "no metric filter of log group trail counts use of the root user"},
		"no alarm": {func(_ *inventory.Trail, g *inventory.WatchedGroup) {
			g.Alarms = inventory.Seen([]inventory.Alarm(nil), asOf)
		}, v1alpha1.Fail, "NoAlarm", "no alarm is on metric CIS Root"},
		"alarm on another":     {alarm(func(a *inventory.Alarm) { a.Metric.Namespace = "Other" }), v1alpha1.Fail, "NoAlarm", "no alarm is on metric CIS Root"},
		"alarm quiet":          {alarm(func(a *inventory.Alarm) { a.Quiet = "it takes 3 periods" }), v1alpha1.Fail, "AlarmQuiet", "alarm root is not raised by a single event: it takes 3 periods"},
		"alarm muted":          {alarm(func(a *inventory.Alarm) { a.Muted = true }), v1alpha1.Fail, "AlarmMuted", "the actions of alarm root are disabled"},
		"alarm without topic":  {alarm(func(a *inventory.Alarm) { a.Actions = []string{"arn:aws:lambda:us-east-1:111111111111:function:f"} }), v1alpha1.Fail, "NoTopic", "alarm root notifies no topic"},
		"nobody subscribed":    {subscribed(), v1alpha1.Fail, "NoSubscriber", "nobody is subscribed to what alarm root notifies, " + topicARN},
		"unconfirmed":          {subscribed(inventory.Subscription{Protocol: "email", Endpoint: "a@example.com"}), v1alpha1.Fail, "AwaitingConfirmation", "a@example.com has not confirmed the subscription to " + topicARN},
		"unconfirmed, no mail": {subscribed(inventory.Subscription{Protocol: "https", Endpoint: "https://hooks/secret"}), v1alpha1.Fail, "AwaitingConfirmation", "an endpoint of protocol https has not confirmed the subscription to " + topicARN},
		"trail denied": {func(t *inventory.Trail, _ *inventory.WatchedGroup) {
			t.Status = inventory.Unseen[inventory.TrailStatus](denied)
		}, v1alpha1.Unknown, "ReadDenied", "x:Read: missing permission x:Read"},
		"filters denied": {func(_ *inventory.Trail, g *inventory.WatchedGroup) {
			g.Filters = inventory.Unseen[[]inventory.MetricFilter](denied)
		}, v1alpha1.Unknown, "ReadDenied", "x:Read: missing permission x:Read"},
		"alarms denied": {func(_ *inventory.Trail, g *inventory.WatchedGroup) {
			g.Alarms = inventory.Unseen[[]inventory.Alarm](denied)
		}, v1alpha1.Unknown, "ReadDenied", "x:Read: missing permission x:Read"},
		"subscriptions denied": {func(_ *inventory.Trail, g *inventory.WatchedGroup) {
			g.Topics[0].Subscriptions = inventory.Unseen[[]inventory.Subscription](denied)
		}, v1alpha1.Unknown, "ReadDenied", "x:Read: missing permission x:Read"},
		"subscriptions not read": {func(_ *inventory.Trail, g *inventory.WatchedGroup) {
			g.Topics[0].Subscriptions = inventory.Observed[[]inventory.Subscription]{}
		}, v1alpha1.Unknown, "NotRead", "the fact was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := alarmRootUsage.Judge(v1alpha1.AlarmRootUsage{}, reaching(row.change), asOf)
			if got.Status != row.want || got.Reason != row.reason || got.Message != row.says {
				t.Errorf("got %+v, want %s %s %q", got, row.want, row.reason, row.says)
			}
		})
	}
}

func TestAlarmRootUsageWithoutTrail(t *testing.T) {
	got := alarmRootUsage.Judge(v1alpha1.AlarmRootUsage{}, inventory.Alerts{}, asOf)
	if got.Status != v1alpha1.Fail || got.Reason != "NoTrail" {
		t.Errorf("got %+v", got)
	}
}

// A chain of someone else's that only waits for its own subscriber is not doubled, unless an
// address is declared that it does not notify.
func TestAlarmRootUsageBesideAChainOfOthers(t *testing.T) {
	a := reaching(subscribed(inventory.Subscription{Protocol: "email", Endpoint: "A@example.com"}))
	for email, want := range map[string]int{"": 0, "a@example.com": 0, "b@example.com": 1} {
		if planned := alarmRootUsage.Mend(v1alpha1.AlarmRootUsage{NotifyEmail: email}, a); len(planned) != want {
			t.Errorf("%q: planned %d, want %d", email, len(planned), want)
		}
	}
}
