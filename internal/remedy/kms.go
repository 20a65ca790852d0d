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

var kmsRemedies = []remedy{by(enableKeyRotation, undoKeyRotation), by(recoverKey, irrevocable)}

func enableKeyRotation(s *awsapi.Session, a action.EnableKeyRotation) []Step {
	return []Step{{
		Call: "kms:EnableKeyRotation",
		Look: func(ctx context.Context) (Standing, error) {
			have, err := read.KeyRotation(ctx, s, a.Key.Region, a.Key.ID)
			switch {
			case err != nil:
				return "", err
			case have.Within(a.PeriodDays):
				return Done, nil
			case have == a.From:
				return Pending, nil
			}
			return Changed, nil
		},
		Send: func(ctx context.Context) error {
			in := &kms.EnableKeyRotationInput{KeyId: aws.String(a.Key.ID)}
			// Unsaid, KMS takes its usual period. A key that rotates too rarely must be told.
			if a.From.Enabled || a.PeriodDays != inventory.UsualRotationDays {
				in.RotationPeriodInDays = aws.Int32(a.PeriodDays)
			}
			return sent(s.In(a.Key.Region).KMS().EnableKeyRotation(ctx, in))
		},
	}}
}

func undoKeyRotation(s *awsapi.Session, a action.EnableKeyRotation) backward {
	wrote, key := inventory.Rotation{Enabled: true, PeriodDays: a.PeriodDays}, aws.String(a.Key.ID)
	step := func(send func(context.Context) error) Step {
		return setting("", func(ctx context.Context) (inventory.Rotation, error) {
			return read.KeyRotation(ctx, s, a.Key.Region, a.Key.ID)
		}, wrote, a.From, send)
	}
	return backward{
		"kms:DisableKeyRotation": step(func(ctx context.Context) error {
			return sent(s.In(a.Key.Region).KMS().DisableKeyRotation(ctx, &kms.DisableKeyRotationInput{KeyId: key}))
		}),
		"kms:EnableKeyRotation": step(func(ctx context.Context) error {
			return sent(s.In(a.Key.Region).KMS().EnableKeyRotation(ctx, &kms.EnableKeyRotationInput{KeyId: key, RotationPeriodInDays: aws.Int32(a.From.PeriodDays)}))
		}),
	}
}

func recoverKey(s *awsapi.Session, a action.RecoverKey) []Step {
	key := aws.String(a.Key.ID)
	return []Step{
		{
			Call: "kms:CancelKeyDeletion",
			Look: func(ctx context.Context) (Standing, error) {
				have, err := read.KeyDetails(ctx, s, a.Key.Region, a.Key.ID)
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
				return sent(s.In(a.Key.Region).KMS().CancelKeyDeletion(ctx, &kms.CancelKeyDeletionInput{KeyId: key}))
			},
		},
		{
			Call: "kms:EnableKey",
			Look: func(ctx context.Context) (Standing, error) {
				have, err := read.KeyDetails(ctx, s, a.Key.Region, a.Key.ID)
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
				return sent(s.In(a.Key.Region).KMS().EnableKey(ctx, &kms.EnableKeyInput{KeyId: key}))
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
