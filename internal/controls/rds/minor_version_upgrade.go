package rds

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Minor versions bring the patches; who waits for a person to take them runs without for months.
var _ = posture.AddPlain(&Controls, posture.Plain[v1alpha1.Presence, inventory.DBInstance, bool]{
	ID:       "rds-minor-version-upgrade",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.Presence { return p.Compute.RDSMinorVersionUpgrade },
	Setting:  action.DBInstanceMinorUpgrades,
	Want:     posture.To[v1alpha1.Presence](true),
	Reason:   "MinorUpgradesOff",
	Says:     "minor versions wait for a person",
})
