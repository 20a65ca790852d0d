package dynamodb

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Backups made now and then lose what was written since; point-in-time recovery loses minutes.
var pitr = posture.Add(&Controls, posture.Over[v1alpha1.DynamoDBPITR, inventory.Table]{
	ID:       "dynamodb-pitr",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.DynamoDBPITR { return p.DataAtRest.DynamoDBPITR },
	Observe:  inventory.Tables.With(inventory.TablePointInTimeRecovery),
	Judge: func(_ v1alpha1.DynamoDBPITR, t inventory.Table, _ time.Time) posture.Verdict {
		on, err := t.PointInTimeRecovery.Get()
		switch {
		case err != nil:
			return posture.Unknown(err)
		case !on:
			return posture.Fail("PointInTimeRecoveryOff", "point-in-time recovery is off")
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.DynamoDBPITR](action.EnablePointInTimeRecovery{}),
	Mend: func(_ v1alpha1.DynamoDBPITR, t inventory.Table) []action.Action {
		return []action.Action{action.EnablePointInTimeRecovery{Table: action.On(t)}}
	},
})
