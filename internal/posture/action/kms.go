package action

import (
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var kmsTypes = []Action{RecoverKey{}}

// KeyRotation is how often a key rotates. Old ciphertext stays readable, so it is safe.
var KeyRotation = sets(Setting[inventory.Key, inventory.Rotation]{
	Type:  "EnableKeyRotation",
	Fact:  inventory.KeyRotation,
	Title: "rotate key {id}",
	Risk:  v1alpha1.Safe,
	CallOf: func(to inventory.Rotation) string {
		return onOff(to.Enabled, "kms:EnableKeyRotation", "kms:DisableKeyRotation")
	},
	Was: Was[inventory.Rotation]{Target: "key", To: always(inventory.Rotation{Enabled: true}), Part: "periodDays"},
})

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
