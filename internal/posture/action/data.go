package action

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var dataTypes = []Action{UnpublishDBSnapshot{}}

// UnpublishDBSnapshot takes everyone out of those who may restore a database snapshot; accounts
// that are named keep it. It is disruptive: a stranger's use may be a wanted one.
type UnpublishDBSnapshot struct {
	Snapshot Target              `json:"snapshot"`
	From     inventory.DBSharing `json:"from"`
}

// Describe implements Action.
func (a UnpublishDBSnapshot) Describe() Description {
	call := "rds:ModifyDBSnapshotAttribute"
	if a.Snapshot.Type == inventory.DBClusterSnapshotType {
		call = "rds:ModifyDBClusterSnapshotAttribute"
	}
	return Description{
		Target:     a.Snapshot.Ref(),
		Collection: inventory.DBSnapshots.Name,
		Setting:    "Sharing",
		Title:      "stop sharing database snapshot " + a.Snapshot.ID + " with everyone",
		From:       "restored by " + a.From.String(),
		To:         "restored by " + a.From.Private().String(),
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{call},
	}
}

// Undo implements Action.
func (a UnpublishDBSnapshot) Undo(done []string) Undoing { return back(done...) }

// PointInTimeRecovery keeps a table restorable to any second of the last 35 days; the backups
// are billed by size.
var PointInTimeRecovery = sets(Setting[inventory.Table, bool]{
	Type:   "EnablePointInTimeRecovery",
	Fact:   inventory.TablePointInTimeRecovery,
	Title:  "enable point-in-time recovery of table {id}",
	Risk:   v1alpha1.Costly,
	Call:   "dynamodb:UpdateContinuousBackups",
	Undone: Undoing{To: "off; the backups of the table that were kept so far are lost", Risk: v1alpha1.Irreversible},
	Was:    Was[bool]{Target: "table", Bare: true, To: always(true)},
})

// DBInstancePublic is whether an RDS instance has a public address. To take it away is
// disruptive: whoever comes to it from outside its VPC is cut off.
var DBInstancePublic = sets(Setting[inventory.DBInstance, bool]{
	Type:  "HideDBInstance",
	Fact:  inventory.DBInstancePublic,
	Title: "take the public address of database {id}",
	Text:  func(public bool) string { return onOff(public, "public", "in its VPC only") },
	Risk:  v1alpha1.Disruptive,
	Call:  "rds:ModifyDBInstance",
})

// DBInstanceMinorUpgrades is whether an RDS instance takes minor versions by itself, in its
// maintenance window.
var DBInstanceMinorUpgrades = sets(Setting[inventory.DBInstance, bool]{
	Type:  "UpgradeDBInstance",
	Fact:  inventory.DBInstanceMinorUpgrades,
	Title: "let database {id} take minor versions by itself",
	Risk:  v1alpha1.Safe,
	Call:  "rds:ModifyDBInstance",
})

// DBInstanceBackups are the days for which RDS keeps automated backups of an instance. More of
// them are paid for; to start with them, or to stop, takes the instance away for a moment (Amazon
// RDS User Guide, Settings for DB instances).
var DBInstanceBackups = sets(Setting[inventory.DBInstance, int32]{
	Type:  "KeepDBBackups",
	Fact:  inventory.DBInstanceBackupDays,
	Title: "keep automated backups of database {id} for {to}",
	Text:  func(days int32) string { return fmt.Sprintf("%d days", days) },
	RiskOf: func(from, _ int32) v1alpha1.Risk {
		if from == 0 {
			return v1alpha1.Disruptive
		}
		return v1alpha1.Costly
	},
	Call:  "rds:ModifyDBInstance",
	Never: "RDS would delete at once the backups that are older than it kept before: set the days back by hand",
})
