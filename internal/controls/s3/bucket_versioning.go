package s3

import (
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// What is overwritten or deleted by mistake or by ransom can be had back only if it was kept.
var bucketVersioning = posture.Add(&Controls, posture.Over[v1alpha1.S3BucketVersioning, inventory.Bucket]{
	ID: "s3-bucket-versioning",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3BucketVersioning {
		return p.DataAtRest.S3BucketVersioning
	},
	Observe: inventory.Buckets.With(inventory.BucketVersioning),
	Judge: func(_ v1alpha1.S3BucketVersioning, b inventory.Bucket, _ time.Time) posture.Verdict {
		versioning, err := b.Versioning.Get()
		switch {
		case err != nil:
			return posture.Unknown(err)
		case versioning.Status == inventory.VersioningOn:
			return posture.Pass()
		case versioning.Status == inventory.VersioningNever:
			return posture.Fail("NeverVersioned", "versioning was never turned on")
		}
		return posture.Fail("VersioningSuspended", "versioning is %s", versioning)
	},
	Plans: posture.Always[v1alpha1.S3BucketVersioning](action.EnableBucketVersioning{}),
	Mend: func(_ v1alpha1.S3BucketVersioning, b inventory.Bucket) []action.Action {
		versioning, _ := b.Versioning.Get()
		if versioning.MFADelete {
			return nil
		}
		return []action.Action{action.EnableBucketVersioning{Bucket: action.On(b), From: versioning}}
	},
	ByHand: func(_ v1alpha1.S3BucketVersioning, b inventory.Bucket) string {
		return fmt.Sprintf("MFA Delete is on: only the root user can change versioning, with its MFA code: aws s3api put-bucket-versioning --bucket %s --region %s --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa \"MFA_SERIAL CODE\"", b.ID, b.Region)
	},
})
