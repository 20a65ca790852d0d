package controls_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

const configControl = "config-recorder"

func recorderRig(cloud *fakeaws.Cloud, bucket string) *roundtrip.Rig {
	return roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{
		Monitoring: v1alpha1.MonitoringPosture{ConfigRecorder: &v1alpha1.ConfigRecorder{BucketName: bucket}},
	})
}

func configIn(cloud *fakeaws.Cloud, region string) *config.Client {
	base := cloud.ConfigFor(roundtrip.Account)
	base.Region = region
	return config.NewFromConfig(base)
}

// recorded sets both regions up as the operator does, for tests that break it.
func recorded(t *testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
	t.Helper()
	cloud := fakeaws.New()
	r := recorderRig(cloud, "")
	r.Mends(t, configControl, v1alpha1.Pass)
	cloud.Forget()
	return cloud, r
}

func writes(cloud *fakeaws.Cloud) (all []string) {
	for _, call := range cloud.Writes() {
		all = append(all, call.Region+" "+call.Operation)
	}
	return all
}

func TestRecorderRoundTrip(t *testing.T) {
	cloud, r := recorded(t)
	r.Rests(t, cloud, configControl, v1alpha1.Pass)
	if n := len(cloud.Calls()); n != 6 {
		t.Errorf("a round of two regions took %d calls, want 3 each", n)
	}
	for region, want := range map[string]bool{"us-east-1": true, "eu-west-1": false} {
		out, err := configIn(cloud, region).DescribeConfigurationRecorders(t.Context(), &config.DescribeConfigurationRecordersInput{})
		if err != nil || out.ConfigurationRecorders[0].RecordingGroup.IncludeGlobalResourceTypes != want {
			t.Errorf("%s: got %+v, %v", region, out, err)
		}
	}
}

func TestRecorderWaitsForItsRoleAndBucketToBeKnown(t *testing.T) {
	cloud := fakeaws.New()
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("config:PutConfigurationRecorder"), Err: &types.InvalidRoleException{}, Times: 4})
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("config:PutDeliveryChannel"), Err: &types.InsufficientDeliveryPolicyException{}, Times: 4})
	recorderRig(cloud, "").Mends(t, configControl, v1alpha1.Pass)
}

func TestRecorderIntoAnExistingBucket(t *testing.T) {
	cloud := fakeaws.New()
	buckets := s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	theirs := `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::archive/*"}]}`
	_, err := buckets.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("archive")})
	if err == nil {
		_, err = buckets.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("archive"), Policy: aws.String(theirs)})
	}
	if err != nil {
		t.Fatal(err)
	}
	r := recorderRig(cloud, "archive")
	r.Mends(t, configControl, v1alpha1.Pass)
	out, err := buckets.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("archive")})
	if err != nil || !strings.Contains(*out.Policy, `"Theirs"`) || strings.Contains(*out.Policy, "SecureTransport") {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestStoppedRecorderIsOnlyStarted(t *testing.T) {
	cloud, r := recorded(t)
	if _, err := configIn(cloud, "eu-west-1").StopConfigurationRecorder(t.Context(), &config.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")}); err != nil {
		t.Fatal(err)
	}
	cloud.Forget()
	r.Mends(t, configControl, v1alpha1.Pass)
	if got := writes(cloud); !slices.Equal(got, []string{"eu-west-1 config:StartConfigurationRecorder"}) {
		t.Errorf("wrote %v", got)
	}
}

func TestNarrowRecorderIsWidenedAndKeepsTheRest(t *testing.T) {
	cloud := fakeaws.New()
	roles := iam.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	if _, err := roles.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("recorder"), AssumeRolePolicyDocument: aws.String(trust)}); err != nil {
		t.Fatal(err)
	}
	client := configIn(cloud, "us-east-1")
	if _, err := client.PutConfigurationRecorder(t.Context(), &config.PutConfigurationRecorderInput{ConfigurationRecorder: &types.ConfigurationRecorder{
		Name: aws.String("theirs"), RoleARN: aws.String("arn:aws:iam::111111111111:role/recorder"), RecordingMode: &types.RecordingMode{RecordingFrequency: types.RecordingFrequencyDaily},
		RecordingGroup: &types.RecordingGroup{ResourceTypes: []types.ResourceType{"AWS::EC2::Instance"}},
	}}); err != nil {
		t.Fatal(err)
	}
	r := recorderRig(cloud, "")
	r.Mends(t, configControl, v1alpha1.Pass)
	out, err := client.DescribeConfigurationRecorders(t.Context(), &config.DescribeConfigurationRecordersInput{})
	if err != nil {
		t.Fatal(err)
	}
	have := out.ConfigurationRecorders[0]
	if *have.Name != "theirs" || *have.RoleARN != "arn:aws:iam::111111111111:role/recorder" || have.RecordingMode.RecordingFrequency != types.RecordingFrequencyDaily || !have.RecordingGroup.AllSupported {
		t.Errorf("got %+v", have)
	}
}

func TestFailingRecorderIsForAPerson(t *testing.T) {
	cloud, r := recorded(t)
	if _, err := s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String("guardrails-config-111111111111-us-east-1")}); err != nil {
		t.Fatal(err)
	}
	judged, plan := findings(t, r)
	for _, j := range judged {
		if j.Verdict.Reason != "RecordingFailing" || !strings.Contains(j.ByHand, "guardrails-config-111111111111-us-east-1") {
			t.Errorf("got %+v", j)
		}
	}
	if len(plan.Changes) != 0 {
		t.Errorf("planned %v", plan.Changes)
	}
}

func findings(t *testing.T, r *roundtrip.Rig) ([]posture.Judged, posture.Plan) {
	t.Helper()
	result, err := r.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result.Report.Controls[0].Judged, result.Plan
}

func TestRecorderMadeMeanwhileStopsTheChain(t *testing.T) {
	cloud := fakeaws.New()
	r := recorderRig(cloud, "")
	_, plan := findings(t, r)
	if _, err := iam.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).CreateServiceLinkedRole(t.Context(), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")}); err != nil {
		t.Fatal(err)
	}
	for _, region := range r.Regions {
		if _, err := configIn(cloud, region).PutConfigurationRecorder(t.Context(), &config.PutConfigurationRecorderInput{ConfigurationRecorder: &types.ConfigurationRecorder{
			Name: aws.String("theirs"), RoleARN: aws.String("arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"),
		}}); err != nil {
			t.Fatal(err)
		}
	}
	cloud.Forget()
	journal, err := r.Apply(t.Context(), plan)
	if err != nil || len(journal.Entries) != 2 || journal.Entries[0].Result != v1alpha1.CallChanged || len(writes(cloud)) != 0 {
		t.Errorf("got %+v, %v, wrote %v", journal.Entries, err, writes(cloud))
	}
}
