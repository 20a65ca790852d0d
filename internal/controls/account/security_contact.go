package account

import (
	"cmp"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// AWS warns of abuse and leaked keys by mail; without this contact the warning goes to whoever
// opened the account.
var securityContact = posture.AddPlain(&Controls, posture.Plain[v1alpha1.AccountSecurityContact, inventory.SecurityContact, inventory.Contact]{
	ID: "account-security-contact",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.AccountSecurityContact {
		return p.Response.AccountSecurityContact
	},
	Setting: action.SecurityContact,
	Want: func(leaf v1alpha1.AccountSecurityContact, _ inventory.Contact) inventory.Contact {
		return declaredContact(leaf)
	},
	Fails: func(leaf v1alpha1.AccountSecurityContact, have inventory.Contact) posture.Verdict {
		if have == (inventory.Contact{}) {
			return posture.Fail("NoSecurityContact", "no security contact is registered")
		}
		return posture.Fail("SecurityContactDiffers", "the registered contact differs from the declared one in: %s", have.Differs(declaredContact(leaf)))
	},
})

// declaredContact fills the title as the API server would.
func declaredContact(leaf v1alpha1.AccountSecurityContact) inventory.Contact {
	return inventory.Contact{Name: leaf.Name, Title: cmp.Or(leaf.Title, "Security"), Email: leaf.Email, Phone: leaf.Phone}
}
