package action

import (
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Use is how an action keeps a last use: never, of late, or the day. A credential in daily use
// would otherwise be another action every day, and no approval of it would hold.
type Use string

// Uses that are no day.
const (
	NeverUsed  Use = "never"
	UsedOfLate Use = "of late"
)

// UseOf returns how the last use stands at a moment; zero is never.
func UseOf(lastUsed, asOf time.Time) Use {
	switch {
	case lastUsed.IsZero():
		return NeverUsed
	case inventory.Days(lastUsed, asOf) <= inventory.InUseDays:
		return UsedOfLate
	}
	return Use(day(lastUsed))
}

func (u Use) String() string {
	switch u {
	case NeverUsed:
		return "never used"
	case UsedOfLate:
		return fmt.Sprintf("in use: last used within %d days", inventory.InUseDays)
	}
	return "last used " + string(u)
}

// DeactivateAccessKey makes a user's access key inactive. It can be made active again; nothing
// is deleted. Whatever still signs with it is cut off.
type DeactivateAccessKey struct {
	User Target `json:"user"`
	Key  string `json:"key"`
	// Created is the day.
	Created string `json:"created"`
	Use     Use    `json:"use"`
}

// DeactivateKeyOf returns the action on a key as it was read at the moment.
func DeactivateKeyOf(user inventory.Resource, key inventory.AccessKey, asOf time.Time) DeactivateAccessKey {
	return DeactivateAccessKey{User: On(user), Key: key.ID, Created: day(key.Created), Use: UseOf(key.LastUsed, asOf)}
}

// Describe implements Action.
func (a DeactivateAccessKey) Describe() Description {
	return Description{
		Target:     a.User.Ref(),
		Collection: inventory.Credentials.Name,
		Setting:    "AccessKey " + a.Key,
		Title:      fmt.Sprintf("deactivate access key %s of user %s (%s)", a.Key, a.User.ID, a.Use),
		From:       fmt.Sprintf("Active, created %s, %s", a.Created, a.Use),
		To:         "Inactive; kept, and can be made active again",
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"iam:UpdateAccessKey"},
	}
}

// Undo implements Action.
func (a DeactivateAccessKey) Undo(done []string) Undoing {
	return Undoing{Calls: done, To: "Active"}
}

// DeletePassword deletes a user's console password. The password itself cannot be kept.
type DeletePassword struct {
	User Target `json:"user"`
	// Changed is when the password was set, LastUsed when somebody signed in; nil is never.
	Changed  time.Time  `json:"changed"`
	LastUsed *time.Time `json:"lastUsed,omitempty"`
}

// DeletePasswordOf returns the action on a password as it was read.
func DeletePasswordOf(user inventory.Resource, password inventory.Password) DeletePassword {
	a := DeletePassword{User: On(user), Changed: password.Changed.UTC()}
	if !password.LastUsed.IsZero() {
		used := password.LastUsed.UTC()
		a.LastUsed = &used
	}
	return a
}

// Describe implements Action.
func (a DeletePassword) Describe() Description {
	used := "never used"
	if a.LastUsed != nil {
		used = "last used " + day(*a.LastUsed)
	}
	return Description{
		Target:     a.User.Ref(),
		Collection: inventory.Credentials.Name,
		Setting:    "Password",
		Title:      fmt.Sprintf("delete the console password of user %s (it cannot be brought back, only a new one set)", a.User.ID),
		From:       fmt.Sprintf("console password, set %s, %s", day(a.Changed), used),
		To:         "no console password; access keys are not touched",
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"iam:DeleteLoginProfile"},
	}
}

// Undo implements Action.
func (a DeletePassword) Undo([]string) Undoing {
	return never("a deleted password cannot be brought back; somebody has to set a new one")
}
