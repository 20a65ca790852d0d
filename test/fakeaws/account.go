package fakeaws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"
)

// contactState is an account's alternate contacts.
type contactState struct {
	contacts map[types.AlternateContactType]types.AlternateContact
}

func serveAccount(c *Cloud) {
	on(c, func(r *Request, in *account.GetAlternateContactInput) (*account.GetAlternateContactOutput, error) {
		contacts, err := r.contacts(in.AccountId)
		if err != nil {
			return nil, err
		}
		contact, ok := contacts[in.AlternateContactType]
		if !ok {
			return nil, noContact()
		}
		return &account.GetAlternateContactOutput{AlternateContact: &contact}, nil
	})
	on(c, func(r *Request, in *account.PutAlternateContactInput) (*account.PutAlternateContactOutput, error) {
		contacts, err := r.contacts(in.AccountId)
		if err != nil {
			return nil, err
		}
		contacts[in.AlternateContactType] = types.AlternateContact{
			AlternateContactType: in.AlternateContactType, Name: in.Name, Title: in.Title, EmailAddress: in.EmailAddress, PhoneNumber: in.PhoneNumber,
		}
		return &account.PutAlternateContactOutput{}, nil
	})
	on(c, func(r *Request, in *account.DeleteAlternateContactInput) (*account.DeleteAlternateContactOutput, error) {
		contacts, err := r.contacts(in.AccountId)
		if err != nil {
			return nil, err
		}
		if _, ok := contacts[in.AlternateContactType]; !ok {
			return nil, noContact()
		}
		delete(contacts, in.AlternateContactType)
		return &account.DeleteAlternateContactOutput{}, nil
	})
}

// contacts are the caller's own. No account here is an organization's, so none may be named.
func (r *Request) contacts(named *string) (map[types.AlternateContactType]types.AlternateContact, error) {
	if named != nil {
		return nil, &types.AccessDeniedException{Message: aws.String("User: " + r.Caller + " is not authorized to perform: " + r.Operation + " (Your organization must first enable trusted access with AWS Account Management.)")}
	}
	state := global[contactState](r)
	if state.contacts == nil {
		state.contacts = map[types.AlternateContactType]types.AlternateContact{}
	}
	return state.contacts, nil
}

func noContact() error {
	return &types.ResourceNotFoundException{Message: aws.String("No contact of the inputted alternate contact type found.")}
}
