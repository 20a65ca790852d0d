package controls_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// retain creates a log group in the region with the retention; 0 is forever.
func retain(t *testing.T, cloud *fakeaws.Cloud, region, name string, days int32) {
	t.Helper()
	config := cloud.ConfigFor(roundtrip.Account)
	config.Region = region
	admin := logs.NewFromConfig(config)
	_, err := admin.CreateLogGroup(t.Context(), &logs.CreateLogGroupInput{LogGroupName: aws.String(name)})
	if err == nil && days != 0 {
		_, err = admin.PutRetentionPolicy(t.Context(), &logs.PutRetentionPolicyInput{LogGroupName: aws.String(name), RetentionInDays: aws.Int32(days)})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func logRig(cloud *fakeaws.Cloud) *roundtrip.Rig {
	return roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{
		Logging: v1alpha1.LoggingPosture{LogGroupRetention: &v1alpha1.LogGroupRetention{MinDays: 365}},
	})
}

func TestLogGroupRetentionRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	retain(t, cloud, "us-east-1", "short", 30)
	retain(t, cloud, "eu-west-1", "short", 90)
	retain(t, cloud, "eu-west-1", "long", 731)
	retain(t, cloud, "eu-west-1", "forever", 0)
	for i := range 60 {
		retain(t, cloud, "us-east-1", fmt.Sprintf("many-%02d", i), 7)
	}
	cloud.Forget()
	r := logRig(cloud)
	r.Mends(t, "log-group-retention", v1alpha1.Pass)
	if n := len(cloud.Writes()); n != 62 {
		t.Errorf("got %d writes, want one for each of 62 groups", n)
	}
	cloud.Forget()
	if _, err := r.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	if writes := cloud.Writes(); len(writes) != 0 {
		t.Errorf("a further round wrote %v", writes)
	}
	if n := len(cloud.Calls()); n != 3 {
		t.Errorf("a round of 64 groups in two regions took %d calls, want 3", n)
	}
}

func TestLogGroupRetentionDenied(t *testing.T) {
	cloud := fakeaws.New()
	retain(t, cloud, "us-east-1", "short", 30)
	cloud.Deny("logs:DescribeLogGroups")
	result, err := logRig(cloud).Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	judged := result.Report.Controls[0].Judged
	if len(judged) != 2 || judged[0].Verdict.Status != v1alpha1.Unknown || !strings.Contains(judged[0].Verdict.Message, "missing permission logs:DescribeLogGroups") {
		t.Errorf("got %+v", judged)
	}
}

func TestLogGroupRetentionManagedElsewhere(t *testing.T) {
	cloud := fakeaws.New()
	retain(t, cloud, "us-east-1", "stacked", 30)
	admin := logs.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	if _, err := admin.TagResource(t.Context(), &logs.TagResourceInput{
		ResourceArn: aws.String("arn:aws:logs:us-east-1:" + roundtrip.Account + ":log-group:stacked"), Tags: map[string]string{"aws:cloudformation:stack-name": "web"},
	}); err != nil {
		t.Fatal(err)
	}
	result, err := logRig(cloud).Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Plan.Changes) != 0 || len(result.Plan.Held) != 1 || result.Plan.Held[0].ManagedElsewhere != "CloudFormation web" {
		t.Errorf("got %+v", result.Plan)
	}
}
