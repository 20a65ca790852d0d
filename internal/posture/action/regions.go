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

// DefaultTokens is whether new instances of a region require IMDSv2 where their launch does not say
// otherwise; what runs is left alone.
var DefaultTokens = sets(Setting[inventory.Region, inventory.TokenRule]{
	Type:  "RequireIMDSv2ByDefault",
	Fact:  inventory.DefaultTokens,
	Title: "require IMDSv2 of new instances in {region}",
	Risk:  v1alpha1.Safe,
	Call:  "ec2:ModifyInstanceMetadataDefaults",
	Was:   Was[inventory.TokenRule]{Target: "region", To: always(inventory.TokenRule{Tokens: "required"})},
})

func sharingRisk(to inventory.SharingBlock) v1alpha1.Risk {
	if to.State == inventory.BlockAllSharing {
		return v1alpha1.Disruptive
	}
	return v1alpha1.Safe
}

// SubnetAutoPublic is whether what is launched in a subnet gets a public address. To stop that
// is disruptive: what scales out in it, or is launched anew, may count on one.
var SubnetAutoPublic = sets(Setting[inventory.Subnet, bool]{
	Type:  "StopAutoPublicIP",
	Fact:  inventory.SubnetAutoPublic,
	Title: "give no public addresses of their own accord in subnet {id}",
	Text: func(on bool) string {
		return onOff(on, "a public address for whatever is launched", "a public address for what asks for one at launch")
	},
	Risk: v1alpha1.Disruptive,
	Call: "ec2:ModifySubnetAttribute",
})
