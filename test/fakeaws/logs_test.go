package fakeaws_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const loggingAccount = "111111111111"

// answersCode fails the test unless the error carries the code.
func answersCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("got %v, want code %s", err, code)
	}
}

func TestLogGroups(t *testing.T) {
	cloud := fakeaws.New()
	created := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return created })
	client := logs.NewFromConfig(cloud.ConfigFor(loggingAccount))
	ctx := t.Context()
	empty, err := client.DescribeLogGroups(ctx, &logs.DescribeLogGroupsInput{})
	if err != nil || empty.LogGroups == nil || len(empty.LogGroups) != 0 || empty.NextToken != nil {
		t.Fatalf("none: got %+v, %v", empty, err)
	}
	for i := range 51 {
		if _, err := client.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: aws.String(fmt.Sprintf("group-%02d", i)), Tags: map[string]string{"n": fmt.Sprint(i)}}); err != nil {
			t.Fatal(err)
		}
	}
	_, err = client.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: aws.String("group-00")})
	answersCode(t, err, "ResourceAlreadyExistsException")
	first, err := client.DescribeLogGroups(ctx, &logs.DescribeLogGroupsInput{})
	if err != nil || len(first.LogGroups) != 50 || first.NextToken == nil {
		t.Fatalf("first page: got %d groups, %v", len(first.LogGroups), err)
	}
	group := first.LogGroups[7]
	if group.RetentionInDays != nil || *group.Arn != "arn:aws:logs:us-east-1:111111111111:log-group:group-07:*" || *group.CreationTime != created.UnixMilli() {
		t.Errorf("group: got %+v", group)
	}
	second, err := client.DescribeLogGroups(ctx, &logs.DescribeLogGroupsInput{NextToken: first.NextToken})
	if err != nil || len(second.LogGroups) != 1 || second.NextToken != nil {
		t.Errorf("second page: got %d groups, %v", len(second.LogGroups), err)
	}
	tags, err := client.ListTagsForResource(ctx, &logs.ListTagsForResourceInput{ResourceArn: group.LogGroupArn})
	if err != nil || tags.Tags["n"] != "7" {
		t.Errorf("tags: got %v, %v", tags, err)
	}
	if _, err := client.DeleteLogGroup(ctx, &logs.DeleteLogGroupInput{LogGroupName: group.LogGroupName}); err != nil {
		t.Error(err)
	}
	_, err = client.DeleteLogGroup(ctx, &logs.DeleteLogGroupInput{LogGroupName: group.LogGroupName})
	answersCode(t, err, "ResourceNotFoundException")
}

func TestLogGroupRetention(t *testing.T) {
	client := logs.NewFromConfig(fakeaws.New().ConfigFor(loggingAccount))
	ctx := t.Context()
	if _, err := client.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: aws.String("app")}); err != nil {
		t.Fatal(err)
	}
	put := func(name string, days int32) error {
		_, err := client.PutRetentionPolicy(ctx, &logs.PutRetentionPolicyInput{LogGroupName: aws.String(name), RetentionInDays: aws.Int32(days)})
		return err
	}
	answersCode(t, put("app", 100), "InvalidParameterException")
	answersCode(t, put("other", 30), "ResourceNotFoundException")
	if err := put("app", 30); err != nil {
		t.Fatal(err)
	}
	out, err := client.DescribeLogGroups(ctx, &logs.DescribeLogGroupsInput{LogGroupNamePrefix: aws.String("app")})
	if err != nil || *out.LogGroups[0].RetentionInDays != 30 {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestMetricFilters(t *testing.T) {
	client := logs.NewFromConfig(fakeaws.New().ConfigFor(loggingAccount))
	ctx := t.Context()
	put := func(group string) error {
		_, err := client.PutMetricFilter(ctx, &logs.PutMetricFilterInput{
			LogGroupName: aws.String(group), FilterName: aws.String("root"), FilterPattern: aws.String(`{ $.userIdentity.type = "Root" }`),
			MetricTransformations: []types.MetricTransformation{{MetricName: aws.String("Root"), MetricNamespace: aws.String("Trail"), MetricValue: aws.String("1")}},
		})
		return err
	}
	answersCode(t, put("trail"), "ResourceNotFoundException")
	if _, err := client.CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: aws.String("trail")}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := put("trail"); err != nil {
			t.Fatal(err)
		}
	}
	out, err := client.DescribeMetricFilters(ctx, &logs.DescribeMetricFiltersInput{MetricNamespace: aws.String("Trail"), MetricName: aws.String("Root")})
	if err != nil || len(out.MetricFilters) != 1 || *out.MetricFilters[0].LogGroupName != "trail" {
		t.Errorf("got %+v, %v", out, err)
	}
	_, err = client.DescribeMetricFilters(ctx, &logs.DescribeMetricFiltersInput{LogGroupName: aws.String("none")})
	answersCode(t, err, "ResourceNotFoundException")
}
