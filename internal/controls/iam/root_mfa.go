package iam

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// The root user can do anything and is the same for everybody, so a password alone is too
// little; members of an organization may have no root credentials, and need none.
var rootMFA = posture.Add(&Controls, posture.Over[v1alpha1.RootMFA, inventory.Root]{
	ID:       "iam-root-mfa",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.RootMFA { return p.Identity.RootMFA },
	Observe:  inventory.RootUsers.With(),
	Judge: func(_ v1alpha1.RootMFA, r inventory.Root, _ time.Time) posture.Verdict {
		switch {
		case r.MFA:
			return posture.Pass()
		case !r.HasCredentials():
			return posture.DoesNotApply("NoRootCredentials", "the root user has no password and no keys")
		}
		return posture.Fail("RootWithoutMFA", "the root user has credentials and no MFA device")
	},
	ByHand: func(_ v1alpha1.RootMFA, r inventory.Root) string {
		return "sign in as the root user and assign an MFA device under Security credentials, better two, of which one is kept in a safe: no API does it. " + withoutRoot(r)
	},
})
