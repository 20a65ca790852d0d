package action

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// KeepLogs makes a log group keep its logs longer. Storage is billed by volume.
type KeepLogs struct {
	Group Target `json:"group"`
	// From and To are days.
	From int32 `json:"from"`
	To   int32 `json:"to"`
}

// Describe implements Action.
func (a KeepLogs) Describe() Description {
	return Description{
		Target:     a.Group.Ref(),
		Collection: inventory.LogGroups.Name,
		Setting:    "Retention",
		Title:      fmt.Sprintf("keep the logs of group %s for %d days", a.Group.ID, a.To),
		From:       fmt.Sprintf("%d days", a.From),
		To:         fmt.Sprintf("%d days", a.To),
		Risk:       v1alpha1.Safe,
		Calls:      []string{"logs:PutRetentionPolicy"},
	}
}

// Undo implements Action.
func (a KeepLogs) Undo([]string) Undoing {
	return never("keeping them for a shorter time would delete logs, and evidence is not deleted")
}
