package read

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var (
	describeMetricFilters = awsapi.Lists(logs.NewDescribeMetricFiltersPaginator)
	describeAlarms        = awsapi.Lists(cloudwatch.NewDescribeAlarmsPaginator)
	listSubscriptions     = awsapi.Lists(sns.NewListSubscriptionsByTopicPaginator)
)

func trailAlerts(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Alerts, error) {
	audit, err := auditTrail(ctx, s)
	if err != nil {
		return nil, err
	}
	found := inventory.Alerts{Ref: s.ref("AWS::CloudWatch::Alarm", "", s.Account, ""), AuditTrail: audit}
	for _, name := range audit.Watched() {
		found.Groups = append(found.Groups, watchedGroup(ctx, s, name))
	}
	return []inventory.Alerts{found}, nil
}

// watchedGroup follows a log group to the people, as far as there is anything to follow.
func watchedGroup(ctx context.Context, s *Scope, name inventory.LogGroupName) inventory.WatchedGroup {
	watched := inventory.WatchedGroup{Group: name}
	filters, err := MetricFilters.Of(ctx, s.Session, name)
	watched.Filters = observed(s, filters, err)
	if len(filters) == 0 {
		watched.Alarms = observed(s, []inventory.Alarm(nil), err)
		return watched
	}
	alarms, err := once(s, "cloudwatch.alarms."+name.Region, func() ([]inventory.Alarm, error) { return alarmsIn(ctx, s.In(name.Region)) })
	alarms = slices.DeleteFunc(slices.Clone(alarms), func(a inventory.Alarm) bool {
		return !slices.ContainsFunc(filters, func(f inventory.MetricFilter) bool { return f.Metric == a.Metric })
	})
	watched.Alarms = observed(s, alarms, err)
	var topics []string
	for _, alarm := range alarms {
		topics = append(topics, alarm.Topics()...)
	}
	slices.Sort(topics)
	for _, arn := range slices.Compact(topics) {
		subscriptions, err := Subscriptions.Of(ctx, s.Session, inventory.Ref{Region: name.Region, ARN: arn})
		watched.Topics = append(watched.Topics, inventory.Topic{ARN: arn, Subscriptions: observed(s, subscriptions, err)})
	}
	return watched
}

// MetricFilters are the filters of one log group; a group that is not there has none.
var MetricFilters = look(func(ctx context.Context, s *awsapi.Session, group inventory.LogGroupName) (all []inventory.MetricFilter, err error) {
	err = describeMetricFilters.In(ctx, s.In(group.Region), &logs.DescribeMetricFiltersInput{LogGroupName: &group.Name, Limit: aws.Int32(logsPage)},
		func(page *logs.DescribeMetricFiltersOutput) error {
			for _, filter := range page.MetricFilters {
				for _, to := range filter.MetricTransformations {
					all = append(all, metricFilter(filter, to))
				}
			}
			return nil
		})
	switch {
	case fault.Code(err) == "ResourceNotFoundException":
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("listing the metric filters of log group %s: %w", group.Name, err)
	}
	return all, nil
}, describeMetricFilters)

// metricFilter takes a filter that looks at some events only, or at other than the trail's own,
// for one that does not count.
func metricFilter(filter logstypes.MetricFilter, to logstypes.MetricTransformation) inventory.MetricFilter {
	value, err := strconv.ParseFloat(aws.ToString(to.MetricValue), 64)
	return inventory.MetricFilter{
		Name: aws.ToString(filter.FilterName), Pattern: aws.ToString(filter.FilterPattern),
		Metric: inventory.Metric{Namespace: aws.ToString(to.MetricNamespace), Name: aws.ToString(to.MetricName)},
		Counts: err == nil && value >= 1 && aws.ToString(filter.FieldSelectionCriteria) == "" && !filter.ApplyOnTransformedLogs && len(to.Dimensions) == 0,
	}
}

// alarmPage is the most that CloudWatch gives at once.
const alarmPage = 100

// alarmsIn are a region's alarms on single metrics.
func alarmsIn(ctx context.Context, in *awsapi.Clients) ([]inventory.Alarm, error) {
	found, err := metricAlarms(ctx, in)
	var all []inventory.Alarm
	for _, alarm := range found {
		if on := AlarmOf(&alarm); on.Name != "" {
			all = append(all, on)
		}
	}
	return all, err
}

func metricAlarms(ctx context.Context, in *awsapi.Clients, names ...string) ([]types.MetricAlarm, error) {
	all, err := gather(ctx, in, describeAlarms,
		&cloudwatch.DescribeAlarmsInput{AlarmNames: names, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(alarmPage)},
		func(page *cloudwatch.DescribeAlarmsOutput) []types.MetricAlarm { return page.MetricAlarms }, same)
	if err != nil {
		return nil, fmt.Errorf("describing alarms: %w", err)
	}
	return all, nil
}

// FindAlarm reads the alarm that a reference names by region and id; nil where there is none.
var FindAlarm = look(func(ctx context.Context, s *awsapi.Session, of inventory.Ref) (*types.MetricAlarm, error) {
	all, err := metricAlarms(ctx, s.In(of.Region), of.ID)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}, describeAlarms)

// AlarmOf says what an alarm does. One that is not on a single metric is taken for none.
func AlarmOf(in *types.MetricAlarm) inventory.Alarm {
	if in == nil || in.MetricName == nil || len(in.Dimensions) > 0 {
		return inventory.Alarm{}
	}
	return inventory.Alarm{
		Name: aws.ToString(in.AlarmName), Metric: inventory.Metric{Namespace: aws.ToString(in.Namespace), Name: aws.ToString(in.MetricName)},
		Quiet: quiet(in), Muted: !aws.ToBool(in.ActionsEnabled), Actions: some(in.AlarmActions),
	}
}

// quiet says why one event in one period would not raise the alarm, or "".
func quiet(in *types.MetricAlarm) string {
	threshold := aws.ToFloat64(in.Threshold)
	above := in.ComparisonOperator == types.ComparisonOperatorGreaterThanOrEqualToThreshold && threshold > 0 && threshold <= 1 ||
		in.ComparisonOperator == types.ComparisonOperatorGreaterThanThreshold && threshold >= 0 && threshold < 1
	points := aws.ToInt32(in.EvaluationPeriods)
	if in.DatapointsToAlarm != nil {
		points = *in.DatapointsToAlarm
	}
	switch {
	case in.Statistic != types.StatisticSum && in.Statistic != types.StatisticMaximum:
		return fmt.Sprintf("its statistic is %q", string(in.Statistic)+aws.ToString(in.ExtendedStatistic))
	case !above:
		return fmt.Sprintf("its threshold is %s %g", in.ComparisonOperator, threshold)
	case points != 1:
		return fmt.Sprintf("it takes %d periods", points)
	}
	return ""
}

// errEnough ends a list of which more need not be known.
var errEnough = errors.New("enough is known")

// Subscriptions are who hears of the topic that a reference names by region and ARN; a topic
// that is gone has nobody. It stops at the first who does.
var Subscriptions = look(func(ctx context.Context, s *awsapi.Session, topic inventory.Ref) (all []inventory.Subscription, err error) {
	err = listSubscriptions.In(ctx, s.In(topic.Region), &sns.ListSubscriptionsByTopicInput{TopicArn: &topic.ARN},
		func(page *sns.ListSubscriptionsByTopicOutput) error {
			for _, subscription := range page.Subscriptions {
				if arn := aws.ToString(subscription.SubscriptionArn); arn != "Deleted" {
					all = append(all, inventory.Subscription{
						Protocol: aws.ToString(subscription.Protocol), Endpoint: aws.ToString(subscription.Endpoint), Confirmed: arn != "PendingConfirmation",
					})
				}
			}
			if slices.ContainsFunc(all, func(s inventory.Subscription) bool { return s.Confirmed }) {
				return errEnough
			}
			return nil
		})
	switch {
	case fault.Code(err) == "NotFound":
		return nil, nil
	case err != nil && !errors.Is(err, errEnough):
		return nil, fmt.Errorf("listing the subscriptions of topic %s: %w", topic.ARN, err)
	}
	return all, nil
}, listSubscriptions)

// alertsTags reads who owns the trail that would be made to deliver to a log group.
func alertsTags(ctx context.Context, s *Scope, a inventory.Alerts) inventory.Alerts {
	if best, ok := a.AuditTrail.Best(); ok && best.LogGroup == "" {
		a.Tags = observeCall(s, func() (map[string]string, error) { return TrailTags.Of(ctx, s.Session, best.Ref) })
	}
	return a
}
