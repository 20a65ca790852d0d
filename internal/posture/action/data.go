package action

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var dataTypes = []Action{UnpublishDBSnapshot{}, EnablePointInTimeRecovery{}}

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

// EnablePointInTimeRecovery keeps a table restorable to any second of the last 35 days. It is
// costly: the backups are billed by size.
type EnablePointInTimeRecovery struct {
	Table Target `json:"table"`
}

// Describe implements Action.
func (a EnablePointInTimeRecovery) Describe() Description {
	return Description{
		Target:     a.Table.Ref(),
		Collection: inventory.Tables.Name,
		Setting:    "PointInTimeRecovery",
		Title:      "enable point-in-time recovery of table " + a.Table.ID,
		From:       "off",
		To:         "on",
		Risk:       v1alpha1.Costly,
		Calls:      []string{"dynamodb:UpdateContinuousBackups"},
	}
}

// Undo implements Action. Nothing brings the backups back.
func (a EnablePointInTimeRecovery) Undo(done []string) Undoing {
	return Undoing{Calls: done, To: "off; the backups of the table that were kept so far are lost", Risk: v1alpha1.Irreversible}
}
