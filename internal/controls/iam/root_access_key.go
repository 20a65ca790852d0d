package iam

import (
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// No policy limits the root user, so a key of it that leaks is the whole account.
var rootAccessKey = posture.Add(&Controls, posture.Over[v1alpha1.RootAccessKey, inventory.Root]{
	ID:       "iam-root-access-key",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.RootAccessKey { return p.Identity.RootAccessKey },
	Observe:  inventory.RootUsers.With(),
	Judge: func(_ v1alpha1.RootAccessKey, r inventory.Root, _ time.Time) posture.Verdict {
		if r.AccessKeys {
			return posture.Fail("RootAccessKey", "the root user has access keys")
		}
		return posture.Pass()
	},
	ByHand: func(_ v1alpha1.RootAccessKey, r inventory.Root) string {
		return "replace what uses the key by a role, then sign in as the root user and delete the key under Security credentials, " +
			"or with the key itself: `aws iam list-access-keys`, `aws iam delete-access-key --access-key-id KEY`. " + withoutRoot(r)
	},
})

// withoutRoot says how the root credentials of an organization's member account are deleted
// from above.
func withoutRoot(r inventory.Root) string {
	return fmt.Sprintf("In a member account of an organization with central root management, its administrator deletes root credentials with a session of "+
		"`aws sts assume-root --target-principal %s --task-policy-arn arn=arn:%s:iam::aws:policy/root-task/IAMDeleteRootUserCredentials`", r.Account, r.Partition)
}
