package ec2

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Whoever launches without saying how the metadata service answers gets what the region says.
var ec2IMDSv2AccountDefault = posture.AddPlain(&Controls, posture.Plain[v1alpha1.EC2IMDSv2AccountDefault, inventory.Region, inventory.TokenRule]{
	ID:       "ec2-imdsv2-account-default",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.EC2IMDSv2AccountDefault { return p.Compute.EC2IMDSv2AccountDefault },
	Setting:  action.DefaultTokens,
	Want: func(_ v1alpha1.EC2IMDSv2AccountDefault, have inventory.TokenRule) inventory.TokenRule {
		return inventory.TokenRule{Tokens: "required", ByPolicy: have.ByPolicy}
	},
	Passes: func(have inventory.TokenRule) posture.Verdict {
		if have.ByPolicy {
			return posture.Inherited("a declarative policy of the organization requires IMDSv2")
		}
		return posture.Pass()
	},
	Fails: func(_ v1alpha1.EC2IMDSv2AccountDefault, have inventory.TokenRule) posture.Verdict {
		if have.Tokens == "" {
			return posture.Fail("NoDefault", "new instances get IMDSv1 unless their launch or image says otherwise")
		}
		return posture.Fail("IMDSv1", "new instances get HttpTokens %s", have.Tokens)
	},
	ByHand: func(_ v1alpha1.EC2IMDSv2AccountDefault, r inventory.Region) string {
		if have, err := r.DefaultTokens.Get(); err != nil || !have.ByPolicy {
			return ""
		}
		return declarativePolicy
	},
})

// declarativePolicy is what a person does where the organization decides.
const declarativePolicy = "a declarative policy of the organization sets it, and the account cannot: in the policies that " +
	"aws organizations list-policies-for-target --filter DECLARATIVE_POLICY_EC2 shows, set ec2_attributes.instance_metadata_defaults.http_tokens to required"
