package scenes_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	cloudtrailtypes "github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	configtypes "github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	dynamodbtypes "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	s3controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// meddling is what somebody does between an action and its undoing, as an administrator of the
// region. Changed: to something else than the action wrote. AlreadySo: back, by hand.
type meddling struct {
	stage  string
	meddle func(context.Context, aws.Config, action.Target) error
	want   v1alpha1.CallResult
}

func did(_ any, err error) error { return err }

var meddlings = map[string]meddling{
	"SetPasswordPolicy": {"iam-password-policy", func(ctx context.Context, c aws.Config, _ action.Target) error {
		return did(iam.NewFromConfig(c).UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(40)}))
	}, v1alpha1.CallChanged},
	"DeactivateAccessKey": {"iam-access-key-rotation", func(ctx context.Context, c aws.Config, user action.Target) error {
		keys, err := iam.NewFromConfig(c).ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: &user.ID})
		if err != nil {
			return err
		}
		return did(iam.NewFromConfig(c).DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: &user.ID, AccessKeyId: keys.AccessKeyMetadata[0].AccessKeyId}))
	}, v1alpha1.CallChanged},
	"RequireMFA": {"iam-user-mfa", func(ctx context.Context, c aws.Config, user action.Target) error {
		return did(iam.NewFromConfig(c).RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{GroupName: aws.String(inventory.MFAGroup), UserName: &user.ID}))
	}, v1alpha1.CallAlreadySo},
	"MoveAttachedPolicy": {"iam-no-direct-policies", leaveLandingGroup, v1alpha1.CallChanged},
	"MoveInlinePolicy":   {"iam-no-direct-policies", leaveLandingGroup, v1alpha1.CallChanged},
	"BlockAccountPublicAccess": {"s3-account-public-access-block", func(ctx context.Context, c aws.Config, account action.Target) error {
		return did(s3control.NewFromConfig(c).PutPublicAccessBlock(ctx, &s3control.PutPublicAccessBlockInput{
			AccountId: &account.Account, PublicAccessBlockConfiguration: &s3controltypes.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
		}))
	}, v1alpha1.CallChanged},
	"BlockBucketPublicAccess": {"s3-bucket-public-access-block", func(ctx context.Context, c aws.Config, bucket action.Target) error {
		return did(s3.NewFromConfig(c).PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
			Bucket: &bucket.ID, PublicAccessBlockConfiguration: &s3types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
		}))
	}, v1alpha1.CallChanged},
	"EnableBucketVersioning": {"s3-bucket-versioning", func(ctx context.Context, c aws.Config, bucket action.Target) error {
		return did(s3.NewFromConfig(c).PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
			Bucket: &bucket.ID, VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusSuspended},
		}))
	}, v1alpha1.CallAlreadySo},
	"EncryptBucket": {"s3-bucket-encryption", func(ctx context.Context, c aws.Config, bucket action.Target) error {
		return did(s3.NewFromConfig(c).PutBucketEncryption(ctx, &s3.PutBucketEncryptionInput{
			Bucket: &bucket.ID, ServerSideEncryptionConfiguration: &s3types.ServerSideEncryptionConfiguration{Rules: []s3types.ServerSideEncryptionRule{{
				ApplyServerSideEncryptionByDefault: &s3types.ServerSideEncryptionByDefault{SSEAlgorithm: s3types.ServerSideEncryptionAwsKmsDsse},
			}}},
		}))
	}, v1alpha1.CallChanged},
	"DenyInsecureTransport": {"s3-tls-only", func(ctx context.Context, c aws.Config, bucket action.Target) error {
		statement := iampolicy.DenyInsecureTransport(bucket.ARN)
		statement.Resource = statement.Resource[:1]
		text, err := statement.Text()
		if err != nil {
			return err
		}
		return did(s3.NewFromConfig(c).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: &bucket.ID, Policy: aws.String(`{"Version":"2012-10-17","Statement":[` + text + `]}`)}))
	}, v1alpha1.CallChanged},
	"RevokeSecurityGroupRule": {"sg-no-open-remote-admin", func(ctx context.Context, c aws.Config, group action.Target) error {
		return unlessGone("InvalidGroup.NotFound", did(ec2.NewFromConfig(c).DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: &group.ID})))
	}, v1alpha1.CallChanged},
	"RequireIMDSv2": {"ec2-imdsv2", func(ctx context.Context, c aws.Config, instance action.Target) error {
		return did(ec2.NewFromConfig(c).ModifyInstanceMetadataOptions(ctx, &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: &instance.ID, HttpTokens: ec2types.HttpTokensStateOptional}))
	}, v1alpha1.CallAlreadySo},
	"RequireIMDSv2ByDefault": {"ec2-imdsv2-account-default", func(ctx context.Context, c aws.Config, _ action.Target) error {
		return did(ec2.NewFromConfig(c).ModifyInstanceMetadataDefaults(ctx, &ec2.ModifyInstanceMetadataDefaultsInput{HttpTokens: ec2types.MetadataDefaultHttpTokensStateOptional}))
	}, v1alpha1.CallChanged},
	"EncryptEBSByDefault": {"ebs-default-encryption", func(ctx context.Context, c aws.Config, _ action.Target) error {
		return did(ec2.NewFromConfig(c).DisableEbsEncryptionByDefault(ctx, &ec2.DisableEbsEncryptionByDefaultInput{}))
	}, v1alpha1.CallAlreadySo},
	"SetEBSDefaultKey": {"a key for volumes", func(ctx context.Context, c aws.Config, _ action.Target) error {
		return did(ec2.NewFromConfig(c).ModifyEbsDefaultKmsKeyId(ctx, &ec2.ModifyEbsDefaultKmsKeyIdInput{KmsKeyId: aws.String("alias/others")}))
	}, v1alpha1.CallChanged},
	"UnshareSnapshot": {"ebs-snapshot-not-public", func(ctx context.Context, c aws.Config, snapshot action.Target) error {
		return did(ec2.NewFromConfig(c).DeleteSnapshot(ctx, &ec2.DeleteSnapshotInput{SnapshotId: &snapshot.ID}))
	}, v1alpha1.CallChanged},
	"UnshareImage": {"ami-not-public", func(ctx context.Context, c aws.Config, image action.Target) error {
		return did(ec2.NewFromConfig(c).DeregisterImage(ctx, &ec2.DeregisterImageInput{ImageId: &image.ID}))
	}, v1alpha1.CallChanged},
	"LogVPCFlows": {"vpc-flow-logs", func(ctx context.Context, c aws.Config, _ action.Target) error {
		return deleteFlowLogs(ctx, c)
	}, v1alpha1.CallAlreadySo},
	"EnableKeyRotation": {"kms-key-rotation", func(ctx context.Context, c aws.Config, key action.Target) error {
		return did(kms.NewFromConfig(c).EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: &key.ID, RotationPeriodInDays: aws.Int32(100)}))
	}, v1alpha1.CallChanged},
	"UnpublishDBSnapshot": {"rds-snapshot-not-public", func(ctx context.Context, c aws.Config, snapshot action.Target) error {
		restore, with := aws.String("restore"), []string{"333333333333"}
		if snapshot.Type == inventory.DBClusterSnapshotType {
			return did(rds.NewFromConfig(c).ModifyDBClusterSnapshotAttribute(ctx, &rds.ModifyDBClusterSnapshotAttributeInput{DBClusterSnapshotIdentifier: &snapshot.ID, AttributeName: restore, ValuesToAdd: with}))
		}
		return did(rds.NewFromConfig(c).ModifyDBSnapshotAttribute(ctx, &rds.ModifyDBSnapshotAttributeInput{DBSnapshotIdentifier: &snapshot.ID, AttributeName: restore, ValuesToAdd: with}))
	}, v1alpha1.CallChanged},
	"EnablePointInTimeRecovery": {"dynamodb-pitr", func(ctx context.Context, c aws.Config, table action.Target) error {
		return did(dynamodb.NewFromConfig(c).UpdateContinuousBackups(ctx, &dynamodb.UpdateContinuousBackupsInput{
			TableName: &table.ID, PointInTimeRecoverySpecification: &dynamodbtypes.PointInTimeRecoverySpecification{PointInTimeRecoveryEnabled: aws.Bool(false)},
		}))
	}, v1alpha1.CallAlreadySo},
	"CreateTrail": {"cloudtrail-multi-region", func(ctx context.Context, c aws.Config, trail action.Target) error {
		return did(cloudtrail.NewFromConfig(c).UpdateTrail(ctx, &cloudtrail.UpdateTrailInput{Name: &trail.ID, EnableLogFileValidation: aws.Bool(false)}))
	}, v1alpha1.CallChanged},
	"StartTrail":       {"a trail that records little", deleteTrail, v1alpha1.CallChanged},
	"RecordAllRegions": {"a trail that records little", deleteTrail, v1alpha1.CallChanged},
	"RecordManagementEvents": {"a trail that records little", func(ctx context.Context, c aws.Config, trail action.Target) error {
		return did(cloudtrail.NewFromConfig(c).PutEventSelectors(ctx, &cloudtrail.PutEventSelectorsInput{
			TrailName: &trail.ID, EventSelectors: []cloudtrailtypes.EventSelector{{ReadWriteType: cloudtrailtypes.ReadWriteTypeReadOnly}},
		}))
	}, v1alpha1.CallChanged},
	"ValidateTrailLogs":  {"cloudtrail-log-validation", deleteTrail, v1alpha1.CallChanged},
	"DeliverTrailToLogs": {"alarm-root-usage", deleteTrail, v1alpha1.CallChanged},
	"RaiseTrailAlarm": {"alarm-root-usage", func(ctx context.Context, c aws.Config, alarm action.Target) error {
		client := cloudwatch.NewFromConfig(c)
		out, err := client.DescribeAlarms(ctx, &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{alarm.ID}})
		if err != nil {
			return err
		}
		a := out.MetricAlarms[0]
		return did(client.PutMetricAlarm(ctx, &cloudwatch.PutMetricAlarmInput{
			AlarmName: a.AlarmName, Namespace: a.Namespace, MetricName: a.MetricName, Statistic: a.Statistic, Period: a.Period, EvaluationPeriods: a.EvaluationPeriods,
			Threshold: a.Threshold, ComparisonOperator: a.ComparisonOperator, ActionsEnabled: aws.Bool(true), AlarmActions: append(a.AlarmActions, "arn:aws:sns:us-east-1:111111111111:others"),
		}))
	}, v1alpha1.CallChanged},
	"SetUpRecorder":  {"config-recorder", narrowRecorder, v1alpha1.CallChanged},
	"StartRecorder":  {"recorders that record little", stopRecorder, v1alpha1.CallAlreadySo},
	"RecordAllTypes": {"recorders that record little", narrowRecorder, v1alpha1.CallChanged},
	"CreateDetector": {"guardduty-enabled", func(ctx context.Context, c aws.Config, _ action.Target) error {
		client := guardduty.NewFromConfig(c)
		out, err := client.ListDetectors(ctx, &guardduty.ListDetectorsInput{})
		if err != nil {
			return err
		}
		if err := did(client.DeleteDetector(ctx, &guardduty.DeleteDetectorInput{DetectorId: &out.DetectorIds[0]})); err != nil {
			return err
		}
		return did(client.CreateDetector(ctx, &guardduty.CreateDetectorInput{Enable: aws.Bool(true)}))
	}, v1alpha1.CallChanged},
	"EnableDetector": {"guardduty-enabled", func(ctx context.Context, c aws.Config, detector action.Target) error {
		return did(guardduty.NewFromConfig(c).UpdateDetector(ctx, &guardduty.UpdateDetectorInput{DetectorId: &detector.ID, Enable: aws.Bool(false)}))
	}, v1alpha1.CallAlreadySo},
	"PutSecurityContact": {"another contact", func(ctx context.Context, c aws.Config, _ action.Target) error {
		return did(account.NewFromConfig(c).DeleteAlternateContact(ctx, &account.DeleteAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity}))
	}, v1alpha1.CallChanged},
}

func leaveLandingGroup(ctx context.Context, c aws.Config, user action.Target) error {
	return did(iam.NewFromConfig(c).RemoveUserFromGroup(ctx, &iam.RemoveUserFromGroupInput{GroupName: aws.String(inventory.LandingGroup(user.ID)), UserName: &user.ID}))
}

func deleteTrail(ctx context.Context, c aws.Config, trail action.Target) error {
	return did(cloudtrail.NewFromConfig(c).DeleteTrail(ctx, &cloudtrail.DeleteTrailInput{Name: &trail.ID}))
}

func stopRecorder(ctx context.Context, c aws.Config, _ action.Target) error {
	return did(config.NewFromConfig(c).StopConfigurationRecorder(ctx, &config.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String("default")}))
}

func narrowRecorder(ctx context.Context, c aws.Config, _ action.Target) error {
	client := config.NewFromConfig(c)
	out, err := client.DescribeConfigurationRecorders(ctx, &config.DescribeConfigurationRecordersInput{})
	if err != nil {
		return err
	}
	recorder := out.ConfigurationRecorders[0]
	recorder.Arn, recorder.RecordingGroup = nil, &configtypes.RecordingGroup{ResourceTypes: []configtypes.ResourceType{"AWS::EC2::Volume"}}
	return did(client.PutConfigurationRecorder(ctx, &config.PutConfigurationRecorderInput{ConfigurationRecorder: &recorder}))
}

func deleteFlowLogs(ctx context.Context, c aws.Config) error {
	client := ec2.NewFromConfig(c)
	out, err := client.DescribeFlowLogs(ctx, &ec2.DescribeFlowLogsInput{})
	if err != nil {
		return err
	}
	var ids []string
	for _, f := range out.FlowLogs {
		ids = append(ids, *f.FlowLogId)
	}
	if ids == nil {
		return nil
	}
	return did(client.DeleteFlowLogs(ctx, &ec2.DeleteFlowLogsInput{FlowLogIds: ids}))
}

func unlessGone(code string, err error) error {
	if err != nil && strings.Contains(err.Error(), code) {
		return nil
	}
	return err
}

// What is not as the action wrote it any more is somebody else's wish: the undo sends nothing.
func TestUndoLeavesAloneWhatChangedSince(t *testing.T) {
	stages := stages(t)
	for _, a := range action.Types() {
		name := action.TypeOf(a)
		row, ok := meddlings[name]
		if _, isSet := a.(action.Set); isSet && !ok {
			continue // a law holds of all settings
		}
		if ok == neverUndone[name] {
			t.Errorf("%s is meddled with: %t", name, ok)
		}
		if !ok {
			continue
		}
		t.Run(name, func(t *testing.T) {
			cloud, rig := stages[row.stage](t)
			_, undo := rig.Mended(t)
			undo.Changes = slices.DeleteFunc(undo.Changes, func(c posture.Change) bool {
				u, ok := c.Action.(action.Undo)
				return !ok || action.TypeOf(u.Of) != name
			})
			if len(undo.Changes) == 0 {
				t.Fatal("there is nothing to undo")
			}
			for _, change := range undo.Changes {
				ref := change.Target
				target := action.Target{Account: ref.Account, Region: ref.Region, Type: ref.Type, ID: ref.ID, ARN: ref.ARN}
				region := ref.Region
				if region == "" {
					region = "us-east-1"
				}
				if err := row.meddle(t.Context(), in(cloud, region), target); err != nil {
					t.Fatal(err)
				}
			}
			rig.Sends(t, undo, row.want)
		})
	}
}

// The policy of a bucket loses our statement and nothing else, though others have written to it
// since.
func TestUndoKeepsWhatOthersWroteSince(t *testing.T) {
	cloud, rig := stages(t)["s3-tls-only"](t)
	_, undo := rig.Mended(t)
	client := s3.NewFromConfig(in(cloud, "us-east-1"))
	out, err := client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("scene-logs")})
	if err != nil {
		t.Fatal(err)
	}
	theirs := iampolicy.Statement{Sid: "Since", Effect: "Allow", Principal: map[string]string{"AWS": "222222222222"}, Action: []string{"s3:GetObject"}, Resource: []string{"arn:aws:s3:::scene-logs/*"}}
	merged, err := iampolicy.Merge(*out.Policy, theirs)
	if err != nil {
		t.Fatal(err)
	}
	roundtrip.Done(t)(client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("scene-logs"), Policy: &merged}))
	rig.Undoes(t, undo)
	alone, err := iampolicy.Merge("", theirs)
	if err != nil {
		t.Fatal(err)
	}
	if out, err = client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("scene-logs")}); err != nil || !iampolicy.Equal(*out.Policy, alone) {
		t.Errorf("got %v, %v, want %s", out, err, alone)
	}
}
