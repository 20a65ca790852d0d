package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

func encryptEBSByDefault(s *awsapi.Session, a action.EncryptEBSByDefault) []Step {
	region := a.Region.Region
	return []Step{setting("ec2:EnableEbsEncryptionByDefault",
		func(ctx context.Context) (bool, error) { return read.EBSEncryption(ctx, s, region) }, false, true,
		func(ctx context.Context) error {
			return sent(s.In(region).EC2().EnableEbsEncryptionByDefault(ctx, &ec2.EnableEbsEncryptionByDefaultInput{}))
		},
	)}
}

func setEBSDefaultKey(s *awsapi.Session, a action.SetEBSDefaultKey) []Step {
	region := a.Region.Region
	return []Step{setting("ec2:ModifyEbsDefaultKmsKeyId",
		func(ctx context.Context) (string, error) { return read.EBSDefaultKey(ctx, s, region) }, a.From, a.To,
		func(ctx context.Context) error {
			return sent(s.In(region).EC2().ModifyEbsDefaultKmsKeyId(ctx, &ec2.ModifyEbsDefaultKmsKeyIdInput{KmsKeyId: aws.String(a.To)}))
		},
	)}
}

func unshareSnapshot(s *awsapi.Session, a action.UnshareSnapshot) []Step {
	region, id := a.Snapshot.Region, a.Snapshot.ID
	return []Step{setting("ec2:ModifySnapshotAttribute",
		func(ctx context.Context) (bool, error) { return read.SnapshotPublic(ctx, s, region, id) }, true, false,
		func(ctx context.Context) error {
			return sent(s.In(region).EC2().ModifySnapshotAttribute(ctx, &ec2.ModifySnapshotAttributeInput{
				SnapshotId: aws.String(id), Attribute: types.SnapshotAttributeNameCreateVolumePermission,
				OperationType: types.OperationTypeRemove, GroupNames: []string{string(types.PermissionGroupAll)},
			}))
		},
	)}
}

func unshareImage(s *awsapi.Session, a action.UnshareImage) []Step {
	region, id := a.Image.Region, a.Image.ID
	return []Step{setting("ec2:ModifyImageAttribute",
		func(ctx context.Context) (bool, error) { return read.ImagePublic(ctx, s, region, id) }, true, false,
		func(ctx context.Context) error {
			return sent(s.In(region).EC2().ModifyImageAttribute(ctx, &ec2.ModifyImageAttributeInput{
				ImageId: aws.String(id), Attribute: aws.String("launchPermission"),
				LaunchPermission: &types.LaunchPermissionModifications{Remove: []types.LaunchPermission{{Group: types.PermissionGroupAll}}},
			}))
		},
	)}
}
