package fakeaws_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func TestTopics(t *testing.T) {
	cloud := fakeaws.New()
	ctx := t.Context()
	client := sns.NewFromConfig(cloud.ConfigFor(loggingAccount))
	_, err := client.Subscribe(ctx, &sns.SubscribeInput{TopicArn: aws.String("arn:aws:sns:us-east-1:111111111111:alarms"), Protocol: aws.String("email"), Endpoint: aws.String("a@example.com")})
	answersCode(t, err, "NotFound")
	made, err := client.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("alarms")})
	if err != nil {
		t.Fatal(err)
	}
	again, err := client.CreateTopic(ctx, &sns.CreateTopicInput{Name: aws.String("alarms")})
	if err != nil || *again.TopicArn != *made.TopicArn {
		t.Errorf("again: got %+v, %v", again, err)
	}
	for range 2 {
		if _, err := client.Subscribe(ctx, &sns.SubscribeInput{TopicArn: made.TopicArn, Protocol: aws.String("email"), Endpoint: aws.String("a@example.com")}); err != nil {
			t.Fatal(err)
		}
	}
	shown := func() string {
		out, err := client.ListSubscriptionsByTopic(ctx, &sns.ListSubscriptionsByTopicInput{TopicArn: made.TopicArn})
		if err != nil || len(out.Subscriptions) != 1 {
			t.Fatalf("got %+v, %v", out, err)
		}
		return *out.Subscriptions[0].SubscriptionArn
	}
	if got := shown(); got != "PendingConfirmation" {
		t.Errorf("unconfirmed: got %s", got)
	}
	cloud.ConfirmSubscriptions()
	if got := shown(); got == "PendingConfirmation" {
		t.Errorf("confirmed: got %s", got)
	}
	_, err = client.ListSubscriptionsByTopic(ctx, &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String("arn:aws:sns:us-east-1:222222222222:alarms")})
	answersCode(t, err, "AuthorizationError")
}

func TestAlarms(t *testing.T) {
	client := cloudwatch.NewFromConfig(fakeaws.New().ConfigFor(loggingAccount))
	ctx := t.Context()
	put := func(name string, actions ...string) error {
		_, err := client.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: aws.String(name), MetricName: aws.String("m"), Namespace: aws.String("n"), Period: aws.Int32(300), Statistic: types.StatisticSum,
			EvaluationPeriods: aws.Int32(1), Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold, AlarmActions: actions,
		})
		return err
	}
	answersCode(t, put("many", "a", "b", "c", "d", "e", "f"), "ValidationError")
	for i := range 101 {
		if err := put(fmt.Sprintf("alarm-%03d", i), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := put("alarm-000"); err != nil {
		t.Fatal(err)
	}
	out, err := client.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{MaxRecords: aws.Int32(100)})
	if err != nil || len(out.MetricAlarms) != 100 || out.NextToken == nil {
		t.Fatalf("first page: got %d, %v", len(out.MetricAlarms), err)
	}
	if first := out.MetricAlarms[0]; len(first.AlarmActions) != 0 || !*first.ActionsEnabled {
		t.Errorf("put again, the actions left out are gone: got %+v", first)
	}
}
