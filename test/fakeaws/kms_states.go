package fakeaws

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func serveKMSStates(c *Cloud) {
	on(c, func(r *Request, in *kms.EnableKeyInput) (*kms.EnableKeyOutput, error) {
		return &kms.EnableKeyOutput{}, r.kmsSwitch(in.KeyId, types.KeyStateEnabled)
	})
	on(c, func(r *Request, in *kms.DisableKeyInput) (*kms.DisableKeyOutput, error) {
		return &kms.DisableKeyOutput{}, r.kmsSwitch(in.KeyId, types.KeyStateDisabled)
	})
	on(c, func(r *Request, in *kms.ImportKeyMaterialInput) (*kms.ImportKeyMaterialOutput, error) {
		key, err := r.kmsKey(in.KeyId)
		if err != nil {
			return nil, err
		}
		if key.Origin != types.OriginTypeExternal {
			return nil, kmsUnsupported(key, "origin is %s which is not valid for this operation", key.Origin)
		}
		key.KeyState, key.Enabled = types.KeyStateEnabled, true
		return &kms.ImportKeyMaterialOutput{KeyId: key.KeyId}, nil
	})
	on(c, kmsScheduleKeyDeletion)
	on(c, func(r *Request, in *kms.CancelKeyDeletionInput) (*kms.CancelKeyDeletionOutput, error) {
		key, err := r.kmsKey(in.KeyId)
		if err != nil {
			return nil, err
		}
		if !kmsPending(key) {
			return nil, kmsInvalidState(key, "is not pending deletion")
		}
		key.KeyState, key.Enabled, key.DeletionDate, key.PendingDeletionWindowInDays = types.KeyStateDisabled, false, nil, nil
		return &kms.CancelKeyDeletionOutput{KeyId: key.Arn}, nil
	})
}

func kmsScheduleKeyDeletion(r *Request, in *kms.ScheduleKeyDeletionInput) (*kms.ScheduleKeyDeletionOutput, error) {
	key, err := r.kmsKey(in.KeyId)
	switch {
	case err != nil:
		return nil, err
	case key.KeyManager == types.KeyManagerTypeAws:
		return nil, &types.UnsupportedOperationException{Message: aws.String(*key.Arn + " is an AWS managed key.")}
	case kmsPending(key):
		return nil, kmsInvalidState(key, "is pending deletion")
	}
	days := int32(30)
	if in.PendingWindowInDays != nil {
		days = *in.PendingWindowInDays
	}
	if days < 7 || days > 30 {
		return nil, failure("ValidationException", "PendingWindowInDays must be between 7 and 30 inclusive")
	}
	out := &kms.ScheduleKeyDeletionOutput{KeyId: key.Arn, PendingWindowInDays: aws.Int32(days)}
	key.Enabled = false
	if config := key.MultiRegionConfiguration; config != nil && config.MultiRegionKeyType == types.MultiRegionKeyTypePrimary && len(config.ReplicaKeys) > 0 {
		key.KeyState, key.PendingDeletionWindowInDays = types.KeyStatePendingReplicaDeletion, aws.Int32(days)
	} else {
		key.KeyState, key.DeletionDate = types.KeyStatePendingDeletion, aws.Time(r.Now.Add(time.Duration(days)*24*time.Hour))
	}
	out.KeyState, out.DeletionDate = key.KeyState, key.DeletionDate
	return out, nil
}

// kmsSwitch turns a key on or off.
func (r *Request) kmsSwitch(id *string, to types.KeyState) error {
	key, err := r.kmsKey(id)
	switch {
	case err != nil:
		return err
	case key.KeyManager == types.KeyManagerTypeAws:
		return failure("AccessDeniedException", "%s is an AWS managed key", *key.Arn)
	case kmsPending(key):
		return kmsInvalidState(key, "is pending deletion")
	case key.KeyState == types.KeyStatePendingImport:
		return kmsInvalidState(key, "is pending import")
	}
	key.KeyState, key.Enabled = to, to == types.KeyStateEnabled
	return nil
}

func kmsPending(key *kmsKey) bool {
	return key.KeyState == types.KeyStatePendingDeletion || key.KeyState == types.KeyStatePendingReplicaDeletion
}

func kmsInvalidState(key *kmsKey, what string) error {
	return &types.KMSInvalidStateException{Message: aws.String(*key.Arn + " " + what + ".")}
}
