package s3

import (
	"cmp"
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// CloudTrail tells who changed a bucket; who read what is in it, only its own log.
var accessLogging = posture.AddPlain(&Controls, posture.Plain[v1alpha1.S3AccessLogging, inventory.Bucket, inventory.AccessLog]{
	ID:       "s3-access-logging",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3AccessLogging { return p.Logging.S3AccessLogging },
	Setting:  action.BucketAccessLog,
	Apart: func(leaf v1alpha1.S3AccessLogging, b inventory.Bucket) (posture.Verdict, bool) {
		return posture.DoesNotApply("TakesLogs", "it takes the logs of the others: one of its own would log itself without end"), b.ID == leaf.BucketName
	},
	Want: func(leaf v1alpha1.S3AccessLogging, have inventory.AccessLog) inventory.AccessLog {
		return cmp.Or(have, inventory.AccessLog{Bucket: leaf.BucketName})
	},
	Reason: "NoAccessLog",
	Says:   "the access log is off",
	ByHand: func(leaf v1alpha1.S3AccessLogging, b inventory.Bucket) string {
		if b.Region == leaf.Region {
			return ""
		}
		return fmt.Sprintf("S3 delivers to a bucket of the same region only: aws s3api put-bucket-logging --bucket %s --region %s --bucket-logging-status "+
			`'{"LoggingEnabled":{"TargetBucket":"A_BUCKET_IN_%s","TargetPrefix":""}}'`, b.ID, b.Region, b.Region)
	},
})
