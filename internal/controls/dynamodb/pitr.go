package dynamodb

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Backups made now and then lose what was written since; point-in-time recovery loses minutes.
var _ = posture.AddPlain(&Controls, posture.Plain[v1alpha1.DynamoDBPITR, inventory.Table, bool]{
	ID:       "dynamodb-pitr",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.DynamoDBPITR { return p.DataAtRest.DynamoDBPITR },
	Setting:  action.PointInTimeRecovery,
	Want:     posture.To[v1alpha1.DynamoDBPITR](true),
	Reason:   "PointInTimeRecoveryOff",
	Says:     "point-in-time recovery is off",
})
