package remedy

import (
	"context"
	"fmt"
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

func ownTopic(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	client := s.In(a.Alarm.Region).SNS()
	return ensure("sns:CreateTopic",
		func(ctx context.Context) (bool, error) {
			_, err := client.GetTopicAttributes(ctx, &sns.GetTopicAttributesInput{TopicArn: aws.String(a.Topic())})
			switch {
			case fault.Code(err) == "NotFound":
				return false, nil
			case err != nil:
				return false, fmt.Errorf("looking for topic %s: %w", a.Topic(), err)
			}
			return true, nil
		},
		func(ctx context.Context) error {
			return sent(client.CreateTopic(ctx, &sns.CreateTopicInput{
				Name: aws.String(inventory.OwnTopic), Tags: []snstypes.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(ownValue)}},
			}))
		})
}

// subscribeMail asks an address once: while it has not confirmed, it is not asked again.
func subscribeMail(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	return ensure("sns:Subscribe",
		func(ctx context.Context) (bool, error) {
			subscriptions, err := read.Subscriptions(ctx, s, a.Alarm.Region, a.Topic())
			return slices.ContainsFunc(subscriptions, func(s inventory.Subscription) bool {
				return s.Protocol == "email" && strings.EqualFold(s.Endpoint, a.Email)
			}), err
		},
		func(ctx context.Context) error {
			return sent(s.In(a.Alarm.Region).SNS().Subscribe(ctx, &sns.SubscribeInput{TopicArn: aws.String(a.Topic()), Protocol: aws.String("email"), Endpoint: aws.String(a.Email)}))
		})
}

// countEvents replaces the filter of the operator's own name, and no other.
func countEvents(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	metric := inventory.Metric{Namespace: inventory.OwnNamespace, Name: a.Metric}
	return ensure("logs:PutMetricFilter",
		func(ctx context.Context) (bool, error) {
			have, err := read.FindMetricFilter(ctx, s, a.LogGroup(), a.Alarm.ID)
			return have == inventory.MetricFilter{Name: a.Alarm.ID, Pattern: a.Pattern, Metric: metric, Counts: true}, err
		},
		func(ctx context.Context) error {
			return sent(s.In(a.Alarm.Region).Logs().PutMetricFilter(ctx, &logs.PutMetricFilterInput{
				LogGroupName: aws.String(a.Group), FilterName: aws.String(a.Alarm.ID), FilterPattern: aws.String(a.Pattern),
				MetricTransformations: []logstypes.MetricTransformation{{MetricNamespace: aws.String(metric.Namespace), MetricName: aws.String(metric.Name), MetricValue: aws.String("1")}},
			}))
		})
}

// ownAlarm replaces the alarm of the operator's own name. What else that alarm notifies, it
// notifies on.
func ownAlarm(s *awsapi.Session, a action.RaiseTrailAlarm) Step {
	client := s.In(a.Alarm.Region).CloudWatch()
	return ensure("cloudwatch:PutMetricAlarm",
		func(ctx context.Context) (bool, error) {
			alarms, err := read.Alarms(ctx, s, a.Alarm.Region, a.Alarm.ID)
			return slices.ContainsFunc(alarms, func(have inventory.Alarm) bool {
				return have.Name == a.Alarm.ID && have.Metric == inventory.Metric{Namespace: inventory.OwnNamespace, Name: a.Metric} && have.Quiet == "" && !have.Muted && slices.Contains(have.Actions, a.Topic())
			}), err
		},
		func(ctx context.Context) error {
			out, err := client.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{a.Alarm.ID}})
			if err != nil {
				return fmt.Errorf("reading alarm %s: %w", a.Alarm.ID, err)
			}
			input := &cloudwatch.PutMetricAlarmInput{
				AlarmName: aws.String(a.Alarm.ID), AlarmDescription: aws.String("Raised on " + a.About + "."), ActionsEnabled: aws.Bool(true),
				Namespace: aws.String(inventory.OwnNamespace), MetricName: aws.String(a.Metric), Statistic: types.StatisticSum, Period: aws.Int32(300), EvaluationPeriods: aws.Int32(1),
				Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold, TreatMissingData: aws.String("notBreaching"),
				Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(ownValue)}},
			}
			for _, have := range out.MetricAlarms {
				input.AlarmActions, input.OKActions, input.InsufficientDataActions = have.AlarmActions, have.OKActions, have.InsufficientDataActions
			}
			if !slices.Contains(input.AlarmActions, a.Topic()) {
				input.AlarmActions = append(input.AlarmActions, a.Topic())
			}
			return sent(client.PutMetricAlarm(ctx, input))
		})
}

// removeTrailAlarm takes the alarm and the filter of the operator's own names away, unless
// somebody made something else of them.
func removeTrailAlarm(s *awsapi.Session, a action.RaiseTrailAlarm) backward {
	region, metric := s.In(a.Alarm.Region), inventory.Metric{Namespace: inventory.OwnNamespace, Name: a.Metric}
	return backward{
		"cloudwatch:DeleteAlarms": {
			Look: func(ctx context.Context) (Standing, error) {
				alarms, err := read.Alarms(ctx, s, a.Alarm.Region, a.Alarm.ID)
				if err != nil || len(alarms) == 0 {
					return Done, err
				}
				have := alarms[0]
				return ours(true, have.Metric == metric && have.Quiet == "" && !have.Muted && slices.Equal(have.Actions, []string{a.Topic()})), nil
			},
			Send: func(ctx context.Context) error {
				return sent(region.CloudWatch().DeleteAlarms(ctx, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{a.Alarm.ID}}))
			},
		},
		"logs:DeleteMetricFilter": {
			Look: func(ctx context.Context) (Standing, error) {
				have, err := read.FindMetricFilter(ctx, s, a.LogGroup(), a.Alarm.ID)
				return ours(have.Name != "", have == inventory.MetricFilter{Name: a.Alarm.ID, Pattern: a.Pattern, Metric: metric, Counts: true}), err
			},
			Send: func(ctx context.Context) error {
				return sent(region.Logs().DeleteMetricFilter(ctx, &logs.DeleteMetricFilterInput{LogGroupName: aws.String(a.Group), FilterName: aws.String(a.Alarm.ID)}))
			},
		},
	}
}
