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

func ebsDefaults(ctx context.Context, s *Scope, facets inventory.Facets) ([]inventory.EBSDefault, error) {
	encrypted, err := EBSEncryption(ctx, s.Session, s.Region)
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
	key, err := EBSDefaultKey(ctx, s.Session, s.Region)
	one.Key = observed(s, key, err)
	return one
}

func aliasedKey(ctx context.Context, s *Scope, alias string) (inventory.AliasedKey, error) {
	out, err := s.AWS.KMS().DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(alias)})
	if fault.Code(err) == "NotFoundException" {
		return inventory.AliasedKey{}, nil
	}
	if err != nil {
		return inventory.AliasedKey{}, fmt.Errorf("reading the key of %s: %w", alias, err)
	}
	return inventory.AliasedKey{ARN: aws.ToString(out.KeyMetadata.Arn), State: string(out.KeyMetadata.KeyState)}, nil
}

// EBSEncryption reads whether new volumes of the region are encrypted by default.
func EBSEncryption(ctx context.Context, s *awsapi.Session, region string) (bool, error) {
	out, err := s.In(region).EC2().GetEbsEncryptionByDefault(ctx, &ec2.GetEbsEncryptionByDefaultInput{})
	if err != nil {
		return false, fmt.Errorf("reading EBS encryption by default: %w", err)
	}
	return aws.ToBool(out.EbsEncryptionByDefault), nil
}

// EBSDefaultKey reads the key that new volumes of the region are encrypted with.
func EBSDefaultKey(ctx context.Context, s *awsapi.Session, region string) (string, error) {
	out, err := s.In(region).EC2().GetEbsDefaultKmsKeyId(ctx, &ec2.GetEbsDefaultKmsKeyIdInput{})
	if err != nil {
		return "", fmt.Errorf("reading the EBS default key: %w", err)
	}
	return aws.ToString(out.KmsKeyId), nil
}

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
	if public, err := SnapshotPublic(ctx, s.Session, s.Region, one.ID); err == nil {
		one.Public = public
	}
	return one
}

func listSnapshots(ctx context.Context, s *Scope, restorableBy []string) ([]types.Snapshot, error) {
	var all []types.Snapshot
	pages := ec2.NewDescribeSnapshotsPaginator(s.AWS.EC2(), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}, RestorableByUserIds: restorableBy, MaxResults: aws.Int32(ec2Page)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing snapshots: %w", err)
		}
		all = append(all, page.Snapshots...)
	}
	return all, nil
}

// SnapshotPublic reads whether everyone may restore a snapshot.
func SnapshotPublic(ctx context.Context, s *awsapi.Session, region, id string) (bool, error) {
	out, err := s.In(region).EC2().DescribeSnapshotAttribute(ctx, &ec2.DescribeSnapshotAttributeInput{
		SnapshotId: aws.String(id), Attribute: types.SnapshotAttributeNameCreateVolumePermission,
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
}

// images are all own ones, the public among them: one list tells both.
func images(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Image, error) {
	var all []inventory.Image
	pages := ec2.NewDescribeImagesPaginator(s.AWS.EC2(), &ec2.DescribeImagesInput{Owners: []string{"self"}, MaxResults: aws.Int32(ec2Page)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing images: %w", err)
		}
		for _, i := range page.Images {
			id := aws.ToString(i.ImageId)
			all = append(all, inventory.Image{
				Ref: s.tagged("AWS::EC2::Image", id, s.unowned("image/"+id), i.Tags), Title: aws.ToString(i.Name), Public: aws.ToBool(i.Public),
			})
		}
	}
	return all, nil
}

// ImagePublic reads whether everyone may launch an image. One that was deregistered is gone.
func ImagePublic(ctx context.Context, s *awsapi.Session, region, id string) (bool, error) {
	out, err := s.In(region).EC2().DescribeImages(ctx, &ec2.DescribeImagesInput{ImageIds: []string{id}, Owners: []string{"self"}})
	if fault.Code(err) == "InvalidAMIID.Unavailable" || err == nil && len(out.Images) == 0 {
		return false, &fault.Fault{Class: fault.NotFound, Operation: "ec2:DescribeImages", Message: "image " + id + " is gone", Cause: err}
	}
	if err != nil {
		return false, fmt.Errorf("reading the image: %w", err)
	}
	return aws.ToBool(out.Images[0].Public), nil
}
