package s3

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestBucketPublicAccessBlock(t *testing.T) {
	open := inventory.AllBlocked
	open.BlockPublicPolicy = false
	for name, row := range map[string]struct {
		block inventory.Observed[inventory.PublicAccessBlock]
		want  v1alpha1.VerdictStatus
		says  string
	}{
		"all on":   {inventory.Seen(inventory.AllBlocked, asOf), v1alpha1.Pass, ""},
		"one off":  {inventory.Seen(open, asOf), v1alpha1.Fail, "BlockPublicPolicy off"},
		"none":     {inventory.Seen(inventory.PublicAccessBlock{}, asOf), v1alpha1.Fail, "BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets off"},
		"denied":   {inventory.Unseen[inventory.PublicAccessBlock](fault.DeniedRead("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock")), v1alpha1.Unknown, "s3:GetPublicAccessBlock: missing permission s3:GetBucketPublicAccessBlock"},
		"not read": {inventory.Observed[inventory.PublicAccessBlock]{}, v1alpha1.Unknown, "the fact was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := bucketPublicAccessBlock.Judge(v1alpha1.S3BucketPublicAccessBlock{}, inventory.Bucket{PublicAccessBlock: row.block}, asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
}
