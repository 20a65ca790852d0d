package action

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// SetPasswordPolicy sets every field of the account's password policy: AWS resets what is left
// out. No field gets weaker.
type SetPasswordPolicy struct {
	Account Target                  `json:"account"`
	From    inventory.PasswordRules `json:"from"`
	To      inventory.PasswordRules `json:"to"`
}

// Describe implements Action.
func (a SetPasswordPolicy) Describe() Description {
	title, risk := "strengthen the account's password policy", v1alpha1.Safe
	// What new passwords must be like touches nobody today; an age that is reached does.
	if a.To.MaxAgeDays != a.From.MaxAgeDays {
		title += fmt.Sprintf(" (passwords older than %d days expire at once%s)", a.To.MaxAgeDays, a.lockedOut())
		risk = v1alpha1.Disruptive
	}
	return Description{
		Target:     a.Account.Ref(),
		Collection: inventory.PasswordPolicies.Name,
		Setting:    "PasswordPolicy",
		Title:      title,
		From:       a.From.String(),
		To:         a.To.String(),
		Risk:       risk,
		Calls:      []string{"iam:UpdateAccountPasswordPolicy"},
	}
}

// Undo implements Action. Passwords that expired by it are good again.
func (a SetPasswordPolicy) Undo(done []string) Undoing {
	if !a.From.Set {
		return back("iam:DeleteAccountPasswordPolicy")
	}
	return back(done...)
}

func (a SetPasswordPolicy) lockedOut() string {
	if a.To.HardExpiry {
		return ", and only an administrator can set a new one"
	}
	return ""
}
