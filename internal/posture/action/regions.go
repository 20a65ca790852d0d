package action

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// SnapshotSharing is whether a region's EBS snapshots can be shared with everyone. To block all
// sharing cuts off those who use a public one; to block new sharing, nobody.
var SnapshotSharing = sets(Setting[inventory.Region, inventory.SharingBlock]{
	Type:   "BlockSnapshotSharing",
	Fact:   inventory.SnapshotSharing,
	Title:  "block public sharing of EBS snapshots in {region}",
	RiskOf: func(_, to inventory.SharingBlock) v1alpha1.Risk { return sharingRisk(to) },
	CallOf: func(to inventory.SharingBlock) string {
		return onOff(to.On(), "ec2:EnableSnapshotBlockPublicAccess", "ec2:DisableSnapshotBlockPublicAccess")
	},
})

// ImageSharing is whether a region's machine images can be made public; those that are stay so.
var ImageSharing = sets(Setting[inventory.Region, inventory.SharingBlock]{
	Type:  "BlockImageSharing",
	Fact:  inventory.ImageSharing,
	Title: "block public sharing of machine images in {region}",
	Risk:  v1alpha1.Safe,
	CallOf: func(to inventory.SharingBlock) string {
		return onOff(to.On(), "ec2:EnableImageBlockPublicAccess", "ec2:DisableImageBlockPublicAccess")
	},
})

func sharingRisk(to inventory.SharingBlock) v1alpha1.Risk {
	if to.State == inventory.BlockAllSharing {
		return v1alpha1.Disruptive
	}
	return v1alpha1.Safe
}
