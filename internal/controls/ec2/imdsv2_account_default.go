package ec2

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Whoever launches without saying how the metadata service answers gets what the region says.
var ec2IMDSv2AccountDefault = posture.Add(&Controls, posture.Over[v1alpha1.EC2IMDSv2AccountDefault, inventory.MetadataDefault]{
	ID:       "ec2-imdsv2-account-default",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.EC2IMDSv2AccountDefault { return p.Compute.EC2IMDSv2AccountDefault },
	Observe:  inventory.MetadataDefaults.With(),
	Judge: func(_ v1alpha1.EC2IMDSv2AccountDefault, d inventory.MetadataDefault, _ time.Time) posture.Verdict {
		switch {
		case d.Tokens == "required" && d.ByPolicy:
			return posture.Inherited("a declarative policy of the organization requires IMDSv2")
		case d.Tokens == "required":
			return posture.Pass()
		case d.Tokens == "":
			return posture.Fail("NoDefault", "new instances get IMDSv1 unless their launch or image says otherwise")
		}
		return posture.Fail("IMDSv1", "new instances get HttpTokens %s", d.Tokens)
	},
	Plans: posture.Always[v1alpha1.EC2IMDSv2AccountDefault](action.RequireIMDSv2ByDefault{}),
	Mend: func(_ v1alpha1.EC2IMDSv2AccountDefault, d inventory.MetadataDefault) []action.Action {
		if d.ByPolicy {
			return nil
		}
		return []action.Action{action.RequireIMDSv2ByDefault{Region: action.On(d), From: d.Tokens}}
	},
	ByHand: func(v1alpha1.EC2IMDSv2AccountDefault, inventory.MetadataDefault) string {
		return declarativePolicy
	},
})

// declarativePolicy is what a person does where the organization decides.
const declarativePolicy = "a declarative policy of the organization sets it, and the account cannot: in the policies that " +
	"aws organizations list-policies-for-target --filter DECLARATIVE_POLICY_EC2 shows, set ec2_attributes.instance_metadata_defaults.http_tokens to required"
