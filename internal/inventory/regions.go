package inventory

import "cmp"

// Regions are the account in each region in scope, for what is set once for a region.
var Regions = Collection[Region]{Name: "account.regions", Scope: Regional, Type: Account}

// Region is what is set for the account in a region.
type Region struct {
	Ref
	SnapshotSharing Observed[SharingBlock]
	ImageSharing    Observed[SharingBlock]
}

// SnapshotSharing is whether EBS snapshots can be shared with everyone.
var SnapshotSharing = Asked(Regions, "SnapshotBlockPublicAccess", func(r *Region) *Observed[SharingBlock] { return &r.SnapshotSharing })

// ImageSharing is whether machine images can be.
var ImageSharing = Asked(Regions, "ImageBlockPublicAccess", func(r *Region) *Observed[SharingBlock] { return &r.ImageSharing })

// SharingBlock is what a region's Block Public Access blocks.
type SharingBlock struct {
	// State as EC2 says it.
	State string `json:"state"`
	// ByPolicy: a declarative policy of the organization sets it, and the account cannot.
	ByPolicy bool `json:"byPolicy,omitempty"`
}

// States of a block.
const (
	Unblocked       = "unblocked"
	BlockNewSharing = "block-new-sharing"
	BlockAllSharing = "block-all-sharing"
)

// On says whether anything is blocked.
func (b SharingBlock) On() bool { return b.State == BlockNewSharing || b.State == BlockAllSharing }

func (b SharingBlock) String() string { return cmp.Or(b.State, Unblocked) }
