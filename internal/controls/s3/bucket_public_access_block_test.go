package s3

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var blocks = map[string]struct {
	block inventory.Observed[inventory.PublicAccessBlock]
	want  v1alpha1.VerdictStatus
	why   string
	says  string
}{
	"all on":  {seen(inventory.AllBlocked), v1alpha1.Pass, "AsDeclared", ""},
	"one off": {seen(inventory.PublicAccessBlock{BlockPublicAcls: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}), v1alpha1.Fail, "PublicAccessOpen", "BlockPublicPolicy off"},
	"none":    {seen(inventory.PublicAccessBlock{}), v1alpha1.Fail, "PublicAccessOpen", "BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets off"},
}

func TestBucketPublicAccessBlock(t *testing.T) {
	for name, row := range blocks {
		t.Run(name, func(t *testing.T) {
			b := box()
			b.PublicAccessBlock = row.block
			expect(t, bucketPublicAccessBlock.Judge(v1alpha1.S3BucketPublicAccessBlock{}, b, asOf), row.want, row.why, row.says)
		})
	}
}

func TestAccountPublicAccessBlock(t *testing.T) {
	for name, row := range blocks {
		t.Run(name, func(t *testing.T) {
			a := inventory.AccountPublicAccessBlock{Block: row.block}
			expect(t, accountPublicAccessBlock.Judge(v1alpha1.S3AccountPublicAccessBlock{}, a, asOf), row.want, row.why, row.says)
		})
	}
}
