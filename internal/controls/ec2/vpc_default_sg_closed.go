package ec2

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Whatever is launched without a group gets the default one, which cannot be deleted: so it
// must let nothing through.
var vpcDefaultSGClosed = posture.Add(&Controls, posture.Over[v1alpha1.VPCDefaultSGClosed, inventory.SecurityGroup]{
	ID:       "vpc-default-sg-closed",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.VPCDefaultSGClosed { return p.Network.VPCDefaultSGClosed },
	Observe:  inventory.SecurityGroups.With(),
	Judge: func(_ v1alpha1.VPCDefaultSGClosed, g inventory.SecurityGroup, _ time.Time) posture.Verdict {
		switch {
		case !g.IsDefault():
			return posture.DoesNotApply("NotDefault", "it is not the default group of its VPC")
		case len(g.Rules) > 0:
			return posture.Fail("HasRules", "the default group of %s lets through %s%s", g.VPC, textOf(g.Rules), usedBy(g))
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.VPCDefaultSGClosed](action.RevokeSecurityGroupRule{}, action.RevokeSecurityGroupRule{From: inventory.SecurityGroupRule{Egress: true}}),
	Mend: func(_ v1alpha1.VPCDefaultSGClosed, g inventory.SecurityGroup) []action.Action {
		return revoke(g, g.Rules)
	},
})
