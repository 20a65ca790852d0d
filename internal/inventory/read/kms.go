package read

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var kmsReaders = []reader{
	collection(inventory.Keys, keys, keyTags),
}

// keyPage and keyTagPage are the most that KMS lists at once.
const (
	keyPage    = 1000
	keyTagPage = 50
)

func keys(ctx context.Context, s *Scope, facets inventory.Facets) ([]inventory.Key, error) {
	var all []inventory.Key
	pages := kms.NewListKeysPaginator(s.AWS.KMS(), &kms.ListKeysInput{Limit: aws.Int32(keyPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing keys: %w", err)
		}
		for _, key := range page.Keys {
			all = append(all, inventory.Key{Ref: s.ref("AWS::KMS::Key", s.Region, aws.ToString(key.KeyId), aws.ToString(key.KeyArn))})
		}
	}
	each(all, func(k *inventory.Key) {
		details, err := KeyDetails(ctx, s.Session, k.Region, k.ID)
		k.Details = observed(s, details, err)
		if bar, _ := details.RotationBar(); err == nil && bar == "" && facets.Has(inventory.KeyRotation) {
			rotation, err := KeyRotation(ctx, s.Session, k.Region, k.ID)
			k.Rotation = observed(s, rotation, err)
		}
	})
	// What was deleted while it was listed is no finding.
	return slices.DeleteFunc(all, func(k inventory.Key) bool {
		_, err := k.Details.Get()
		return fault.Code(err) == "NotFoundException"
	}), nil
}

// KeyDetails reads what KMS tells about a key.
func KeyDetails(ctx context.Context, s *awsapi.Session, region, id string) (inventory.KeyDetails, error) {
	out, err := s.In(region).KMS().DescribeKey(ctx, &kms.DescribeKeyInput{KeyId: aws.String(id)})
	if err != nil {
		return inventory.KeyDetails{}, fmt.Errorf("describing key: %w", err)
	}
	key := out.KeyMetadata
	if key == nil {
		return inventory.KeyDetails{}, fmt.Errorf("describing key: %w", errNoContent)
	}
	return inventory.KeyDetails{
		AWSManaged:         key.KeyManager == types.KeyManagerTypeAws,
		State:              inventory.KeyState(key.KeyState),
		Spec:               string(key.KeySpec),
		Imported:           key.Origin == types.OriginTypeExternal,
		CustomStore:        key.CustomKeyStoreId != nil || key.Origin == types.OriginTypeAwsCloudhsm || key.Origin == types.OriginTypeExternalKeyStore,
		Replica:            key.MultiRegionConfiguration != nil && key.MultiRegionConfiguration.MultiRegionKeyType == types.MultiRegionKeyTypeReplica,
		DeletionDate:       aws.ToTime(key.DeletionDate),
		DeletionWindowDays: aws.ToInt32(key.PendingDeletionWindowInDays),
	}, nil
}

// KeyRotation reads how a key rotates; a period that KMS does not tell is the usual one.
func KeyRotation(ctx context.Context, s *awsapi.Session, region, id string) (inventory.Rotation, error) {
	out, err := s.In(region).KMS().GetKeyRotationStatus(ctx, &kms.GetKeyRotationStatusInput{KeyId: aws.String(id)})
	if err != nil {
		return inventory.Rotation{}, fmt.Errorf("reading key rotation: %w", err)
	}
	switch {
	case !out.KeyRotationEnabled:
		return inventory.Rotation{}, nil
	case out.RotationPeriodInDays == nil:
		return inventory.Rotation{Enabled: true, PeriodDays: inventory.UsualRotationDays}, nil
	}
	return inventory.Rotation{Enabled: true, PeriodDays: *out.RotationPeriodInDays}, nil
}

// keyTags reads who owns a key with which something is wrong.
func keyTags(ctx context.Context, s *Scope, k inventory.Key) inventory.Key {
	tags := map[string]string{}
	pages := kms.NewListResourceTagsPaginator(s.AWS.KMS(), &kms.ListResourceTagsInput{KeyId: aws.String(k.ID), Limit: aws.Int32(keyTagPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			k.Tags = inventory.Unseen[map[string]string](fmt.Errorf("listing key tags: %w", err))
			return k
		}
		for _, tag := range page.Tags {
			tags[aws.ToString(tag.TagKey)] = aws.ToString(tag.TagValue)
		}
	}
	k.Tags = inventory.Seen(tags, s.AsOf)
	return k
}
