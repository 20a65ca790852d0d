package kms

import (
	"cmp"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// New key material bounds how much any one secret protects, and old ciphertext stays readable.
var keyRotation = posture.Add(&Controls, posture.Over[v1alpha1.KMSKeyRotation, inventory.Key]{
	ID:       "kms-key-rotation",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.KMSKeyRotation { return p.Keys.KMSKeyRotation },
	Observe:  inventory.Keys.With(inventory.KeyRotation),
	Judge: func(leaf v1alpha1.KMSKeyRotation, k inventory.Key, _ time.Time) posture.Verdict {
		details, err := k.Details.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		if reason, why := details.RotationBar(); reason != "" {
			return posture.DoesNotApply(reason, "%s", why)
		}
		rotation, err := k.Rotation.Get()
		switch {
		case err != nil:
			return posture.Unknown(err)
		case !rotation.Enabled:
			return posture.Fail("RotationOff", "the key does not rotate")
		case !rotation.Within(longestPeriod(leaf)):
			return posture.Fail("RotationTooRare", "the key rotates %s, declared is every %d days", rotation, longestPeriod(leaf))
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.KMSKeyRotation](action.EnableKeyRotation{}),
	Mend: func(leaf v1alpha1.KMSKeyRotation, k inventory.Key) []action.Action {
		rotation, _ := k.Rotation.Get()
		period := longestPeriod(leaf)
		if !rotation.Enabled {
			period = min(period, inventory.UsualRotationDays)
		}
		return []action.Action{action.EnableKeyRotation{Key: action.On(k), From: rotation, PeriodDays: period}}
	},
})

func longestPeriod(leaf v1alpha1.KMSKeyRotation) int32 {
	return cmp.Or(leaf.MaxPeriodDays, inventory.UsualRotationDays)
}
