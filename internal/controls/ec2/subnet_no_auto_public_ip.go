package ec2

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A default puts on the internet what nobody meant to be there; who needs an address asks.
var _ = posture.AddPlain(&Controls, posture.Plain[v1alpha1.Presence, inventory.Subnet, bool]{
	ID:       "subnet-no-auto-public-ip",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.Presence { return p.Network.SubnetNoAutoPublicIP },
	Setting:  action.SubnetAutoPublic,
	Want:     posture.To[v1alpha1.Presence](false),
	Reason:   "AutoPublicIP",
	Says:     "what is launched in it gets a public address, asked for or not",
})
