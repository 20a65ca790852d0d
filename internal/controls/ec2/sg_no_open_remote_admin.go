package ec2

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A login that the internet can reach is tried day and night; people come in by Session Manager
// or a network of ours.
var sgNoOpenRemoteAdmin = posture.Add(&Controls, posture.Over[v1alpha1.SGNoOpenRemoteAdmin, inventory.SecurityGroup]{
	ID:       "sg-no-open-remote-admin",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.SGNoOpenRemoteAdmin { return p.Network.SGNoOpenRemoteAdmin },
	Observe:  inventory.SecurityGroups.With(),
	Judge: func(leaf v1alpha1.SGNoOpenRemoteAdmin, g inventory.SecurityGroup, _ time.Time) posture.Verdict {
		return judgeOpen(g, adminPorts(leaf))
	},
	Plans: posture.Always[v1alpha1.SGNoOpenRemoteAdmin](action.RevokeSecurityGroupRule{}),
	Mend: func(leaf v1alpha1.SGNoOpenRemoteAdmin, g inventory.SecurityGroup) []action.Action {
		return revoke(g, openRules(g, adminPorts(leaf)))
	},
})

func adminPorts(leaf v1alpha1.SGNoOpenRemoteAdmin) []int32 {
	if len(leaf.Ports) == 0 {
		return []int32{22, 3389}
	}
	return leaf.Ports
}
