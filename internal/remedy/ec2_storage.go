package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var (
	enableEBSEncryption  = awsapi.Writes((*ec2.Client).EnableEbsEncryptionByDefault)
	disableEBSEncryption = awsapi.Writes((*ec2.Client).DisableEbsEncryptionByDefault)
	modifyEBSKey         = awsapi.Writes((*ec2.Client).ModifyEbsDefaultKmsKeyId)
	resetEBSKey          = awsapi.Writes((*ec2.Client).ResetEbsDefaultKmsKeyId)
	modifySnapshot       = awsapi.Writes((*ec2.Client).ModifySnapshotAttribute)
	modifyImage          = awsapi.Writes((*ec2.Client).ModifyImageAttribute)
)

func encryptEBSByDefault(s *awsapi.Session, a action.EncryptEBSByDefault) []Step {
	region := a.Region.Region
	return []Step{setting(enableEBSEncryption.Name, read.EBSEncryption.Calls,
		func(ctx context.Context) (bool, error) { return read.EBSEncryption.Of(ctx, s, region) }, false, true,
		func(ctx context.Context) error {
			return sent(enableEBSEncryption.In(ctx, s.In(region), &ec2.EnableEbsEncryptionByDefaultInput{}))
		},
	)}
}

func undoEBSEncryption(s *awsapi.Session, a action.EncryptEBSByDefault) backward {
	region := a.Region.Region
	return one([]Step{setting(disableEBSEncryption.Name, read.EBSEncryption.Calls,
		func(ctx context.Context) (bool, error) { return read.EBSEncryption.Of(ctx, s, region) }, true, false,
		func(ctx context.Context) error {
			return sent(disableEBSEncryption.In(ctx, s.In(region), &ec2.DisableEbsEncryptionByDefaultInput{}))
		},
	)})
}

func setEBSDefaultKey(s *awsapi.Session, a action.SetEBSDefaultKey) []Step {
	region := a.Region.Region
	return []Step{setting(modifyEBSKey.Name, read.EBSDefaultKey.Calls,
		func(ctx context.Context) (string, error) { return read.EBSDefaultKey.Of(ctx, s, region) }, a.From, a.To,
		func(ctx context.Context) error {
			return sent(modifyEBSKey.In(ctx, s.In(region), &ec2.ModifyEbsDefaultKmsKeyIdInput{KmsKeyId: aws.String(a.To)}))
		},
	)}
}

// undoEBSDefaultKey puts the former key back; the one that AWS manages is no key to be named.
func undoEBSDefaultKey(s *awsapi.Session, a action.SetEBSDefaultKey) backward {
	region := a.Region.Region
	back := one(setEBSDefaultKey(s, action.SetEBSDefaultKey{Region: a.Region, From: a.To, To: a.From}))
	back[resetEBSKey.Name] = setting("", read.EBSDefaultKey.Calls,
		func(ctx context.Context) (string, error) { return read.EBSDefaultKey.Of(ctx, s, region) }, a.To, a.From,
		func(ctx context.Context) error {
			return sent(resetEBSKey.In(ctx, s.In(region), &ec2.ResetEbsDefaultKmsKeyIdInput{}))
		},
	)
	return back
}

func unshareSnapshot(s *awsapi.Session, a action.UnshareSnapshot) []Step {
	return snapshotPublic(s, a.Snapshot, false, types.OperationTypeRemove)
}

func shareSnapshot(s *awsapi.Session, a action.UnshareSnapshot) backward {
	return one(snapshotPublic(s, a.Snapshot, true, types.OperationTypeAdd))
}

func snapshotPublic(s *awsapi.Session, snapshot action.Target, public bool, operation types.OperationType) []Step {
	return []Step{setting(modifySnapshot.Name, read.SnapshotPublic.Calls,
		func(ctx context.Context) (bool, error) {
			have, err := read.SnapshotPublic.Of(ctx, s, snapshot.Ref())
			return have, unlessGone(!public, err)
		}, !public, public,
		func(ctx context.Context) error {
			return sent(modifySnapshot.In(ctx, s.In(snapshot.Region), &ec2.ModifySnapshotAttributeInput{
				SnapshotId: aws.String(snapshot.ID), Attribute: types.SnapshotAttributeNameCreateVolumePermission,
				OperationType: operation, GroupNames: []string{string(types.PermissionGroupAll)},
			}))
		},
	)}
}

// unlessGone forgives, to who takes a leave away, that what is gone gives none.
func unlessGone(away bool, err error) error {
	if away && fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

var all = []types.LaunchPermission{{Group: types.PermissionGroupAll}}

func unshareImage(s *awsapi.Session, a action.UnshareImage) []Step {
	return imagePublic(s, a.Image, false, &types.LaunchPermissionModifications{Remove: all})
}

func shareImage(s *awsapi.Session, a action.UnshareImage) backward {
	return one(imagePublic(s, a.Image, true, &types.LaunchPermissionModifications{Add: all}))
}

func imagePublic(s *awsapi.Session, image action.Target, public bool, change *types.LaunchPermissionModifications) []Step {
	return []Step{setting(modifyImage.Name, read.ImagePublic.Calls,
		func(ctx context.Context) (bool, error) {
			have, err := read.ImagePublic.Of(ctx, s, image.Ref())
			return have, unlessGone(!public, err)
		}, !public, public,
		func(ctx context.Context) error {
			return sent(modifyImage.In(ctx, s.In(image.Region), &ec2.ModifyImageAttributeInput{
				ImageId: aws.String(image.ID), Attribute: aws.String("launchPermission"), LaunchPermission: change,
			}))
		},
	)}
}
