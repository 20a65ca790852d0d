package remedy

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	logstypes "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

func raiseTrailAlarm(s *awsapi.Session, a action.RaiseTrailAlarm) []Step {
	steps := []Step{ownTopic(s, a)}
	if a.Email != "" {
		steps = append(steps, subscribeMail(s, a))
	}
	if a.NewGroup {
		steps = append(steps, ownLogGroup(s, a.Alarm.Region, a.Group))
	}
	return append(steps, countEvents(s, a), ownAlarm(s, a))
}

var (
	getTopic     = awsapi.Reads((*sns.Client).GetTopicAttributes)
	getTopicTags = awsapi.Reads((*sns.Client).ListTagsForResource)
	createTopic  = awsapi.Writes((*sns.Client).CreateTopic, "sns:CreateTopic", "sns:TagResource")
	subscribe    = awsapi.Writes((*sns.Client).Subscribe)

	putMetricFilter    = awsapi.Writes((*logs.Client).PutMetricFilter)
	deleteMetricFilter = awsapi.Writes((*logs.Client).DeleteMetricFilter)
	putAlarm           = awsapi.Writes((*cloudwatch.Client).PutMetricAlarm, "cloudwatch:PutMetricAlarm", "cloudwatch:TagResource")
	deleteAlarms       = awsapi.Writes((*cloudwatch.Client).DeleteAlarms)
)

func ownTopic(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	return owned(createTopic.Name, "topic "+a.Topic(), []string{getTopic.Name, getTopicTags.Name},
		func(ctx context.Context) (found, error) {
			out, err := getTopic.In(ctx, s.In(a.Alarm.Region), &sns.GetTopicAttributesInput{TopicArn: aws.String(a.Topic())})
			switch {
			case fault.Code(err) == "NotFound":
				return found{}, nil
			case err != nil:
				return found{}, err
			}
			tags, err := getTopicTags.In(ctx, s.In(a.Alarm.Region), &sns.ListTagsForResourceInput{ResourceArn: aws.String(a.Topic())})
			if err != nil || !ownTopicTags(tags.Tags) {
				return untagged, err
			}
			return admitting(out.Attributes["Policy"], s.Account)
		},
		func(ctx context.Context) error {
			return sent(createTopic.In(ctx, s.In(a.Alarm.Region), &sns.CreateTopicInput{
				Name: aws.String(inventory.OwnTopic), Tags: []snstypes.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}},
			}))
		})
}

func ownTopicTags(tags []snstypes.Tag) bool {
	return slices.ContainsFunc(tags, func(tag snstypes.Tag) bool {
		return aws.ToString(tag.Key) == v1alpha1.OwnerTag && aws.ToString(tag.Value) == v1alpha1.OwnerValue
	})
}

// subscribeMail asks an address once: while it has not confirmed, it is not asked again.
func subscribeMail(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	return ensure(subscribe.Name, read.Subscriptions.Calls,
		func(ctx context.Context) (bool, error) {
			subscriptions, err := read.Subscriptions.Of(ctx, s, inventory.Ref{Region: a.Alarm.Region, ARN: a.Topic()})
			return slices.ContainsFunc(subscriptions, func(s inventory.Subscription) bool {
				return s.Protocol == "email" && strings.EqualFold(s.Endpoint, a.Email)
			}), err
		},
		func(ctx context.Context) error {
			return sent(subscribe.In(ctx, s.In(a.Alarm.Region), &sns.SubscribeInput{TopicArn: aws.String(a.Topic()), Protocol: aws.String("email"), Endpoint: aws.String(a.Email)}))
		})
}

// countEvents replaces the filter of the operator's own name, and no other.
func countEvents(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	metric := inventory.Metric{Namespace: inventory.OwnNamespace, Name: a.Metric}
	return ensure(putMetricFilter.Name, read.MetricFilters.Calls,
		func(ctx context.Context) (bool, error) {
			have, err := ownFilter(ctx, s, a)
			return have == inventory.MetricFilter{Name: a.Alarm.ID, Pattern: a.Pattern, Metric: metric, Counts: true}, err
		},
		func(ctx context.Context) error {
			return sent(putMetricFilter.In(ctx, s.In(a.Alarm.Region), &logs.PutMetricFilterInput{
				LogGroupName: aws.String(a.Group), FilterName: aws.String(a.Alarm.ID), FilterPattern: aws.String(a.Pattern),
				MetricTransformations: []logstypes.MetricTransformation{{MetricNamespace: aws.String(metric.Namespace), MetricName: aws.String(metric.Name), MetricValue: aws.String("1")}},
			}))
		})
}

// ownFilter reads the filter of the operator's own name; the zero filter is none.
func ownFilter(ctx context.Context, s *awsapi.Session, a action.RaiseTrailAlarm) (inventory.MetricFilter, error) {
	all, err := read.MetricFilters.Of(ctx, s, a.LogGroup())
	at := slices.IndexFunc(all, func(f inventory.MetricFilter) bool { return f.Name == a.Alarm.ID })
	if at < 0 {
		return inventory.MetricFilter{}, err
	}
	return all[at], err
}

// ownAlarm replaces the alarm of the operator's own name. What else that alarm notifies, it
// notifies on.
func ownAlarm(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	return ensure(putAlarm.Name, read.FindAlarm.Calls,
		func(ctx context.Context) (bool, error) {
			found, err := read.FindAlarm.Of(ctx, s, a.Alarm.Ref())
			have := read.AlarmOf(found)
			return have.Metric == inventory.Metric{Namespace: inventory.OwnNamespace, Name: a.Metric} && have.Quiet == "" && !have.Muted && slices.Contains(have.Actions, a.Topic()), err
		},
		func(ctx context.Context) error {
			have, err := read.FindAlarm.Of(ctx, s, a.Alarm.Ref())
			if err != nil {
				return err
			}
			input := &cloudwatch.PutMetricAlarmInput{
				AlarmName: aws.String(a.Alarm.ID), AlarmDescription: aws.String("Raised on " + a.About + "."), ActionsEnabled: aws.Bool(true),
				Namespace: aws.String(inventory.OwnNamespace), MetricName: aws.String(a.Metric), Statistic: types.StatisticSum, Period: aws.Int32(300), EvaluationPeriods: aws.Int32(1),
				Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold, TreatMissingData: aws.String("notBreaching"),
				Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}},
			}
			if have != nil {
				input.AlarmActions, input.OKActions, input.InsufficientDataActions = have.AlarmActions, have.OKActions, have.InsufficientDataActions
			}
			if !slices.Contains(input.AlarmActions, a.Topic()) {
				input.AlarmActions = append(input.AlarmActions, a.Topic())
			}
			return sent(putAlarm.In(ctx, s.In(a.Alarm.Region), input))
		})
}

// removeTrailAlarm takes the alarm and the filter of the operator's own names away, unless
// somebody made something else of them.
func removeTrailAlarm(s *awsapi.Session, a action.RaiseTrailAlarm) backward {
	metric := inventory.Metric{Namespace: inventory.OwnNamespace, Name: a.Metric}
	return backward{
		deleteAlarms.Name: {
			Reads: read.FindAlarm.Calls,
			Look: func(ctx context.Context) (Standing, error) {
				found, err := read.FindAlarm.Of(ctx, s, a.Alarm.Ref())
				have := read.AlarmOf(found)
				return ours(have.Name != "", have.Metric == metric && have.Quiet == "" && !have.Muted && slices.Equal(have.Actions, []string{a.Topic()})), err
			},
			Send: func(ctx context.Context) error {
				return sent(deleteAlarms.In(ctx, s.In(a.Alarm.Region), &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{a.Alarm.ID}}))
			},
		},
		deleteMetricFilter.Name: {
			Reads: read.MetricFilters.Calls,
			Look: func(ctx context.Context) (Standing, error) {
				have, err := ownFilter(ctx, s, a)
				return ours(have.Name != "", have == inventory.MetricFilter{Name: a.Alarm.ID, Pattern: a.Pattern, Metric: metric, Counts: true}), err
			},
			Send: func(ctx context.Context) error {
				return sent(deleteMetricFilter.In(ctx, s.In(a.Alarm.Region), &logs.DeleteMetricFilterInput{LogGroupName: aws.String(a.Group), FilterName: aws.String(a.Alarm.ID)}))
			},
		},
	}
}
