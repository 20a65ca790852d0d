package read

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = made(inventory.SecurityContacts,
	single[inventory.SecurityContact](),
	asked(inventory.RegisteredContact, awsapi.Reads((*account.Client).GetAlternateContact), securityContactInput,
		securityContact, none[inventory.SecurityContact]("ResourceNotFoundException")),
)

// securityContactInput leaves the account unnamed, which is the caller's own: naming it needs a
// trusted organization.
func securityContactInput(inventory.Ref) *account.GetAlternateContactInput {
	return &account.GetAlternateContactInput{AlternateContactType: types.AlternateContactTypeSecurity}
}

func securityContact(out *account.GetAlternateContactOutput) (inventory.Contact, error) {
	contact := out.AlternateContact
	if contact == nil {
		return inventory.Contact{}, errNoContent
	}
	return inventory.Contact{
		Name: aws.ToString(contact.Name), Title: aws.ToString(contact.Title), Email: aws.ToString(contact.EmailAddress), Phone: aws.ToString(contact.PhoneNumber),
	}, nil
}
