package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var _ = []remedy{
	by(recoverKey, irrevocable),
	set(action.KeyRotation,
		sends(awsapi.Writes((*kms.Client).EnableKeyRotation), func(key inventory.Ref, to inventory.Rotation) *kms.EnableKeyRotationInput {
			return &kms.EnableKeyRotationInput{KeyId: &key.ID, RotationPeriodInDays: &to.PeriodDays}
		}),
		sends(awsapi.Writes((*kms.Client).DisableKeyRotation), func(key inventory.Ref, _ inventory.Rotation) *kms.DisableKeyRotationInput {
			return &kms.DisableKeyRotationInput{KeyId: &key.ID}
		})),
}

var (
	keyAgain          = read.Again(inventory.KeyIs)
	cancelKeyDeletion = awsapi.Writes((*kms.Client).CancelKeyDeletion)
	enableKey         = awsapi.Writes((*kms.Client).EnableKey)
)

func recoverKey(s *awsapi.Session, a action.RecoverKey) []Step {
	key := aws.String(a.Key.ID)
	return []Step{
		{
			Call:  cancelKeyDeletion.Name,
			Reads: keyAgain.Calls,
			Look: func(ctx context.Context) (Standing, error) {
				have, err := keyAgain.Of(ctx, s, a.Key.Ref())
				switch {
				case err != nil:
					return "", err
				case recovered(have):
					return Done, nil
				case pendingAsPlanned(have, a):
					return Pending, nil
				}
				return Changed, nil
			},
			Send: func(ctx context.Context) error {
				return sent(cancelKeyDeletion.In(ctx, s.In(a.Key.Region), &kms.CancelKeyDeletionInput{KeyId: key}))
			},
		},
		{
			Call:  enableKey.Name,
			Reads: keyAgain.Calls,
			Look: func(ctx context.Context) (Standing, error) {
				have, err := keyAgain.Of(ctx, s, a.Key.Ref())
				switch {
				case err != nil:
					return "", err
				case have.State == inventory.KeyEnabled:
					return Done, nil
				// KMS may still show the deletion that the step before cancelled; left disabled,
				// the key would look mended, and nobody would enable it.
				case have.State == inventory.KeyDisabled, pendingAsPlanned(have, a):
					return Pending, nil
				}
				return Changed, nil
			},
			Send: func(ctx context.Context) error {
				return sent(enableKey.In(ctx, s.In(a.Key.Region), &kms.EnableKeyInput{KeyId: key}))
			},
		},
	}
}

// recovered says whether nothing deletes the key any more; it may still have to be enabled.
func recovered(have inventory.KeyDetails) bool {
	return have.State == inventory.KeyDisabled || have.State == inventory.KeyEnabled
}

// pendingAsPlanned says whether the key's deletion is the one that was to be cancelled.
func pendingAsPlanned(have inventory.KeyDetails, a action.RecoverKey) bool {
	return have.State == inventory.KeyPendingDeletion && have.DeletionDate.Equal(a.DeletionDate)
}
