package grants_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	trailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/grants"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// before2023 is a day on which buckets were still made open.
var before2023 = time.Date(2022, 7, 1, 12, 0, 0, 0, time.UTC)

// extra is an account in which a control has other things to mend than in its scene.
type extra struct {
	name    string
	control string
	posture v1alpha1.Posture
	// ends is the verdict afterwards; Pass where it is not said.
	ends v1alpha1.VerdictStatus
	now  func() time.Time
	set  func(context.Context, *testing.T, *fakeaws.Cloud)
	// named says that the posture names a bucket that is there.
	named bool
}

func extras() []extra {
	then := func() time.Time { return before2023 }
	trail := v1alpha1.LoggingPosture{CloudTrailMultiRegion: &v1alpha1.CloudTrailMultiRegion{}}
	recorder := v1alpha1.MonitoringPosture{ConfigRecorder: &v1alpha1.ConfigRecorder{}}
	return []extra{
		{name: "a trail to an open bucket", control: "cloudtrail-multi-region", posture: v1alpha1.Posture{Logging: trail}, now: then},
		{name: "a recorder to an open bucket", control: "config-recorder", posture: v1alpha1.Posture{Monitoring: recorder}, now: then},
		{
			name: "a trail to a bucket that is there", control: "cloudtrail-multi-region", set: hiddenBucket, named: true,
			posture: v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{CloudTrailMultiRegion: &v1alpha1.CloudTrailMultiRegion{BucketName: "evidence"}}},
		},
		{
			name: "a recorder to a bucket that is there", control: "config-recorder", set: hiddenBucket, named: true,
			posture: v1alpha1.Posture{Monitoring: v1alpha1.MonitoringPosture{ConfigRecorder: &v1alpha1.ConfigRecorder{BucketName: "evidence"}}},
		},
		{name: "a trail whose bucket was made before", control: "cloudtrail-multi-region", posture: v1alpha1.Posture{Logging: trail}, set: bucketsMade},
		{name: "a recorder whose bucket was made before", control: "config-recorder", posture: v1alpha1.Posture{Monitoring: recorder}, set: bucketsMade},
		{name: "a trail that records writes of one region", control: "cloudtrail-multi-region", posture: v1alpha1.Posture{Logging: trail}, set: narrowTrail},
		{name: "a recorder that is stopped", control: "config-recorder", posture: v1alpha1.Posture{Monitoring: recorder}, set: stoppedRecorder},
		{
			name: "an alarm by mail", control: "alarm-root-usage", ends: v1alpha1.Fail, set: wholeTrail,
			posture: v1alpha1.Posture{Monitoring: v1alpha1.MonitoringPosture{AlarmRootUsage: &v1alpha1.AlarmRootUsage{NotifyEmail: "security@example.com"}}},
		},
		{
			name: "volumes with a key", control: "ebs-default-encryption", set: ebsKeys,
			posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{KMSKeyAlias: "alias/ebs"}}},
		},
		{
			name: "buckets of unsaid regions", control: "s3-bucket-versioning", set: hiddenBucket,
			posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketVersioning: &v1alpha1.S3BucketVersioning{}}},
		},
		{name: "passwords without a policy", control: "iam-password-policy", posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{PasswordPolicy: &v1alpha1.PasswordPolicy{MinLength: 14}}}},
		{
			name: "rules that bear tags", control: "vpc-default-sg-closed", set: taggedRules,
			posture: v1alpha1.Posture{Network: v1alpha1.NetworkPosture{VPCDefaultSGClosed: &v1alpha1.VPCDefaultSGClosed{}}},
		},
	}
}

// hiddenBucket is a bucket whose region has to be asked for.
func hiddenBucket(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	roundtrip.Done(t)(s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("evidence")}))
	cloud.HideBucketRegions(roundtrip.Account)
}

// bucketsMade are the operator's own, of runs that broke off.
func bucketsMade(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	for _, name := range []string{inventory.OwnTrailBucket(roundtrip.Account, "us-east-1"), inventory.OwnConfigBucket(roundtrip.Account, "us-east-1")} {
		tags := &s3types.CreateBucketConfiguration{Tags: []s3types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}}}
		roundtrip.Done(t)(s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(name), CreateBucketConfiguration: tags}))
	}
	cloud.HideBucketRegions(roundtrip.Account)
}

// scene sets what a control's scene sets.
func scene(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud, control string) {
	t.Helper()
	of, ok := scenes.Of(control)
	if !ok {
		t.Fatalf("%s has no scene", control)
	}
	if err := of.Set(ctx, cloud.ConfigFor(roundtrip.Account)); err != nil {
		t.Fatal(err)
	}
}

func wholeTrail(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	scene(ctx, t, cloud, "cloudtrail-log-validation")
}

func narrowTrail(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	scene(ctx, t, cloud, "cloudtrail-log-validation")
	trails, name, done := cloudtrail.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), aws.String("audit"), roundtrip.Done(t)
	done(trails.StopLogging(ctx, &cloudtrail.StopLoggingInput{Name: name}))
	done(trails.UpdateTrail(ctx, &cloudtrail.UpdateTrailInput{Name: name, IsMultiRegionTrail: aws.Bool(false)}))
	done(trails.PutEventSelectors(ctx, &cloudtrail.PutEventSelectorsInput{TrailName: name, EventSelectors: []trailtypes.EventSelector{
		{ReadWriteType: trailtypes.ReadWriteTypeWriteOnly, IncludeManagementEvents: aws.Bool(true)},
	}}))
}

func stoppedRecorder(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	cloud.SetClock(time.Now)
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Monitoring: v1alpha1.MonitoringPosture{ConfigRecorder: &v1alpha1.ConfigRecorder{}}})
	rig.Mends(t, "config-recorder", v1alpha1.Pass)
	for _, region := range rig.Regions {
		in := cloud.ConfigFor(roundtrip.Account)
		in.Region = region
		roundtrip.Done(t)(config.NewFromConfig(in).StopConfigurationRecorder(ctx, &config.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")}))
	}
}

func ebsKeys(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	for _, region := range cloud.Regions {
		in := cloud.ConfigFor(roundtrip.Account)
		in.Region = region
		keys := kms.NewFromConfig(in)
		made, err := keys.CreateKey(ctx, &kms.CreateKeyInput{})
		roundtrip.Done(t)(made, err)
		roundtrip.Done(t)(keys.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/ebs"), TargetKeyId: made.KeyMetadata.KeyId}))
	}
}

// taggedRules are in a default group, one each way.
func taggedRules(ctx context.Context, t *testing.T, cloud *fakeaws.Cloud) {
	t.Helper()
	scene(ctx, t, cloud, "vpc-default-sg-closed")
	network, done := ec2.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), roundtrip.Done(t)
	groups, err := network.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: []ec2types.Filter{{Name: aws.String("group-name"), Values: []string{"default"}}}})
	done(groups, err)
	rule := []ec2types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(443), ToPort: aws.Int32(443), IpRanges: []ec2types.IpRange{{CidrIp: aws.String("192.0.2.0/24")}}}}
	tags := []ec2types.TagSpecification{{ResourceType: ec2types.ResourceTypeSecurityGroupRule, Tags: []ec2types.Tag{{Key: aws.String("ticket"), Value: aws.String("NET-7")}}}}
	for _, group := range groups.SecurityGroups {
		done(network.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group.GroupId, IpPermissions: rule, TagSpecifications: tags}))
		done(network.AuthorizeSecurityGroupEgress(ctx, &ec2.AuthorizeSecurityGroupEgressInput{GroupId: group.GroupId, IpPermissions: rule, TagSpecifications: tags}))
	}
}

// stage sets the account.
func (e extra) stage(t *testing.T) (*fakeaws.Cloud, func() time.Time) {
	t.Helper()
	cloud := fakeaws.New()
	now := e.now
	if now == nil {
		now = cloud.Now
	} else {
		cloud.SetClock(now)
	}
	if e.set != nil {
		e.set(t.Context(), t, cloud)
	}
	return cloud, now
}

// take mends an extra under the policies.
func (e extra) take(t *testing.T, policies iamgrant.Policies) *grants.Stage {
	t.Helper()
	cloud, now := e.stage(t)
	stage := grants.Under(t, cloud, now, e.posture, policies)
	defer stage.Granted(t)
	ends := e.ends
	if ends == "" {
		ends = v1alpha1.Pass
	}
	stage.Mends(t, e.control, ends)
	return stage
}
