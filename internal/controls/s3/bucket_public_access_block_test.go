package s3

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var blocks = map[string]struct {
	block inventory.Observed[inventory.PublicAccessBlock]
	want  v1alpha1.VerdictStatus
	why   string
	says  string
}{
	"all on":   {seen(inventory.AllBlocked), v1alpha1.Pass, "AsDeclared", ""},
	"one off":  {seen(inventory.PublicAccessBlock{BlockPublicAcls: true, IgnorePublicAcls: true, RestrictPublicBuckets: true}), v1alpha1.Fail, "PublicAccessOpen", "BlockPublicPolicy off"},
	"none":     {seen(inventory.PublicAccessBlock{}), v1alpha1.Fail, "PublicAccessOpen", "BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets off"},
	"denied":   {denied[inventory.PublicAccessBlock]("s3:GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"), v1alpha1.Unknown, v1alpha1.VerdictReadDenied, "missing permission s3:GetBucketPublicAccessBlock"},
	"not read": {inventory.Observed[inventory.PublicAccessBlock]{}, v1alpha1.Unknown, v1alpha1.VerdictNotRead, "the fact was not read"},
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

// The plan shows what is off, and what a run would leave.
func TestBlockingIsShown(t *testing.T) {
	b, a := box(), inventory.AccountPublicAccessBlock{Ref: inventory.Ref{Account: "111111111111", ID: "111111111111"}}
	b.PublicAccessBlock, a.Block = seen(inventory.PublicAccessBlock{BlockPublicAcls: true}), seen(inventory.PublicAccessBlock{BlockPublicAcls: true})
	for _, planned := range [][]action.Action{
		bucketPublicAccessBlock.Mend(v1alpha1.S3BucketPublicAccessBlock{}, b),
		accountPublicAccessBlock.Mend(v1alpha1.S3AccountPublicAccessBlock{}, a),
	} {
		if len(planned) != 1 {
			t.Fatalf("got %d actions, want one", len(planned))
		}
		d := planned[0].Describe()
		if d.From != "IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets off" || d.To != "all on" || d.Risk != v1alpha1.Disruptive {
			t.Errorf("got from %q to %q, %s", d.From, d.To, d.Risk)
		}
	}
}
