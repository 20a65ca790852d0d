package ec2

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A database is for the programs in front of it, and the internet is none of them.
var sgNoOpenDatabasePorts = posture.Add(&Controls, posture.Over[v1alpha1.SGNoOpenDatabasePorts, inventory.SecurityGroup]{
	ID:       "sg-no-open-database-ports",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.SGNoOpenDatabasePorts { return p.Network.SGNoOpenDatabasePorts },
	Observe:  inventory.SecurityGroups.With(),
	Judge: func(leaf v1alpha1.SGNoOpenDatabasePorts, g inventory.SecurityGroup, _ time.Time) posture.Verdict {
		return judgeOpen(g, databasePorts(leaf))
	},
	Plans: posture.Always[v1alpha1.SGNoOpenDatabasePorts](action.RevokeSecurityGroupRule{}),
	Mend: func(leaf v1alpha1.SGNoOpenDatabasePorts, g inventory.SecurityGroup) []action.Action {
		return revoke(g, openRules(g, databasePorts(leaf)))
	},
})

func databasePorts(leaf v1alpha1.SGNoOpenDatabasePorts) []int32 {
	if len(leaf.Ports) == 0 {
		return []int32{1433, 1434, 1521, 3306, 5432}
	}
	return leaf.Ports
}
