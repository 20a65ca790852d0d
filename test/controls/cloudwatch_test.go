package controls_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

const (
	control = "alarm-root-usage"
	mail    = "security@example.com"
)

// rig declares the alarm, and the trail it needs if asked to.
func alarmRig(cloud *fakeaws.Cloud, email string, withTrail bool) *roundtrip.Rig {
	declared := v1alpha1.Posture{Monitoring: v1alpha1.MonitoringPosture{AlarmRootUsage: &v1alpha1.AlarmRootUsage{NotifyEmail: email}}}
	if withTrail {
		declared.Logging.CloudTrailMultiRegion = &v1alpha1.CloudTrailMultiRegion{}
	}
	return roundtrip.New(cloud.Config(), cloud.Now, declared)
}

// finding returns what the control concludes.
func finding(t *testing.T, r *roundtrip.Rig) (posture.Judged, posture.Plan) {
	t.Helper()
	result, err := r.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range result.Report.Controls {
		if c.Control.ID == control {
			return c.Judged[0], result.Plan
		}
	}
	t.Fatal("not declared")
	return posture.Judged{}, posture.Plan{}
}

// quietTrail makes a trail in eu-west-1 that records everything and delivers to no log group.
func quietTrail(t *testing.T, cloud *fakeaws.Cloud, account string, organization bool) {
	t.Helper()
	config := cloud.ConfigFor(account)
	buckets := s3.NewFromConfig(config)
	config.Region = "eu-west-1"
	trails := cloudtrail.NewFromConfig(config)
	policy := strings.ReplaceAll(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::logs"},
		{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/AWSLogs/ACCOUNT/*"}]}`, "ACCOUNT", account)
	_, err := buckets.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("logs")})
	if err == nil {
		_, err = buckets.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("logs"), Policy: aws.String(policy)})
	}
	if err == nil {
		_, err = trails.CreateTrail(t.Context(), &cloudtrail.CreateTrailInput{Name: aws.String("audit"), S3BucketName: aws.String("logs"), IsMultiRegionTrail: aws.Bool(true), IsOrganizationTrail: aws.Bool(organization)})
	}
	if err == nil {
		_, err = trails.StartLogging(t.Context(), &cloudtrail.StartLoggingInput{Name: aws.String("audit")})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestAlarmAndTrailInOneGo(t *testing.T) {
	cloud := fakeaws.New()
	r := alarmRig(cloud, mail, true)
	before, plan := finding(t, r)
	if before.Verdict.Reason != "NoTrail" || len(plan.Changes) != 2 {
		t.Fatalf("got %+v, planned %d", before.Verdict, len(plan.Changes))
	}
	if _, err := r.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	r.Rests(t, cloud, "cloudtrail-multi-region", v1alpha1.Pass)
	r.Rests(t, cloud, control, v1alpha1.Fail)
	after, plan := finding(t, r)
	if after.Verdict.Reason != "AwaitingConfirmation" || len(plan.Changes) != 0 || !strings.Contains(after.ByHand, "confirm the mail that AWS sent to "+mail) {
		t.Errorf("got %+v, planned %+v", after, plan.Changes)
	}
	cloud.ConfirmSubscriptions()
	r.Rests(t, cloud, control, v1alpha1.Pass)
	if n := len(cloud.Calls()); n != 7 {
		t.Errorf("a round took %d calls, want DescribeTrails, GetTrailStatus, GetEventSelectors, DescribeMetricFilters, DescribeAlarms, ListSubscriptionsByTopic, ListBuckets", n)
	}
}

func TestAlarmAndTrailInOneGoWhateverTheOrder(t *testing.T) {
	cloud := fakeaws.New()
	r := alarmRig(cloud, mail, true)
	_, plan := finding(t, r)
	slices.Reverse(plan.Changes)
	if _, err := r.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	cloud.ConfirmSubscriptions()
	r.Rests(t, cloud, control, v1alpha1.Pass)
	r.Rests(t, cloud, "cloudtrail-multi-region", v1alpha1.Pass)
}

func TestAlarmAndTrailSurviveACrashAtEveryStep(t *testing.T) {
	roundtrip.Crashes(t, func(*testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
		cloud := fakeaws.New()
		return cloud, alarmRig(cloud, mail, true)
	}, control, v1alpha1.Fail)
}

func TestAlarmOnATrailWithoutLogGroup(t *testing.T) {
	cloud := fakeaws.New()
	quietTrail(t, cloud, roundtrip.Account, false)
	r := alarmRig(cloud, mail, false)
	before, plan := finding(t, r)
	if before.Verdict.Reason != "NoLogGroup" || len(plan.Changes) != 2 || plan.Changes[0].Risk != v1alpha1.Costly || plan.Changes[1].Risk != v1alpha1.Safe {
		t.Fatalf("got %+v, planned %+v", before.Verdict, plan.Changes)
	}
	if _, err := r.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	cloud.ConfirmSubscriptions()
	r.Rests(t, cloud, control, v1alpha1.Pass)
}

func TestAlarmWithNobodyToHear(t *testing.T) {
	cloud := fakeaws.New()
	quietTrail(t, cloud, roundtrip.Account, false)
	r := alarmRig(cloud, "", false)
	r.Mends(t, control, v1alpha1.Fail)
	after, plan := finding(t, r)
	if after.Verdict.Reason != "NoSubscriber" || len(plan.Changes) != 0 || !strings.Contains(after.ByHand, "aws sns subscribe --topic-arn arn:aws:sns:eu-west-1:111111111111:guardrails-alarms") {
		t.Errorf("got %+v", after)
	}
	// Someone declares an address later.
	r.Posture.Monitoring.AlarmRootUsage.NotifyEmail = mail
	r.Mends(t, control, v1alpha1.Fail)
	cloud.ConfirmSubscriptions()
	r.Rests(t, cloud, control, v1alpha1.Pass)
}

func TestAlarmWithoutATrailIsNotPlannedAgain(t *testing.T) {
	cloud := fakeaws.New()
	r := alarmRig(cloud, mail, false)
	r.Mends(t, control, v1alpha1.Fail)
	cloud.ConfirmSubscriptions()
	r.Rests(t, cloud, control, v1alpha1.Fail)
	after, _ := finding(t, r)
	if after.Verdict.Reason != "NoTrail" || !strings.Contains(after.ByHand, "declare cloudtrail-multi-region") {
		t.Errorf("got %+v", after)
	}
}

func TestAlarmOfTheOrganizationIsForAPerson(t *testing.T) {
	cloud := fakeaws.New()
	cloud.ShareTrails("222222222222", roundtrip.Account)
	quietTrail(t, cloud, "222222222222", true)
	judged, plan := finding(t, alarmRig(cloud, mail, true))
	if judged.Verdict.Reason != "TrailOfAnotherAccount" || len(plan.Changes) != 0 || !strings.Contains(judged.ByHand, "in account 222222222222") {
		t.Errorf("got %+v, planned %+v", judged, plan.Changes)
	}
}

func TestTrailOfAnotherToolIsNotMadeToDeliver(t *testing.T) {
	cloud := fakeaws.New()
	quietTrail(t, cloud, roundtrip.Account, false)
	config := cloud.ConfigFor(roundtrip.Account)
	config.Region = "eu-west-1"
	if _, err := cloudtrail.NewFromConfig(config).AddTags(t.Context(), &cloudtrail.AddTagsInput{
		ResourceId: aws.String("arn:aws:cloudtrail:eu-west-1:111111111111:trail/audit"), TagsList: []types.Tag{{Key: aws.String("terraform"), Value: aws.String("audit")}},
	}); err != nil {
		t.Fatal(err)
	}
	_, plan := finding(t, alarmRig(cloud, mail, false))
	if len(plan.Changes) != 0 || len(plan.Held) != 1 || plan.Held[0].ManagedElsewhere != "Terraform audit" {
		t.Errorf("got %+v", plan)
	}
}

func TestSilencedAlarmSpeaksAgainAndNotifiesWhomItDid(t *testing.T) {
	cloud := fakeaws.New()
	r := alarmRig(cloud, mail, true)
	_, plan := finding(t, r)
	if _, err := r.Apply(t.Context(), plan); err != nil {
		t.Fatal(err)
	}
	cloud.ConfirmSubscriptions()
	alarms := cloudwatch.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	names := []string{"guardrails-root-usage"}
	out, err := alarms.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: names})
	if err != nil {
		t.Fatal(err)
	}
	have := out.MetricAlarms[0]
	if _, err := alarms.PutMetricAlarm(t.Context(), &cloudwatch.PutMetricAlarmInput{
		AlarmName: have.AlarmName, Namespace: have.Namespace, MetricName: have.MetricName, Statistic: have.Statistic, Period: have.Period, EvaluationPeriods: have.EvaluationPeriods,
		Threshold: aws.Float64(100), ComparisonOperator: have.ComparisonOperator, AlarmActions: append(have.AlarmActions, "arn:aws:lambda:us-east-1:111111111111:function:page"), OKActions: []string{"arn:aws:sns:us-east-1:111111111111:ok"},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := alarms.DisableAlarmActions(t.Context(), &cloudwatch.DisableAlarmActionsInput{AlarmNames: names}); err != nil {
		t.Fatal(err)
	}
	r.Mends(t, control, v1alpha1.Pass)
	out, err = alarms.DescribeAlarms(t.Context(), &cloudwatch.DescribeAlarmsInput{AlarmNames: names})
	if err != nil || len(out.MetricAlarms[0].AlarmActions) != 2 || len(out.MetricAlarms[0].OKActions) != 1 {
		t.Errorf("got %+v, %v", out, err)
	}
}
