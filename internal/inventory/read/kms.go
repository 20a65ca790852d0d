package read

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = made(inventory.Keys,
	listed(awsapi.Lists(kms.NewListKeysPaginator), kms.ListKeysInput{Limit: aws.Int32(1000)},
		func(page *kms.ListKeysOutput) []types.KeyListEntry { return page.Keys },
		func(s *Scope, key types.KeyListEntry) inventory.Key {
			return inventory.Key{Ref: of(s, inventory.Keys, aws.ToString(key.KeyId))}
		}),
	tagged[inventory.Key](keyTags, listKeyTags),
	gone[inventory.Key]("NotFoundException"),
	asked(inventory.KeyIs, describeKey,
		func(k inventory.Ref) *kms.DescribeKeyInput { return &kms.DescribeKeyInput{KeyId: &k.ID} }, keyDetails, always),
	asked(inventory.KeyRotation, awsapi.Reads((*kms.Client).GetKeyRotationStatus),
		func(k inventory.Ref) *kms.GetKeyRotationStatusInput {
			return &kms.GetKeyRotationStatusInput{KeyId: &k.ID}
		}, keyRotation, only(canRotate)),
)

func keyDetails(out *kms.DescribeKeyOutput) (inventory.KeyDetails, error) {
	key := out.KeyMetadata
	if key == nil {
		return inventory.KeyDetails{}, errNoContent
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

func canRotate(k inventory.Key) bool {
	details, err := k.Details.Get()
	bar, _ := details.RotationBar()
	return err == nil && bar == ""
}

// keyRotation takes the usual period where KMS does not tell one.
func keyRotation(out *kms.GetKeyRotationStatusOutput) (inventory.Rotation, error) {
	switch {
	case !out.KeyRotationEnabled:
		return inventory.Rotation{}, nil
	case out.RotationPeriodInDays == nil:
		return inventory.Rotation{Enabled: true, PeriodDays: inventory.UsualRotationDays}, nil
	}
	return inventory.Rotation{Enabled: true, PeriodDays: *out.RotationPeriodInDays}, nil
}

var listKeyTags = awsapi.Lists(kms.NewListResourceTagsPaginator)

func keyTags(ctx context.Context, s *Scope, key inventory.Ref) (map[string]string, error) {
	tags, err := gather(ctx, s.AWS, listKeyTags, &kms.ListResourceTagsInput{KeyId: &key.ID, Limit: aws.Int32(50)},
		func(page *kms.ListResourceTagsOutput) []types.Tag { return page.Tags }, same)
	return byKey(tags, func(t types.Tag) (*string, *string) { return t.TagKey, t.TagValue }), err
}
