package kms

import (
	"fmt"
	"slices"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A deleted key takes everything it ever encrypted with it, and nothing brings it back.
var keyDeletionGuard = posture.Add(&Controls, posture.Over[v1alpha1.KMSKeyDeletionGuard, inventory.Key]{
	ID:       "kms-key-deletion-guard",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.KMSKeyDeletionGuard { return p.Keys.KMSKeyDeletionGuard },
	Observe:  inventory.Keys.With(),
	Judge: func(leaf v1alpha1.KMSKeyDeletionGuard, k inventory.Key, _ time.Time) posture.Verdict {
		details, err := k.Details.Get()
		pending := details.State == inventory.KeyPendingDeletion
		switch {
		case err != nil:
			return posture.Unknown(err)
		case details.AWSManaged:
			return posture.DoesNotApply("AWSManaged", "nobody can delete a key that AWS manages")
		case !pending && details.State != inventory.KeyPendingReplicaDeletion:
			return posture.Pass()
		case slices.Contains(leaf.Decommissioned, k.ID):
			return posture.DoesNotApply("Decommissioned", "its deletion is approved")
		case pending:
			return posture.Fail("PendingDeletion", "the key will be deleted on %s", details.DeletionDate.UTC().Format(time.DateOnly))
		}
		return posture.Fail("PendingReplicaDeletion", "the key will be deleted %d days after its last replica", details.DeletionWindowDays)
	},
	Plans: posture.Always[v1alpha1.KMSKeyDeletionGuard](action.RecoverKey{}),
	// A primary key waits for as long as replicas of it exist: whoever deletes region by region
	// is asked first.
	Mend: func(_ v1alpha1.KMSKeyDeletionGuard, k inventory.Key) []action.Action {
		details, _ := k.Details.Get()
		if details.State != inventory.KeyPendingDeletion {
			return nil
		}
		return []action.Action{action.RecoverKey{Key: action.On(k), DeletionDate: details.DeletionDate}}
	},
	ByHand: func(_ v1alpha1.KMSKeyDeletionGuard, k inventory.Key) string {
		return fmt.Sprintf("unless the primary key and all its replicas are to go (then name it in decommissioned): "+
			"aws kms cancel-key-deletion --region %[1]s --key-id %[2]s && aws kms enable-key --region %[1]s --key-id %[2]s", k.Region, k.ID)
	},
})
