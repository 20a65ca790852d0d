package action

import (
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var kmsTypes = []Action{EnableKeyRotation{}, RecoverKey{}}

// EnableKeyRotation makes a key rotate, or rotate more often. Old ciphertext stays readable, so
// it is safe.
type EnableKeyRotation struct {
	Key        Target             `json:"key"`
	From       inventory.Rotation `json:"from"`
	PeriodDays int32              `json:"periodDays"`
}

// Describe implements Action.
func (a EnableKeyRotation) Describe() Description {
	return Description{
		Target:     a.Key.Ref(),
		Collection: inventory.Keys.Name,
		Setting:    "Rotation",
		Title:      "rotate key " + a.Key.ID,
		From:       a.From.String(),
		To:         inventory.Rotation{Enabled: true, PeriodDays: a.PeriodDays}.String(),
		Risk:       v1alpha1.Safe,
		Calls:      []string{"kms:EnableKeyRotation"},
	}
}

// Undo implements Action.
func (a EnableKeyRotation) Undo(done []string) Undoing {
	if !a.From.Enabled {
		return back("kms:DisableKeyRotation")
	}
	return back(done...)
}

// RecoverKey cancels a key's deletion and enables it again: KMS leaves a key whose deletion was
// cancelled disabled, and what it encrypted unreadable.
type RecoverKey struct {
	Key          Target    `json:"key"`
	DeletionDate time.Time `json:"deletionDate"`
}

// Describe implements Action.
func (a RecoverKey) Describe() Description {
	return Description{
		Target:     a.Key.Ref(),
		Collection: inventory.Keys.Name,
		Setting:    "Deletion",
		Title:      "cancel the deletion of key " + a.Key.ID,
		From:       fmt.Sprintf("deleted on %s", a.DeletionDate.UTC().Format(time.DateOnly)),
		To:         "enabled",
		Risk:       v1alpha1.Safe,
		Calls:      []string{"kms:CancelKeyDeletion", "kms:EnableKey"},
	}
}

// Undo implements Action.
func (a RecoverKey) Undo([]string) Undoing {
	return never("the operator deletes no key; who wants it deleted schedules that again")
}
