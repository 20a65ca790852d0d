package s3

import (
	"fmt"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// S3 answers plain HTTP unless the bucket's policy says no, and a signed request without TLS
// can be read by whoever carries it.
var tlsOnly = posture.Add(&Controls, posture.Over[v1alpha1.S3TLSOnly, inventory.Bucket]{
	ID: "s3-tls-only",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3TLSOnly {
		return p.DataInTransit.S3TLSOnly
	},
	Observe: inventory.BucketPolicy.Selection(),
	Judge: func(_ v1alpha1.S3TLSOnly, b inventory.Bucket, _ time.Time) posture.Verdict {
		policy, err := b.Policy.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		denies, err := iampolicy.DeniesWithoutTLS(policy, b.ARN)
		switch {
		case err != nil:
			return posture.Fail("PolicyUnreadable", "the bucket policy cannot be understood: %v", err)
		case denies:
			return posture.Pass()
		case policy == "":
			return posture.Fail("NoPolicy", "the bucket has no policy, so that requests without TLS are answered")
		}
		return posture.Fail("PlainHTTPAllowed", "the bucket policy does not deny everyone's requests without TLS")
	},
	Plans: posture.Always[v1alpha1.S3TLSOnly](action.DenyInsecureTransport{}),
	Mend: func(_ v1alpha1.S3TLSOnly, b inventory.Bucket) []action.Action {
		policy, _ := b.Policy.Get()
		merged, err := iampolicy.Merge(policy, iampolicy.DenyInsecureTransport(b.ARN))
		if err != nil || len(merged) > maxPolicy {
			return nil
		}
		return []action.Action{action.DenyInsecureTransport{Bucket: action.On(b), From: policy, To: merged}}
	},
	ByHand: func(_ v1alpha1.S3TLSOnly, b inventory.Bucket) string {
		statement, err := iampolicy.DenyInsecureTransport(b.ARN).Text()
		if err != nil {
			return err.Error()
		}
		return fmt.Sprintf("the policy has no room for a further statement (%d bytes at most) or is not clear: shorten or correct it with aws s3api put-bucket-policy --bucket %s --region %s --policy file://policy.json, and add %s", maxPolicy, b.ID, b.Region, statement)
	},
})

// maxPolicy is how many bytes S3 takes of a bucket's policy.
const maxPolicy = 20 * 1024
