package rds

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A public snapshot is the whole database for whoever looks for one: any AWS account restores it.
var snapshotNotPublic = posture.Add(&Controls, posture.Over[v1alpha1.RDSSnapshotNotPublic, inventory.DBSnapshot]{
	ID:       "rds-snapshot-not-public",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.RDSSnapshotNotPublic { return p.DataAtRest.RDSSnapshotNotPublic },
	Observe:  inventory.DBSnapshots.With(inventory.DBSnapshotSharing),
	Judge: func(_ v1alpha1.RDSSnapshotNotPublic, s inventory.DBSnapshot, _ time.Time) posture.Verdict {
		if s.KMSEncrypted {
			return posture.Pass()
		}
		sharing, err := s.Sharing.Get()
		switch {
		case err != nil:
			return posture.Unknown(err)
		case sharing.Public():
			return posture.Fail("SnapshotPublic", "every AWS account may restore the snapshot")
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.RDSSnapshotNotPublic](action.UnpublishDBSnapshot{}, action.UnpublishDBSnapshot{Snapshot: action.Target{Type: inventory.DBClusterSnapshotType}}),
	Mend: func(_ v1alpha1.RDSSnapshotNotPublic, s inventory.DBSnapshot) []action.Action {
		sharing, _ := s.Sharing.Get()
		return []action.Action{action.UnpublishDBSnapshot{Snapshot: action.On(s), From: sharing}}
	},
})
