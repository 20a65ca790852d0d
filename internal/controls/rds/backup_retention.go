package rds

import (
	"cmp"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// usualDays are declared where nothing else is.
const usualDays = 7

// What is deleted or spoiled comes back from a backup only as far as backups reach.
var backupRetention = posture.AddPlain(&Controls, posture.Plain[v1alpha1.RDSBackupRetention, inventory.DBInstance, int32]{
	ID:       "rds-backup-retention",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.RDSBackupRetention { return p.DataAtRest.RDSBackupRetention },
	Setting:  action.DBInstanceBackups,
	Want: func(leaf v1alpha1.RDSBackupRetention, have int32) int32 {
		return max(have, cmp.Or(leaf.MinDays, usualDays))
	},
	Reason: "BackupsTooShort",
	Says:   "automated backups are kept for {have}, declared are {want}",
	Apart: func(_ v1alpha1.RDSBackupRetention, db inventory.DBInstance) (posture.Verdict, bool) {
		switch {
		case db.Cluster != "":
			return posture.DoesNotApply("ClusterBackups", "its cluster %s keeps the backups", db.Cluster), true
		case db.ReplicaOf != "":
			return posture.DoesNotApply("Replica", "a replica of %s, whose backups count", db.ReplicaOf), true
		}
		return posture.Verdict{}, false
	},
	ByHand: func(_ v1alpha1.RDSBackupRetention, db inventory.DBInstance) string {
		switch {
		case db.BackupPlanned:
			return "AWS Backup keeps its backups: change the retention in its backup plan"
		case db.Pending:
			return "other changes of it are pending, and to change this at once would take them along: let them be done, or drop them"
		}
		return ""
	},
})
