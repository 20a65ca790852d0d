package s3

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A bucket's own block guards that bucket; the account's guards the next one too.
var accountPublicAccessBlock = posture.Add(&Controls, posture.Over[v1alpha1.S3AccountPublicAccessBlock, inventory.AccountPublicAccessBlock]{
	ID: "s3-account-public-access-block",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3AccountPublicAccessBlock {
		return p.DataAtRest.S3AccountPublicAccessBlock
	},
	Observe: inventory.AccountPublicAccessBlocks.With(),
	Judge: func(_ v1alpha1.S3AccountPublicAccessBlock, a inventory.AccountPublicAccessBlock, _ time.Time) posture.Verdict {
		block, err := a.Block.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		if gaps := block.Gaps(); gaps != "" {
			return posture.Fail("PublicAccessOpen", "%s off for the account", gaps)
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.S3AccountPublicAccessBlock](action.BlockAccountPublicAccess{}),
	Mend: func(_ v1alpha1.S3AccountPublicAccessBlock, a inventory.AccountPublicAccessBlock) []action.Action {
		block, _ := a.Block.Get()
		return []action.Action{action.BlockAccountPublicAccess{Account: action.On(a), From: block}}
	},
})
