package ec2

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A public snapshot is a disk that anyone can read.
var ebsSnapshotNotPublic = posture.Add(&Controls, posture.Over[v1alpha1.EBSSnapshotNotPublic, inventory.EBSSnapshot]{
	ID:       "ebs-snapshot-not-public",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.EBSSnapshotNotPublic { return p.DataAtRest.EBSSnapshotNotPublic },
	Observe:  inventory.EBSSnapshots.With(),
	Judge: func(_ v1alpha1.EBSSnapshotNotPublic, s inventory.EBSSnapshot, _ time.Time) posture.Verdict {
		if s.Public {
			return posture.Fail("Public", "everyone may restore it")
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.EBSSnapshotNotPublic](action.UnshareSnapshot{}),
	Mend: func(_ v1alpha1.EBSSnapshotNotPublic, s inventory.EBSSnapshot) []action.Action {
		return []action.Action{action.UnshareSnapshot{Snapshot: action.On(s)}}
	},
})
