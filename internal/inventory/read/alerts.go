package read

import (
	"context"
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
	filters, err := metricFilters(ctx, s.Session, name)
	watched.Filters = observed(s, filters, err)
	if len(filters) == 0 {
		watched.Alarms = observed(s, []inventory.Alarm(nil), err)
		return watched
	}
	alarms, err := once(s, "cloudwatch.alarms."+name.Region, func() ([]inventory.Alarm, error) { return Alarms(ctx, s.Session, name.Region) })
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
		subscriptions, err := Subscriptions(ctx, s.Session, name.Region, arn)
		watched.Topics = append(watched.Topics, inventory.Topic{ARN: arn, Subscriptions: observed(s, subscriptions, err)})
	}
	return watched
}

// metricFilters reads the filters of one log group; a group that is not there has none.
func metricFilters(ctx context.Context, s *awsapi.Session, group inventory.LogGroupName) ([]inventory.MetricFilter, error) {
	var all []inventory.MetricFilter
	pages := logs.NewDescribeMetricFiltersPaginator(s.In(group.Region).Logs(), &logs.DescribeMetricFiltersInput{LogGroupName: aws.String(group.Name), Limit: aws.Int32(logsPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if fault.Code(err) == "ResourceNotFoundException" {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("listing the metric filters of log group %s: %w", group.Name, err)
		}
		for _, filter := range page.MetricFilters {
			for _, to := range filter.MetricTransformations {
				all = append(all, metricFilter(filter, to))
			}
		}
	}
	return all, nil
}

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

// FindMetricFilter reads one filter of a log group by name; the zero filter is none.
func FindMetricFilter(ctx context.Context, s *awsapi.Session, group inventory.LogGroupName, name string) (inventory.MetricFilter, error) {
	all, err := metricFilters(ctx, s, group)
	for _, filter := range all {
		if filter.Name == name {
			return filter, err
		}
	}
	return inventory.MetricFilter{}, err
}

// alarmPage is the most that CloudWatch gives at once.
const alarmPage = 100

// Alarms reads a region's alarms on single metrics, all or those of the names.
func Alarms(ctx context.Context, s *awsapi.Session, region string, names ...string) ([]inventory.Alarm, error) {
	var all []inventory.Alarm
	pages := cloudwatch.NewDescribeAlarmsPaginator(s.In(region).CloudWatch(), &cloudwatch.DescribeAlarmsInput{
		AlarmNames: names, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(alarmPage),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("describing alarms: %w", err)
		}
		for _, alarm := range page.MetricAlarms {
			if alarm.MetricName != nil && len(alarm.Dimensions) == 0 {
				all = append(all, alarmOf(alarm))
			}
		}
	}
	return all, nil
}

func alarmOf(in types.MetricAlarm) inventory.Alarm {
	return inventory.Alarm{
		Name: aws.ToString(in.AlarmName), Metric: inventory.Metric{Namespace: aws.ToString(in.Namespace), Name: aws.ToString(in.MetricName)},
		Quiet: quiet(in), Muted: !aws.ToBool(in.ActionsEnabled), Actions: some(in.AlarmActions),
	}
}

// quiet says why one event in one period would not raise the alarm, or "".
func quiet(in types.MetricAlarm) string {
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

// Subscriptions reads who hears of a topic; a topic that is gone has nobody. It stops at the
// first who does.
func Subscriptions(ctx context.Context, s *awsapi.Session, region, topic string) ([]inventory.Subscription, error) {
	var all []inventory.Subscription
	pages := sns.NewListSubscriptionsByTopicPaginator(s.In(region).SNS(), &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String(topic)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if fault.Code(err) == "NotFound" {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("listing the subscriptions of topic %s: %w", topic, err)
		}
		for _, subscription := range page.Subscriptions {
			arn := aws.ToString(subscription.SubscriptionArn)
			if arn == "Deleted" {
				continue
			}
			all = append(all, inventory.Subscription{
				Protocol: aws.ToString(subscription.Protocol), Endpoint: aws.ToString(subscription.Endpoint), Confirmed: arn != "PendingConfirmation",
			})
		}
		if slices.ContainsFunc(all, func(s inventory.Subscription) bool { return s.Confirmed }) {
			break
		}
	}
	return all, nil
}

// alertsTags reads who owns the trail that would be made to deliver to a log group.
func alertsTags(ctx context.Context, s *Scope, a inventory.Alerts) inventory.Alerts {
	if best, ok := a.AuditTrail.Best(); ok && best.LogGroup == "" {
		a.Tags = trailTags(ctx, s, best).Tags
	}
	return a
}
