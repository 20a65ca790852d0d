package ec2

import (
	"cmp"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Whoever may share a snapshot can publish a disk; the region's block takes the leave from all.
var ebsSnapshotBlockPublicAccess = posture.AddPlain(&Controls, posture.Plain[v1alpha1.EBSSnapshotBlockPublicAccess, inventory.Region, inventory.SharingBlock]{
	ID: "ebs-snapshot-block-public-access",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.EBSSnapshotBlockPublicAccess {
		return p.DataAtRest.EBSSnapshotBlockPublicAccess
	},
	Setting: action.SnapshotSharing,
	Want: func(leaf v1alpha1.EBSSnapshotBlockPublicAccess, have inventory.SharingBlock) inventory.SharingBlock {
		mode := cmp.Or(leaf.Mode, inventory.BlockNewSharing)
		if have.State == inventory.BlockAllSharing || have.State == mode {
			return have
		}
		return inventory.SharingBlock{State: mode, ByPolicy: have.ByPolicy}
	},
	Passes: byWhom,
	Reason: "SharingAllowed",
	Says:   "public sharing of snapshots: {have}, declared is {want}",
	ByHand: func(_ v1alpha1.EBSSnapshotBlockPublicAccess, r inventory.Region) string {
		return byPolicy(r.SnapshotSharing, "snapshot_block_public_access.state")
	},
})

// byWhom passes a region whose block is on, by its own setting or its organization's.
func byWhom(have inventory.SharingBlock) posture.Verdict {
	if have.ByPolicy {
		return posture.Inherited("a declarative policy of the organization sets it to %s", have)
	}
	return posture.Pass()
}

// byPolicy is what a person does where the organization decides; "" where the account does.
func byPolicy(block inventory.Observed[inventory.SharingBlock], attribute string) string {
	if have, err := block.Get(); err != nil || !have.ByPolicy {
		return ""
	}
	return "a declarative policy of the organization sets it, and the account cannot: change ec2_attributes." + attribute +
		" in the policies that aws organizations list-policies-for-target --filter DECLARATIVE_POLICY_EC2 shows"
}
