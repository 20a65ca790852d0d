package s3

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// An account-wide block can be lifted by one call, so each bucket holds its own.
var bucketPublicAccessBlock = posture.Add(&Controls, posture.Over[v1alpha1.S3BucketPublicAccessBlock, inventory.Bucket]{
	ID: "s3-bucket-public-access-block",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3BucketPublicAccessBlock {
		return p.DataAtRest.S3BucketPublicAccessBlock
	},
	Observe: inventory.Buckets.With(inventory.BucketPublicAccessBlock),
	Judge: func(_ v1alpha1.S3BucketPublicAccessBlock, b inventory.Bucket, _ time.Time) posture.Verdict {
		block, err := b.PublicAccessBlock.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		if gaps := block.Gaps(); gaps != "" {
			return posture.Fail("PublicAccessOpen", "%s off", gaps)
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.S3BucketPublicAccessBlock](action.BlockBucketPublicAccess{}),
	Mend: func(_ v1alpha1.S3BucketPublicAccessBlock, b inventory.Bucket) []action.Action {
		block, _ := b.PublicAccessBlock.Get()
		return []action.Action{action.BlockBucketPublicAccess{Bucket: action.On(b), From: block}}
	},
})
