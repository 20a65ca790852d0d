package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func securityContacts(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.SecurityContact, error) {
	contact, err := SecurityContact(ctx, s.Session)
	return []inventory.SecurityContact{{Ref: s.ref("AWS::::Account", "", s.Account, ""), Contact: observed(s, contact, err)}}, nil
}

// SecurityContact reads the account's contact for security; empty where none is registered. The
// account is the caller's own, so it goes unnamed: naming it needs a trusted organization.
func SecurityContact(ctx context.Context, s *awsapi.Session) (inventory.Contact, error) {
	out, err := s.In(s.Home).Account().GetAlternateContact(ctx, &account.GetAlternateContactInput{AlternateContactType: types.AlternateContactTypeSecurity})
	if fault.Code(err) == "ResourceNotFoundException" {
		return inventory.Contact{}, nil
	}
	if err != nil {
		return inventory.Contact{}, fmt.Errorf("reading the security contact: %w", err)
	}
	contact := out.AlternateContact
	if contact == nil {
		return inventory.Contact{}, fmt.Errorf("reading the security contact: %w", errNoContent)
	}
	return inventory.Contact{
		Name: aws.ToString(contact.Name), Title: aws.ToString(contact.Title), Email: aws.ToString(contact.EmailAddress), Phone: aws.ToString(contact.PhoneNumber),
	}, nil
}
