package s3

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// What is overwritten or deleted by mistake or by ransom can be had back only if it was kept.
var bucketVersioning = posture.AddPlain(&Controls, posture.Plain[v1alpha1.S3BucketVersioning, inventory.Bucket, inventory.Versioning]{
	ID: "s3-bucket-versioning",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3BucketVersioning {
		return p.DataAtRest.S3BucketVersioning
	},
	Setting: action.BucketVersioning,
	Want: func(_ v1alpha1.S3BucketVersioning, have inventory.Versioning) inventory.Versioning {
		return have.As(inventory.VersioningOn)
	},
	Fails: func(_ v1alpha1.S3BucketVersioning, have inventory.Versioning) posture.Verdict {
		if have.Status == inventory.VersioningNever {
			return posture.Fail("NeverVersioned", "versioning was never turned on")
		}
		return posture.Fail("VersioningSuspended", "versioning is %s", have)
	},
	ByHand: func(_ v1alpha1.S3BucketVersioning, b inventory.Bucket) string {
		if versioning, _ := b.Versioning.Get(); !versioning.MFADelete {
			return ""
		}
		return fmt.Sprintf("MFA Delete is on: only the root user can change versioning, with its MFA code: aws s3api put-bucket-versioning --bucket %s --region %s --versioning-configuration Status=Enabled,MFADelete=Enabled --mfa \"MFA_SERIAL CODE\"", b.ID, b.Region)
	},
})
