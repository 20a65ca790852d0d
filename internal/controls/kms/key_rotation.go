package kms

import (
	"cmp"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// New key material bounds how much any one secret protects, and old ciphertext stays readable.
var keyRotation = posture.AddPlain(&Controls, posture.Plain[v1alpha1.KMSKeyRotation, inventory.Key, inventory.Rotation]{
	ID:       "kms-key-rotation",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.KMSKeyRotation { return p.Keys.KMSKeyRotation },
	Setting:  action.KeyRotation,
	Apart: func(_ v1alpha1.KMSKeyRotation, k inventory.Key) (posture.Verdict, bool) {
		details, err := k.Details.Get()
		if err != nil {
			return posture.Unknown(err), true
		}
		reason, why := details.RotationBar()
		return posture.DoesNotApply(reason, "%s", why), reason != ""
	},
	Want: func(leaf v1alpha1.KMSKeyRotation, have inventory.Rotation) inventory.Rotation {
		longest := longestPeriod(leaf)
		switch {
		case have.Within(longest):
			return have
		case !have.Enabled:
			longest = min(longest, inventory.UsualRotationDays)
		}
		return inventory.Rotation{Enabled: true, PeriodDays: longest}
	},
	Fails: func(leaf v1alpha1.KMSKeyRotation, have inventory.Rotation) posture.Verdict {
		if !have.Enabled {
			return posture.Fail("RotationOff", "the key does not rotate")
		}
		return posture.Fail("RotationTooRare", "the key rotates %s, declared is every %d days", have, longestPeriod(leaf))
	},
})

func longestPeriod(leaf v1alpha1.KMSKeyRotation) int32 {
	return cmp.Or(leaf.MaxPeriodDays, inventory.UsualRotationDays)
}
