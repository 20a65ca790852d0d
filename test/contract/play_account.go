package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"
)

func playAccount(p *play) {
	home := account.NewFromConfig(p.in("us-east-1"))
	security := types.AlternateContactTypeSecurity
	contact := func(name string) *account.PutAlternateContactInput {
		return &account.PutAlternateContactInput{
			AlternateContactType: security, Name: aws.String(name), Title: aws.String("Security"), EmailAddress: aws.String("security@example.com"), PhoneNumber: aws.String("+1 555 0100"),
		}
	}
	read := func(step string) {
		call(p, step, home.GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: security})
	}
	read("read no contact")
	call(p, "put a contact", home.PutAlternateContact, contact("Ada"))
	read("read the contact")
	call(p, "put it again", home.PutAlternateContact, contact("Ada"))
	call(p, "put another", home.PutAlternateContact, contact("Grace"))
	read("read the other")
	call(p, "read a contact elsewhere", account.NewFromConfig(p.in("eu-west-1")).GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: security})
	call(p, "read another kind of contact", home.GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: types.AlternateContactTypeBilling})
	call(p, "read a stranger's contact", account.NewFromConfig(p.as(stranger)).GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: security})
	call(p, "read a contact by the account's name", home.GetAlternateContact, &account.GetAlternateContactInput{AccountId: aws.String(p.script.Account), AlternateContactType: security})
	named := contact("Ada")
	named.AccountId = aws.String(p.script.Account)
	call(p, "put a contact by the account's name", home.PutAlternateContact, named)
	bad := contact("Ada")
	bad.EmailAddress = aws.String("no address")
	call(p, "put a contact without an address", home.PutAlternateContact, bad)
	read("read what is left")
	call(p, "delete the contact", home.DeleteAlternateContact, &account.DeleteAlternateContactInput{AlternateContactType: security})
	read("read the contact deleted")
	call(p, "delete the contact again", home.DeleteAlternateContact, &account.DeleteAlternateContactInput{AlternateContactType: security})
}
