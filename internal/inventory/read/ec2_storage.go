package read

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var (
	getEBSEncryption          = awsapi.Reads((*ec2.Client).GetEbsEncryptionByDefault)
	getEBSKey                 = awsapi.Reads((*ec2.Client).GetEbsDefaultKmsKeyId)
	describeKey               = awsapi.Reads((*kms.Client).DescribeKey)
	describeSnapshots         = awsapi.Lists(ec2.NewDescribeSnapshotsPaginator)
	describeSnapshotAttribute = awsapi.Reads((*ec2.Client).DescribeSnapshotAttribute)
	describeImages            = awsapi.Lists(ec2.NewDescribeImagesPaginator)
)

func ebsDefaults(ctx context.Context, s *Scope, facets inventory.Facets) ([]inventory.EBSDefault, error) {
	encrypted, err := EBSEncryption.Of(ctx, s.Session, s.Region)
	if err != nil {
		return nil, err
	}
	one := inventory.EBSDefault{Ref: s.ofRegion(), Encrypted: encrypted, Aliased: map[string]inventory.Observed[inventory.AliasedKey]{}}
	for _, facet := range facets {
		alias, ok := facet.EBSKeyAlias()
		if !ok {
			continue
		}
		one = ebsDefaultKey(ctx, s, one)
		key, err := aliasedKey(ctx, s, alias)
		one.Aliased[alias] = observed(s, key, err)
	}
	return []inventory.EBSDefault{one}, nil
}

// ebsDefaultKey reads which key new volumes get, if nobody did yet.
func ebsDefaultKey(ctx context.Context, s *Scope, one inventory.EBSDefault) inventory.EBSDefault {
	if _, err := one.Key.Get(); !errors.Is(err, fault.ErrNotRead) {
		return one
	}
	key, err := EBSDefaultKey.Of(ctx, s.Session, s.Region)
	one.Key = observed(s, key, err)
	return one
}

func aliasedKey(ctx context.Context, s *Scope, alias string) (inventory.AliasedKey, error) {
	out, err := describeKey.In(ctx, s.AWS, &kms.DescribeKeyInput{KeyId: aws.String(alias)})
	if fault.Code(err) == "NotFoundException" {
		return inventory.AliasedKey{}, nil
	}
	if err != nil {
		return inventory.AliasedKey{}, fmt.Errorf("reading the key of %s: %w", alias, err)
	}
	return inventory.AliasedKey{ARN: aws.ToString(out.KeyMetadata.Arn), State: string(out.KeyMetadata.KeyState)}, nil
}

// EBSEncryption says whether new volumes of the region are encrypted by default.
var EBSEncryption = look(func(ctx context.Context, s *awsapi.Session, region string) (bool, error) {
	out, err := getEBSEncryption.In(ctx, s.In(region), &ec2.GetEbsEncryptionByDefaultInput{})
	if err != nil {
		return false, fmt.Errorf("reading EBS encryption by default: %w", err)
	}
	return aws.ToBool(out.EbsEncryptionByDefault), nil
}, getEBSEncryption)

// EBSDefaultKey is the key that new volumes of the region are encrypted with.
var EBSDefaultKey = look(func(ctx context.Context, s *awsapi.Session, region string) (string, error) {
	out, err := getEBSKey.In(ctx, s.In(region), &ec2.GetEbsDefaultKmsKeyIdInput{})
	if err != nil {
		return "", fmt.Errorf("reading the EBS default key: %w", err)
	}
	return aws.ToString(out.KmsKeyId), nil
}, getEBSKey)

// snapshots are listed twice, because the list does not say who may restore them, and one that
// asks for the public ones alone does not say what they are out of.
func snapshots(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.EBSSnapshot, error) {
	own, err := listSnapshots(ctx, s, nil)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	public, err := listSnapshots(ctx, s, []string{"all"})
	if err != nil {
		return nil, err
	}
	open := make(map[string]bool, len(public))
	for _, snapshot := range public {
		open[aws.ToString(snapshot.SnapshotId)] = true
	}
	all := make([]inventory.EBSSnapshot, len(own))
	for i, snapshot := range own {
		id := aws.ToString(snapshot.SnapshotId)
		all[i] = inventory.EBSSnapshot{Ref: s.tagged("AWS::EC2::Snapshot", id, s.unowned("snapshot/"+id), snapshot.Tags), Public: open[id]}
	}
	return all, nil
}

// snapshotConfirmed asks a snapshot that was listed as public itself: such a finding is critical,
// and a list may lag behind. Where it does not say, the list's word stands.
func snapshotConfirmed(ctx context.Context, s *Scope, one inventory.EBSSnapshot) inventory.EBSSnapshot {
	if public, err := SnapshotPublic.Of(ctx, s.Session, one.Ref); err == nil {
		one.Public = public
	}
	return one
}

func listSnapshots(ctx context.Context, s *Scope, restorableBy []string) ([]types.Snapshot, error) {
	all, err := gather(ctx, s.AWS, describeSnapshots, &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}, RestorableByUserIds: restorableBy, MaxResults: aws.Int32(ec2Page)},
		func(page *ec2.DescribeSnapshotsOutput) []types.Snapshot { return page.Snapshots }, same)
	if err != nil {
		return nil, fmt.Errorf("listing snapshots: %w", err)
	}
	return all, nil
}

// SnapshotPublic says whether everyone may restore a snapshot.
var SnapshotPublic = look(func(ctx context.Context, s *awsapi.Session, snapshot inventory.Ref) (bool, error) {
	out, err := describeSnapshotAttribute.In(ctx, s.In(snapshot.Region), &ec2.DescribeSnapshotAttributeInput{
		SnapshotId: aws.String(snapshot.ID), Attribute: types.SnapshotAttributeNameCreateVolumePermission,
	})
	if err != nil {
		return false, fmt.Errorf("reading who may restore the snapshot: %w", err)
	}
	for _, permission := range out.CreateVolumePermissions {
		if permission.Group == types.PermissionGroupAll {
			return true, nil
		}
	}
	return false, nil
}, describeSnapshotAttribute)

// images are all own ones, the public among them: one list tells both.
func images(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Image, error) {
	all, err := gather(ctx, s.AWS, describeImages, &ec2.DescribeImagesInput{Owners: []string{"self"}, MaxResults: aws.Int32(ec2Page)}, imagesOf,
		func(i types.Image) inventory.Image {
			id := aws.ToString(i.ImageId)
			return inventory.Image{Ref: s.tagged("AWS::EC2::Image", id, s.unowned("image/"+id), i.Tags), Title: aws.ToString(i.Name), Public: aws.ToBool(i.Public)}
		})
	if err != nil {
		return nil, fmt.Errorf("listing images: %w", err)
	}
	return all, nil
}

func imagesOf(page *ec2.DescribeImagesOutput) []types.Image { return page.Images }

// ImagePublic says whether everyone may launch an image. One that was deregistered is gone.
var ImagePublic = look(func(ctx context.Context, s *awsapi.Session, image inventory.Ref) (bool, error) {
	found, err := gather(ctx, s.In(image.Region), describeImages, &ec2.DescribeImagesInput{ImageIds: []string{image.ID}, Owners: []string{"self"}}, imagesOf, same)
	if fault.Code(err) == "InvalidAMIID.Unavailable" || err == nil && len(found) == 0 {
		return false, &fault.Fault{Class: fault.NotFound, Operation: "ec2:DescribeImages", Message: "image " + image.ID + " is gone", Cause: err}
	}
	if err != nil {
		return false, fmt.Errorf("reading the image: %w", err)
	}
	return aws.ToBool(found[0].Public), nil
}, describeImages)
