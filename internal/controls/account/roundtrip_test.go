package account_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/account/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

func TestSecurityContactRoundTrip(t *testing.T) {
	declared := v1alpha1.Posture{Response: v1alpha1.ResponsePosture{AccountSecurityContact: &v1alpha1.AccountSecurityContact{
		Name: "Blue Team", Title: "Security", Email: "security@example.com", Phone: "+1 555 0100",
	}}}
	for name, registered := range map[string]*account.PutAlternateContactInput{
		"none": nil,
		"another": {
			AlternateContactType: types.AlternateContactTypeSecurity, Name: aws.String("Red Team"), Title: aws.String("Security"),
			EmailAddress: aws.String("red@example.com"), PhoneNumber: aws.String("+1 555 0199"),
		},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := fakeaws.New()
			admin := account.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
			if registered != nil {
				roundtrip.Done(t)(admin.PutAlternateContact(t.Context(), registered))
			}
			rig := roundtrip.New(cloud.Config(), cloud.Now, declared)
			rig.Mends(t, "account-security-contact", v1alpha1.Pass)
			rig.Rests(t, cloud, "account-security-contact", v1alpha1.Pass)
			got, err := admin.GetAlternateContact(t.Context(), &account.GetAlternateContactInput{AlternateContactType: types.AlternateContactTypeSecurity})
			roundtrip.Done(t)(got, err)
			if *got.AlternateContact.EmailAddress != "security@example.com" {
				t.Errorf("registered %+v", got.AlternateContact)
			}
		})
	}
}
