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

// A credential that nobody uses is missed by nobody but a thief. Those of break-glass users are
// there so as not to be used.
var unusedCredentials = posture.Add(&Controls, posture.Over[v1alpha1.UnusedCredentials, inventory.UserCredentials]{
	ID:       "iam-unused-credentials",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.UnusedCredentials { return p.Identity.UnusedCredentials },
	Observe:  inventory.Credentials.With(),
	Judge: func(leaf v1alpha1.UnusedCredentials, c inventory.UserCredentials, asOf time.Time) posture.Verdict {
		if c.Kind == inventory.BreakGlass {
			return posture.DoesNotApply("BreakGlass", "a break-glass user is kept unused")
		}
		password, err := c.Password.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		keys, err := c.Keys.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		unused := unusedKeys(leaf, keys, asOf)
		var found []string
		if passwordUnused(leaf, password, asOf) {
			found = append(found, fmt.Sprintf("the console password has been unused for %d days", inventory.Days(password.Idle(), asOf)))
		}
		if len(unused) > 0 {
			found = append(found, describeKeys(unused, asOf))
		}
		if len(found) > 0 {
			return posture.Fail("CredentialUnused", "%s; allowed are %d days", strings.Join(found, "; "), orDefault(leaf.MaxUnusedDays, 45))
		}
		if !password.Set && !anyActive(keys) {
			return posture.DoesNotApply("NoCredentials", "the user has neither a password nor an active access key")
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.UnusedCredentials](action.DeactivateAccessKey{}, action.DeletePassword{}),
	Mend: func(leaf v1alpha1.UnusedCredentials, c inventory.UserCredentials) []action.Action {
		keys, _ := c.Keys.Get()
		actions := deactivate(c, unusedKeys(leaf, keys, c.Keys.At()))
		if password, _ := c.Password.Get(); passwordUnused(leaf, password, c.Password.At()) {
			actions = append(actions, action.DeletePasswordOf(c, password))
		}
		return actions
	},
})

func passwordUnused(leaf v1alpha1.UnusedCredentials, p inventory.Password, asOf time.Time) bool {
	return p.Set && inventory.Days(p.Idle(), asOf) > int(orDefault(leaf.MaxUnusedDays, 45))
}

func unusedKeys(leaf v1alpha1.UnusedCredentials, keys []inventory.AccessKey, asOf time.Time) []inventory.AccessKey {
	var unused []inventory.AccessKey
	for _, key := range keys {
		if key.Active && inventory.Days(key.Idle(), asOf) > int(orDefault(leaf.MaxUnusedDays, 45)) {
			unused = append(unused, key)
		}
	}
	return unused
}
