package account

import (
	"cmp"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// AWS warns of abuse and leaked keys by mail; without this contact the warning goes to whoever
// opened the account.
var securityContact = posture.Add(&Controls, posture.Over[v1alpha1.AccountSecurityContact, inventory.SecurityContact]{
	ID: "account-security-contact",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.AccountSecurityContact {
		return p.Response.AccountSecurityContact
	},
	Observe: inventory.SecurityContacts.With(),
	Judge: func(leaf v1alpha1.AccountSecurityContact, a inventory.SecurityContact, _ time.Time) posture.Verdict {
		contact, err := a.Contact.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		if contact == (inventory.Contact{}) {
			return posture.Fail("NoSecurityContact", "no security contact is registered")
		}
		if fields := contact.Differs(declaredContact(leaf)); fields != "" {
			return posture.Fail("SecurityContactDiffers", "the registered contact differs from the declared one in: %s", fields)
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.AccountSecurityContact](action.PutSecurityContact{}),
	Mend: func(leaf v1alpha1.AccountSecurityContact, a inventory.SecurityContact) []action.Action {
		contact, _ := a.Contact.Get()
		return []action.Action{action.PutSecurityContact{Account: action.On(a), From: contact, To: declaredContact(leaf)}}
	},
})

// declaredContact fills the title as the API server would.
func declaredContact(leaf v1alpha1.AccountSecurityContact) inventory.Contact {
	return inventory.Contact{Name: leaf.Name, Title: cmp.Or(leaf.Title, "Security"), Email: leaf.Email, Phone: leaf.Phone}
}
