package remedy_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// What somebody else made under a name of the operator's own ends the action before its first
// call, whatever step would come to it.
func TestNothingOfSomeoneElseIsTakenOver(t *testing.T) {
	const (
		theirs = "someone"
		ours   = v1alpha1.OwnerValue
	)
	stranger := `"Principal":{"AWS":"arn:aws:iam::222222222222:root"}`
	trail := action.CreateTrail{Trail: loggingTarget("AWS::CloudTrail::Trail", "guardrails", "cloudtrail", "trail/guardrails"), Bucket: trailBucket, NewBucket: true}
	recorder := action.SetUpRecorder{Region: loggingTarget("AWS::Config::ConfigurationRecorder", "", "config", ""), Recorder: "default", NewRecorder: true, Bucket: trailBucket, NewBucketIn: "us-east-1"}
	flows := action.LogVPCFlows{VPC: loggingTarget("AWS::EC2::VPC", "vpc-1", "ec2", "vpc/vpc-1"), Traffic: "ALL"}
	alarm := action.RaiseTrailAlarm{
		Alarm: loggingTarget("AWS::CloudWatch::Alarm", "guardrails-x", "cloudwatch", "alarm:guardrails-x"), Group: inventory.OwnTrailLogs, NewGroup: true, Pattern: "{ $.a = b }", Metric: "X", About: "x",
	}
	for name, row := range map[string]struct {
		action action.Action
		taken  func(*testing.T, *fakeaws.Cloud)
		says   string
	}{
		"a bucket's tag":               {trail, bucketOf(theirs, ""), "bucket guardrails-trail"},
		"a bucket without a tag":       {recorder, bucketOf("", ""), "guardrails.dev/owner=aws-guardrails"},
		"a bucket's policy":            {trail, bucketOf(ours, `{"Sid":"Backdoor","Effect":"Allow",`+stranger+`,"Action":"s3:GetObject","Resource":"arn:aws:s3:::guardrails-trail/*"}`), "statement Backdoor"},
		"a recorder's bucket's policy": {recorder, bucketOf(ours, `{"Effect":"Allow",`+stranger+`,"Action":"s3:GetObject","Resource":"arn:aws:s3:::guardrails-trail/*"}`), "statement number 1"},
		"a role's tag":                 {flows, roleOf(action.FlowLogRole, theirs, flows.RoleTrust()), "role guardrails-vpc-flow-logs"},
		"a role's trust":               {flows, roleOf(action.FlowLogRole, ours, `{"Version":"2012-10-17","Statement":[{"Effect":"Allow",`+stranger+`,"Action":"sts:AssumeRole"}]}`), "trust policy"},
		"a trail's role":               {trail, roleOf(inventory.OwnTrailLogs, ours, flows.RoleTrust()), "trust policy"},
		"a log group's tag":            {flows, groupOf(action.FlowLogGroup, theirs), "log group /guardrails/vpc-flow-logs"},
		"an alarm's log group":         {alarm, groupOf(inventory.OwnTrailLogs, ""), "log group guardrails-cloudtrail"},
		"a topic's tag":                {alarm, topicOf(theirs, ""), "topic arn:aws:sns"},
		"a topic's policy":             {alarm, topicOf(ours, `{"Version":"2012-10-17","Statement":[{"Sid":"Mailing","Effect":"Allow",`+stranger+`,"Action":"sns:Subscribe","Resource":"*"}]}`), "statement Mailing"},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := fakeaws.New()
			row.taken(t, cloud)
			cloud.Forget()
			entries := loggingScene{T: t, cloud: cloud}.apply(row.action)
			if len(entries) != 1 || entries[0].Result != v1alpha1.CallFailed || !strings.Contains(entries[0].Message, row.says) {
				t.Errorf("got %+v, want one that names %s", entries, row.says)
			}
			if writes := cloud.Writes(); len(writes) > 0 {
				t.Errorf("wrote %v", writes)
			}
		})
	}
}

// What was made of the operator's own, and let in only its own account, is taken up.
func TestWhatIsOursIsTakenUp(t *testing.T) {
	cloud := fakeaws.New()
	bucketOf(v1alpha1.OwnerValue, `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/auditor"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::guardrails-trail/*"}`)(t, cloud)
	for _, entry := range (loggingScene{T: t, cloud: cloud}).apply(action.CreateTrail{Trail: loggingTarget("AWS::CloudTrail::Trail", "guardrails", "cloudtrail", "trail/guardrails"), Bucket: trailBucket, NewBucket: true}) {
		if entry.Result != v1alpha1.CallDone && entry.Result != v1alpha1.CallAlreadySo {
			t.Errorf("got %+v", entry)
		}
	}
}

// A trail of the operator's name that came meanwhile and delivers elsewhere is not started.
func TestATrailThatDeliversElsewhereIsNotStarted(t *testing.T) {
	cloud := fakeaws.New()
	s := loggingScene{T: t, cloud: cloud, trails: cloudtrail.NewFromConfig(cloud.ConfigFor(roundtrip.Account))}
	own := action.CreateTrail{Trail: loggingTarget("AWS::CloudTrail::Trail", "guardrails", "cloudtrail", "trail/guardrails"), Bucket: "guardrails-other", NewBucket: true}
	s.apply(own)
	own.Bucket = trailBucket
	cloud.Forget()
	if entries := s.apply(own); len(entries) != 1 || !strings.Contains(entries[0].Message, "delivers to bucket guardrails-other") || len(cloud.Writes()) > 0 {
		t.Errorf("got %+v, wrote %v", entries, cloud.Writes())
	}
}

// A flow log that bears the tag of another owner is not taken away with the operator's.
func TestAFlowLogOfAnotherOwnerStays(t *testing.T) {
	cloud := fakeaws.New()
	networks, done := ec2.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), roundtrip.Done(t)
	vpc, err := networks.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")})
	done(vpc, err)
	flows := action.LogVPCFlows{VPC: loggingTarget("AWS::EC2::VPC", *vpc.Vpc.VpcId, "ec2", "vpc/"+*vpc.Vpc.VpcId), Traffic: "ALL"}
	roleOf(action.FlowLogRole, "someone", flows.RoleTrust())(t, cloud)
	done(networks.CreateFlowLogs(t.Context(), &ec2.CreateFlowLogsInput{
		ResourceIds: []string{flows.VPC.ID}, ResourceType: ec2types.FlowLogsResourceTypeVpc, TrafficType: ec2types.TrafficTypeAll,
		LogGroupName: aws.String(action.FlowLogGroup), DeliverLogsPermissionArn: aws.String(flows.RoleARN()),
		TagSpecifications: []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeVpcFlowLog, Tags: []ec2types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String("someone")}}}},
	}))
	cloud.Forget()
	entries := loggingScene{T: t, cloud: cloud}.apply(action.Undo{Run: "run", Of: flows, Done: []string{"ec2:CreateFlowLogs"}})
	if len(entries) != 1 || entries[0].Result != v1alpha1.CallAlreadySo || len(cloud.Writes()) > 0 {
		t.Errorf("got %+v, wrote %v", entries, cloud.Writes())
	}
}

const trailBucket = "guardrails-trail"

func bucketOf(owner, statement string) func(*testing.T, *fakeaws.Cloud) {
	return func(t *testing.T, cloud *fakeaws.Cloud) {
		t.Helper()
		buckets, done := s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), roundtrip.Done(t)
		in := &s3.CreateBucketInput{Bucket: aws.String(trailBucket)}
		if owner != "" {
			in.CreateBucketConfiguration = &s3types.CreateBucketConfiguration{Tags: []s3types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: &owner}}}
		}
		done(buckets.CreateBucket(t.Context(), in))
		if statement != "" {
			done(buckets.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(trailBucket), Policy: aws.String(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)}))
		}
	}
}

func roleOf(name, owner, trust string) func(*testing.T, *fakeaws.Cloud) {
	return func(t *testing.T, cloud *fakeaws.Cloud) {
		t.Helper()
		roundtrip.Done(t)(iam.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).CreateRole(t.Context(), &iam.CreateRoleInput{
			RoleName: &name, AssumeRolePolicyDocument: &trust, Tags: []iamtypes.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: &owner}},
		}))
	}
}

func groupOf(name, owner string) func(*testing.T, *fakeaws.Cloud) {
	return func(t *testing.T, cloud *fakeaws.Cloud) {
		t.Helper()
		roundtrip.Done(t)(logs.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).CreateLogGroup(t.Context(), &logs.CreateLogGroupInput{LogGroupName: &name, Tags: map[string]string{v1alpha1.OwnerTag: owner}}))
	}
}

func topicOf(owner, policy string) func(*testing.T, *fakeaws.Cloud) {
	return func(t *testing.T, cloud *fakeaws.Cloud) {
		t.Helper()
		in := &sns.CreateTopicInput{Name: aws.String(inventory.OwnTopic), Tags: []snstypes.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: &owner}}}
		if policy != "" {
			in.Attributes = map[string]string{"Policy": policy}
		}
		roundtrip.Done(t)(sns.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).CreateTopic(t.Context(), in))
	}
}
