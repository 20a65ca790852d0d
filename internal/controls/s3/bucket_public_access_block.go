package s3

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// An account-wide block can be lifted by one call, so each bucket holds its own.
var bucketPublicAccessBlock = posture.AddPlain(&Controls, posture.Plain[v1alpha1.S3BucketPublicAccessBlock, inventory.Bucket, inventory.PublicAccessBlock]{
	ID: "s3-bucket-public-access-block",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3BucketPublicAccessBlock {
		return p.DataAtRest.S3BucketPublicAccessBlock
	},
	Setting: action.BucketPublicAccess,
	Want:    posture.To[v1alpha1.S3BucketPublicAccessBlock](inventory.AllBlocked),
	Reason:  "PublicAccessOpen",
	Says:    "{have}",
})
