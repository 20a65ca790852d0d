package ec2

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// An image may hold keys and code; the region's block takes the leave to publish one from all.
var _ = posture.AddPlain(&Controls, posture.Plain[v1alpha1.Presence, inventory.Region, inventory.SharingBlock]{
	ID:       "ami-block-public-access",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.Presence { return p.Compute.AMIBlockPublicAccess },
	Setting:  action.ImageSharing,
	Want: func(_ v1alpha1.Presence, have inventory.SharingBlock) inventory.SharingBlock {
		return inventory.SharingBlock{State: inventory.BlockNewSharing, ByPolicy: have.ByPolicy}
	},
	Passes: byWhom,
	Reason: "SharingAllowed",
	Says:   "public sharing of images: {have}",
	ByHand: func(_ v1alpha1.Presence, r inventory.Region) string {
		return byPolicy(r.ImageSharing, "image_block_public_access.state")
	},
})
