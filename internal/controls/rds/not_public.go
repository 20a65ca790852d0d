package rds

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A public address leaves a password and a security group between the data and everyone.
var _ = posture.AddPlain(&Controls, posture.Plain[v1alpha1.Presence, inventory.DBInstance, bool]{
	ID:       "rds-not-public",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.Presence { return p.Network.RDSNotPublic },
	Setting:  action.DBInstancePublic,
	Want:     posture.To[v1alpha1.Presence](false),
	Reason:   "PubliclyAccessible",
	Says:     "the instance has a public address",
})
