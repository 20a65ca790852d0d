package scenes_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	cloudtrailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	configtypes "github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// stages are all scenes, and what actions find in accounts that somebody has half set up.
func stages(t *testing.T) map[string]roundtrip.Scene {
	t.Helper()
	all := map[string]roundtrip.Scene{}
	for _, scene := range scenes.All() {
		all[scene.Control] = staged(scene)
	}
	for name, stage := range map[string]struct {
		of, of2 string
		half    func(*testing.T, *fakeaws.Cloud, *roundtrip.Rig)
	}{
		"a trail that records little":  {"cloudtrail-log-validation", "cloudtrail-multi-region", littleTrail},
		"a trail into a bucket":        {"cloudtrail-multi-region", "", trailBucket},
		"recorders that record little": {"config-recorder", "", littleRecorders},
		"a key for volumes":            {"ebs-default-encryption", "", volumeKey},
		"another contact":              {"account-security-contact", "", otherContact},
		"a key that rotates rarely":    {"kms-key-rotation", "", rareRotation},
		"no password policy":           {"iam-password-policy", "", noPasswordPolicy},
	} {
		scene, ok := scenes.Of(stage.of)
		if !ok {
			t.Fatal(stage.of)
		}
		all[name] = func(t *testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
			t.Helper()
			cloud, rig := staged(scene)(t)
			if other, ok := scenes.Of(stage.of2); ok {
				rig.Posture = other.Posture
			}
			if stage.half != nil {
				stage.half(t, cloud, rig)
			}
			return cloud, rig
		}
	}
	return all
}

func in(cloud *fakeaws.Cloud, region string) aws.Config {
	administrator := cloud.ConfigFor(roundtrip.Account)
	administrator.Region = region
	return administrator
}

func littleTrail(t *testing.T, cloud *fakeaws.Cloud, _ *roundtrip.Rig) {
	client, name := cloudtrail.NewFromConfig(in(cloud, "us-east-1")), aws.String("audit")
	roundtrip.Done(t)(client.StopLogging(t.Context(), &cloudtrail.StopLoggingInput{Name: name}))
	roundtrip.Done(t)(client.UpdateTrail(t.Context(), &cloudtrail.UpdateTrailInput{Name: name, IsMultiRegionTrail: aws.Bool(false)}))
	roundtrip.Done(t)(client.PutEventSelectors(t.Context(), &cloudtrail.PutEventSelectorsInput{TrailName: name, EventSelectors: []cloudtrailtypes.EventSelector{{ReadWriteType: cloudtrailtypes.ReadWriteTypeWriteOnly}}}))
}

func trailBucket(t *testing.T, cloud *fakeaws.Cloud, rig *roundtrip.Rig) {
	roundtrip.Done(t)(s3.NewFromConfig(in(cloud, "us-east-1")).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("archive")}))
	rig.Posture = v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{CloudTrailMultiRegion: &v1alpha1.CloudTrailMultiRegion{BucketName: "archive"}}}
}

func littleRecorders(t *testing.T, cloud *fakeaws.Cloud, rig *roundtrip.Rig) {
	rig.Mended(t)
	stopped, narrow := config.NewFromConfig(in(cloud, "eu-west-1")), config.NewFromConfig(in(cloud, "us-east-1"))
	roundtrip.Done(t)(stopped.StopConfigurationRecorder(t.Context(), &config.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")}))
	out, err := narrow.DescribeConfigurationRecorders(t.Context(), &config.DescribeConfigurationRecordersInput{})
	if err != nil {
		t.Fatal(err)
	}
	recorder := out.ConfigurationRecorders[0]
	recorder.RecordingGroup = &configtypes.RecordingGroup{
		RecordingStrategy:        &configtypes.RecordingStrategy{UseOnly: configtypes.RecordingStrategyTypeExclusionByResourceTypes},
		ExclusionByResourceTypes: &configtypes.ExclusionByResourceTypes{ResourceTypes: []configtypes.ResourceType{"AWS::EC2::Instance"}},
	}
	recorder.Arn = nil
	roundtrip.Done(t)(narrow.PutConfigurationRecorder(t.Context(), &config.PutConfigurationRecorderInput{ConfigurationRecorder: &recorder}))
}

func volumeKey(t *testing.T, cloud *fakeaws.Cloud, rig *roundtrip.Rig) {
	for _, region := range rig.Regions {
		client := kms.NewFromConfig(in(cloud, region))
		key, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{})
		if err != nil {
			t.Fatal(err)
		}
		roundtrip.Done(t)(client.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/volumes"), TargetKeyId: key.KeyMetadata.KeyId}))
	}
	rig.Posture = v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{KMSKeyAlias: "alias/volumes"}}}
}

func otherContact(t *testing.T, cloud *fakeaws.Cloud, _ *roundtrip.Rig) {
	roundtrip.Done(t)(account.NewFromConfig(in(cloud, "us-east-1")).PutAlternateContact(t.Context(), &account.PutAlternateContactInput{
		AlternateContactType: accounttypes.AlternateContactTypeSecurity,
		Name:                 aws.String("Someone"), Title: aws.String("Else"), EmailAddress: aws.String("else@example.com"), PhoneNumber: aws.String("+1 555 0199"),
	}))
}

func rareRotation(t *testing.T, cloud *fakeaws.Cloud, rig *roundtrip.Rig) {
	for _, region := range rig.Regions {
		client := kms.NewFromConfig(in(cloud, region))
		keys, err := client.ListKeys(t.Context(), &kms.ListKeysInput{})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range keys.Keys {
			roundtrip.Done(t)(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: key.KeyId, RotationPeriodInDays: aws.Int32(700)}))
		}
	}
}

func noPasswordPolicy(t *testing.T, cloud *fakeaws.Cloud, _ *roundtrip.Rig) {
	roundtrip.Done(t)(iam.NewFromConfig(in(cloud, "us-east-1")).DeleteAccountPasswordPolicy(t.Context(), &iam.DeleteAccountPasswordPolicyInput{}))
}
