package s3

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestBucketVersioning(t *testing.T) {
	for name, row := range map[string]struct {
		versioning inventory.Observed[inventory.Versioning]
		want       v1alpha1.VerdictStatus
		why        string
		says       string
	}{
		"on":               {seen(inventory.Versioning{Status: inventory.VersioningOn}), v1alpha1.Pass, "AsDeclared", ""},
		"on, MFA Delete":   {seen(inventory.Versioning{Status: inventory.VersioningOn, MFADelete: true}), v1alpha1.Pass, "AsDeclared", ""},
		"never":            {seen(inventory.Versioning{}), v1alpha1.Fail, "NeverVersioned", "never turned on"},
		"suspended":        {seen(inventory.Versioning{Status: inventory.VersioningSuspended}), v1alpha1.Fail, "VersioningSuspended", "versioning is suspended"},
		"a status to come": {seen(inventory.Versioning{Status: "Paused"}), v1alpha1.Fail, "VersioningSuspended", "versioning is paused"},
	} {
		t.Run(name, func(t *testing.T) {
			b := box()
			b.Versioning = row.versioning
			expect(t, bucketVersioning.Judge(v1alpha1.S3BucketVersioning{}, b, asOf), row.want, row.why, row.says)
		})
	}
}

// Only the root user's MFA code changes versioning where MFA Delete is on.
func TestBucketVersioningUnderMFADelete(t *testing.T) {
	b := box()
	b.Versioning = seen(inventory.Versioning{Status: inventory.VersioningSuspended, MFADelete: true})
	leaf := v1alpha1.S3BucketVersioning{}
	if planned := bucketVersioning.Mend(leaf, b); len(planned) != 0 {
		t.Errorf("planned %v, want nothing", planned)
	}
	if says := bucketVersioning.ByHand(leaf, b); !strings.Contains(says, "put-bucket-versioning --bucket box --region eu-west-1") || !strings.Contains(says, "--mfa") {
		t.Errorf("by hand: %s", says)
	}
	b.Versioning = seen(inventory.Versioning{Status: inventory.VersioningSuspended})
	if planned := bucketVersioning.Mend(leaf, b); len(planned) != 1 || planned[0].Describe().Risk != v1alpha1.Safe {
		t.Errorf("planned %v, want one safe action", planned)
	}
}
