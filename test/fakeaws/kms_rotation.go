package fakeaws

import (
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func serveKMSRotation(c *Cloud) {
	on(c, func(r *Request, in *kms.EnableKeyRotationInput) (*kms.EnableKeyRotationOutput, error) {
		key, err := r.kmsRotatable(in.KeyId, true)
		if err != nil {
			return nil, err
		}
		days := int32(365)
		if in.RotationPeriodInDays != nil {
			days = *in.RotationPeriodInDays
		}
		if days < 90 || days > 2560 {
			return nil, failure("ValidationException", "RotationPeriodInDays must be between 90 and 2560 inclusive")
		}
		key.rotates, key.periodDays = true, days
		return &kms.EnableKeyRotationOutput{}, nil
	})
	on(c, func(r *Request, in *kms.DisableKeyRotationInput) (*kms.DisableKeyRotationOutput, error) {
		key, err := r.kmsRotatable(in.KeyId, true)
		if err != nil {
			return nil, err
		}
		key.rotates, key.periodDays = false, 0
		return &kms.DisableKeyRotationOutput{}, nil
	})
	on(c, func(r *Request, in *kms.GetKeyRotationStatusInput) (*kms.GetKeyRotationStatusOutput, error) {
		key, err := r.kmsRotatable(in.KeyId, false)
		if err != nil {
			return nil, err
		}
		out := &kms.GetKeyRotationStatusOutput{KeyId: key.Arn}
		// A key that is pending deletion reads as not rotating, whatever it did before.
		if key.rotates && !kmsPending(key) {
			out.KeyRotationEnabled, out.RotationPeriodInDays = true, aws.Int32(key.periodDays)
			out.NextRotationDate = aws.Time(r.Now.Add(time.Duration(key.periodDays) * 24 * time.Hour))
		}
		return out, nil
	})
}

// kmsRotatable finds a key whose rotation can be read, or set; a replica has its primary's.
func (r *Request) kmsRotatable(id *string, set bool) (*kmsKey, error) {
	key, err := r.kmsKey(id)
	switch {
	case err != nil:
		return nil, err
	case key.KeySpec != types.KeySpecSymmetricDefault:
		return nil, kmsUnsupported(key, "key spec is %s which is not valid for this operation", key.KeySpec)
	case key.Origin != types.OriginTypeAwsKms:
		return nil, kmsUnsupported(key, "origin is %s which is not valid for this operation", key.Origin)
	case set:
		return key, kmsRotationBar(key)
	case kmsReplica(key):
		return r.kmsIn(*key.MultiRegionConfiguration.PrimaryKey.Region).keys[*key.KeyId], nil
	}
	return key, nil
}

// kmsRotationBar is why the rotation of a symmetric key cannot be set, or nil.
func kmsRotationBar(key *kmsKey) error {
	switch {
	case key.KeyManager == types.KeyManagerTypeAws:
		return failure("AccessDeniedException", "%s is an AWS managed key", *key.Arn)
	case kmsPending(key):
		return kmsInvalidState(key, "is pending deletion")
	case key.KeyState == types.KeyStateDisabled:
		return &types.DisabledException{Message: aws.String(*key.Arn + " is disabled.")}
	case kmsReplica(key):
		return kmsUnsupported(key, "is a replica key, which is not valid for this operation")
	}
	return nil
}

func kmsReplica(key *kmsKey) bool {
	return key.MultiRegionConfiguration != nil && key.MultiRegionConfiguration.MultiRegionKeyType == types.MultiRegionKeyTypeReplica
}

func kmsUnsupported(key *kmsKey, format string, args ...any) error {
	return &types.UnsupportedOperationException{Message: aws.String(*key.Arn + " " + fmt.Sprintf(format, args...) + ".")}
}
