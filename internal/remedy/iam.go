package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var _ = []remedy{
	by(setPasswordPolicy, undoPasswordPolicy), by(deactivateAccessKey, reactivateAccessKey), by(deletePassword, irrevocable), by(requireMFA, releaseFromMFA),
	by(moveAttachedPolicy, moveAttachedPolicyBack), by(moveInlinePolicy, moveInlinePolicyBack),
}

var (
	updatePasswordPolicy = awsapi.Writes((*iam.Client).UpdateAccountPasswordPolicy)
	deletePasswordPolicy = awsapi.Writes((*iam.Client).DeleteAccountPasswordPolicy)
	updateAccessKey      = awsapi.Writes((*iam.Client).UpdateAccessKey)
	deleteLoginProfile   = awsapi.Writes((*iam.Client).DeleteLoginProfile)
)

func setPasswordPolicy(s *awsapi.Session, a action.SetPasswordPolicy) []Step {
	return []Step{setting(updatePasswordPolicy.Name, read.PasswordRules.Calls,
		func(ctx context.Context) (inventory.PasswordRules, error) { return read.PasswordRules.Of(ctx, s, "") },
		a.From, a.To,
		func(ctx context.Context) error {
			return sent(updatePasswordPolicy.In(ctx, s.In(""), &iam.UpdateAccountPasswordPolicyInput{
				MinimumPasswordLength:      positive(a.To.MinLength),
				RequireUppercaseCharacters: a.To.Uppercase, RequireLowercaseCharacters: a.To.Lowercase,
				RequireNumbers: a.To.Numbers, RequireSymbols: a.To.Symbols,
				PasswordReusePrevention:    positive(a.To.ReusePrevention),
				MaxPasswordAge:             positive(a.To.MaxAgeDays),
				HardExpiry:                 aws.Bool(a.To.HardExpiry),
				AllowUsersToChangePassword: a.To.UsersChange,
			}))
		},
	)}
}

func undoPasswordPolicy(s *awsapi.Session, a action.SetPasswordPolicy) backward {
	back := one(setPasswordPolicy(s, action.SetPasswordPolicy{Account: a.Account, From: a.To, To: a.From}))
	back[deletePasswordPolicy.Name] = setting("", read.PasswordRules.Calls,
		func(ctx context.Context) (inventory.PasswordRules, error) { return read.PasswordRules.Of(ctx, s, "") },
		a.To, a.From,
		func(ctx context.Context) error {
			return sent(deletePasswordPolicy.In(ctx, s.In(""), &iam.DeleteAccountPasswordPolicyInput{}))
		},
	)
	return back
}

// positive leaves out what is not set: IAM takes no zero.
func positive(value int32) *int32 {
	if value <= 0 {
		return nil
	}
	return &value
}

func deactivateAccessKey(s *awsapi.Session, a action.DeactivateAccessKey) []Step {
	return []Step{{
		Call:  updateAccessKey.Name,
		Reads: read.AccessKeys.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			keys, err := read.AccessKeys.Of(ctx, s, a.User.ID)
			if err != nil {
				return "", err
			}
			for _, key := range keys {
				switch {
				case key.ID != a.Key:
				case !key.Active:
					return Done, nil
				case action.UseOf(key.LastUsed, s.Now()) != a.Use:
					return Changed, nil
				default:
					return Pending, nil
				}
			}
			return Changed, nil
		},
		Send: func(ctx context.Context) error {
			return sent(updateAccessKey.In(ctx, s.In(""), &iam.UpdateAccessKeyInput{
				UserName: aws.String(a.User.ID), AccessKeyId: aws.String(a.Key), Status: types.StatusTypeInactive,
			}))
		},
	}}
}

func reactivateAccessKey(s *awsapi.Session, a action.DeactivateAccessKey) backward {
	return backward{updateAccessKey.Name: {
		Reads: read.AccessKeys.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			keys, err := read.AccessKeys.Of(ctx, s, a.User.ID)
			if err != nil {
				return "", err
			}
			for _, key := range keys {
				if key.ID == a.Key {
					return ours(!key.Active, true), nil
				}
			}
			return Changed, nil
		},
		Send: func(ctx context.Context) error {
			return sent(updateAccessKey.In(ctx, s.In(""), &iam.UpdateAccessKeyInput{
				UserName: aws.String(a.User.ID), AccessKeyId: aws.String(a.Key), Status: types.StatusTypeActive,
			}))
		},
	}}
}

func deletePassword(s *awsapi.Session, a action.DeletePassword) []Step {
	return []Step{{
		Call:  deleteLoginProfile.Name,
		Reads: read.Password.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			password, err := read.Password.Of(ctx, s, a.User.ID)
			switch {
			case err != nil:
				return "", err
			case !password.Set:
				return Done, nil
			case password.Changed.After(a.Changed), a.LastUsed == nil && !password.LastUsed.IsZero(), a.LastUsed != nil && password.LastUsed.After(*a.LastUsed):
				return Changed, nil
			}
			return Pending, nil
		},
		Send: func(ctx context.Context) error {
			return sent(deleteLoginProfile.In(ctx, s.In(""), &iam.DeleteLoginProfileInput{UserName: aws.String(a.User.ID)}))
		},
	}}
}
