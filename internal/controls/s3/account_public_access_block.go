package s3

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A bucket's own block guards that bucket; the account's guards the next one too.
var accountPublicAccessBlock = posture.AddPlain(&Controls, posture.Plain[v1alpha1.S3AccountPublicAccessBlock, inventory.AccountPublicAccessBlock, inventory.PublicAccessBlock]{
	ID: "s3-account-public-access-block",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3AccountPublicAccessBlock {
		return p.DataAtRest.S3AccountPublicAccessBlock
	},
	Setting: action.AccountPublicAccess,
	Want:    posture.To[v1alpha1.S3AccountPublicAccessBlock](inventory.AllBlocked),
	Reason:  "PublicAccessOpen",
	Says:    "{have} for the account",
})
