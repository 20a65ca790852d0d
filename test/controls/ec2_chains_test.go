package controls_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

func TestAKeyIsSetByItsAliasInEveryRegion(t *testing.T) {
	cloud := fakeaws.New()
	declared := v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{KMSKeyAlias: "alias/ebs"}}}
	rig := rigOf(cloud, declared)
	got(admin(cloud, "us-east-1").EnableEbsEncryptionByDefault(t.Context(), &ec2.EnableEbsEncryptionByDefaultInput{}))(t)
	for _, region := range regions {
		keys := kms.NewFromConfig(cloud.ConfigFor(roundtrip.Account), func(o *kms.Options) { o.Region = region })
		key := got(keys.CreateKey(t.Context(), &kms.CreateKeyInput{}))(t).KeyMetadata.KeyId
		got(keys.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/ebs"), TargetKeyId: key}))(t)
	}
	cloud.Deny("kms:DescribeKey")
	rig.Regions = []string{"us-east-1"}
	rig.Blinds(t, "kms:DescribeKey", "ebs-default-encryption")
	rig.Regions = regions
	cloud.Heal()
	rig.Mends(t, "ebs-default-encryption", v1alpha1.Pass)
	rig.Rests(t, cloud, "ebs-default-encryption", v1alpha1.Pass)
	out := got(admin(cloud, "eu-west-1").CreateVolume(t.Context(), &ec2.CreateVolumeInput{AvailabilityZone: aws.String("eu-west-1a"), Size: aws.Int32(1)}))(t)
	if !*out.Encrypted || *out.KmsKeyId == inventory.EBSManagedKey {
		t.Errorf("a new volume: encrypted %t with %s", *out.Encrypted, aws.ToString(out.KmsKeyId))
	}
}

func TestWhereTheAliasIsMissingAPersonMustMakeTheKey(t *testing.T) {
	cloud := fakeaws.New()
	client := admin(cloud, "us-east-1")
	got(client.EnableEbsEncryptionByDefault(t.Context(), &ec2.EnableEbsEncryptionByDefaultInput{}))(t)
	rig := rigOf(cloud, v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{KMSKeyAlias: "alias/ebs"}}})
	rig.Regions = []string{"us-east-1"}
	result := take(t, rig)
	judged := result.Report.Controls[0].Judged[0]
	if judged.Verdict.Reason != "NoSuchKey" || len(result.Plan.Changes) > 0 || len(result.Plan.Held) != 1 || result.Plan.Held[0].ByHand == "" {
		t.Errorf("got %+v, %d changes, held %+v", judged.Verdict, len(result.Plan.Changes), result.Plan.Held)
	}
}

func TestFlowLogsSurviveACrashAtEveryWrite(t *testing.T) {
	roundtrip.Crashes(t, func(t *testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
		cloud := fakeaws.New()
		for _, region := range regions {
			defaultVPC(t, admin(cloud, region))
		}
		return cloud, rigOf(cloud, v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{VPCFlowLogs: &v1alpha1.VPCFlowLogs{}}})
	}, "vpc-flow-logs", v1alpha1.Pass)
}

func TestRulesSurviveACrashAtEveryWrite(t *testing.T) {
	roundtrip.Crashes(t, func(t *testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
		cloud := fakeaws.New()
		client := admin(cloud, "us-east-1")
		openGroup(t, client, defaultVPC(t, client), "web", tcp(22, 22, "0.0.0.0/0", "::/0"))
		return cloud, rigOf(cloud, v1alpha1.Posture{Network: v1alpha1.NetworkPosture{
			VPCDefaultSGClosed: &v1alpha1.VPCDefaultSGClosed{}, SGNoOpenRemoteAdmin: &v1alpha1.SGNoOpenRemoteAdmin{},
		}})
	}, "vpc-default-sg-closed", v1alpha1.Pass)
}
