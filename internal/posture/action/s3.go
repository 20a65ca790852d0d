package action

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var s3Types = []Action{BlockBucketPublicAccess{}}

// BlockBucketPublicAccess turns all four parts of a bucket's Block Public Access on. It is
// disruptive: whoever reads the bucket without credentials is cut off.
type BlockBucketPublicAccess struct {
	Bucket Target                      `json:"bucket"`
	From   inventory.PublicAccessBlock `json:"from"`
}

// Describe implements Action.
func (a BlockBucketPublicAccess) Describe() Description {
	return Description{
		Target:     a.Bucket.Ref(),
		Collection: inventory.Buckets.Name,
		Setting:    "PublicAccessBlock",
		Title:      "block public access of bucket " + a.Bucket.ID,
		From:       a.From.String(),
		To:         inventory.AllBlocked.String(),
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"s3:PutPublicAccessBlock"},
	}
}
