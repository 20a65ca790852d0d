package iam

import (
	"fmt"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A key works until somebody ends it, so the older it is the more places it has leaked to.
// Two keys at once are how a rotation is done, and no finding.
var accessKeyRotation = posture.Add(&Controls, posture.Over[v1alpha1.AccessKeyRotation, inventory.UserCredentials]{
	ID:       "iam-access-key-rotation",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.AccessKeyRotation { return p.Identity.AccessKeyRotation },
	Observe:  inventory.Credentials.With(),
	Judge: func(leaf v1alpha1.AccessKeyRotation, c inventory.UserCredentials, asOf time.Time) posture.Verdict {
		keys, err := c.Keys.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		if old := oldKeys(leaf, keys, asOf); len(old) > 0 {
			return posture.Fail("AccessKeyOld", "%s; the oldest allowed is %d days", describeKeys(old, asOf), orDefault(leaf.MaxAgeDays, 90))
		}
		if !anyActive(keys) {
			return posture.DoesNotApply("NoActiveKeys", "the user has no active access key")
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.AccessKeyRotation](action.DeactivateAccessKey{}),
	Mend: func(leaf v1alpha1.AccessKeyRotation, c inventory.UserCredentials) []action.Action {
		keys, _ := c.Keys.Get()
		return deactivate(c, oldKeys(leaf, keys, c.Keys.At()))
	},
	ByHand: func(_ v1alpha1.AccessKeyRotation, c inventory.UserCredentials) string {
		return fmt.Sprintf("make a second key (`aws iam create-access-key --user-name %[1]s`), hand it out, then `aws iam update-access-key --user-name %[1]s --access-key-id KEY --status Inactive`", c.ID)
	},
})

func oldKeys(leaf v1alpha1.AccessKeyRotation, keys []inventory.AccessKey, asOf time.Time) []inventory.AccessKey {
	var old []inventory.AccessKey
	for _, key := range keys {
		if key.Active && inventory.Days(key.Created, asOf) > int(orDefault(leaf.MaxAgeDays, 90)) {
			old = append(old, key)
		}
	}
	return old
}

// deactivate plans one action a key. Break-glass users are left to people, and a key whose id
// only the fresh calls tell is not planned for before they did.
func deactivate(c inventory.UserCredentials, keys []inventory.AccessKey) []action.Action {
	var actions []action.Action
	for _, key := range keys {
		if key.ID != "" && c.Kind != inventory.BreakGlass {
			actions = append(actions, action.DeactivateKeyOf(c, key, c.Keys.At()))
		}
	}
	return actions
}

func anyActive(keys []inventory.AccessKey) bool {
	for _, key := range keys {
		if key.Active {
			return true
		}
	}
	return false
}

func describeKeys(keys []inventory.AccessKey, asOf time.Time) string {
	var all []string
	for _, key := range keys {
		used := "never used"
		if !key.LastUsed.IsZero() {
			used = fmt.Sprintf("last used %d days ago", inventory.Days(key.LastUsed, asOf))
		}
		all = append(all, fmt.Sprintf("%s is %d days old, %s", strings.TrimSpace("access key "+key.ID), inventory.Days(key.Created, asOf), used))
	}
	return strings.Join(all, "; ")
}
