package iam

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Short and repeated passwords are guessed; AWS's own default asks for eight characters.
var passwordPolicy = posture.Add(&Controls, posture.Over[v1alpha1.PasswordPolicy, inventory.PasswordPolicy]{
	ID:       "iam-password-policy",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.PasswordPolicy { return p.Identity.PasswordPolicy },
	Observe:  inventory.PasswordPolicies.With(),
	Judge: func(leaf v1alpha1.PasswordPolicy, p inventory.PasswordPolicy, _ time.Time) posture.Verdict {
		if !p.Rules.Set {
			return posture.Fail("NoPasswordPolicy", "the account has no password policy of its own")
		}
		if gaps := p.Rules.Gaps(declaredRules(leaf)); gaps != "" {
			return posture.Fail("PasswordPolicyWeak", "%s", gaps)
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.PasswordPolicy](action.SetPasswordPolicy{}),
	Mend: func(leaf v1alpha1.PasswordPolicy, p inventory.PasswordPolicy) []action.Action {
		return []action.Action{action.SetPasswordPolicy{Account: action.On(p), From: p.Rules, To: p.Rules.Stricter(declaredRules(leaf))}}
	},
})

// declaredRules are the rules of a leaf, with the leaf's defaults.
func declaredRules(leaf v1alpha1.PasswordPolicy) inventory.PasswordRules {
	classes := leaf.CharacterClasses == nil || *leaf.CharacterClasses
	return inventory.PasswordRules{
		Set:       true,
		MinLength: orDefault(leaf.MinLength, 14),
		Uppercase: classes, Lowercase: classes, Numbers: classes, Symbols: classes,
		ReusePrevention: orDefault(leaf.ReusePrevention, 24),
		MaxAgeDays:      leaf.MaxAgeDays,
	}
}

// orDefault is what a leaf means that nobody defaulted.
func orDefault(value, usual int32) int32 {
	if value == 0 {
		return usual
	}
	return value
}
