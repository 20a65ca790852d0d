package inventory

import (
	"cmp"
	"strings"
)

// Regions are the account in each region in scope, for what is set once for a region.
var Regions = Collection[Region]{Name: "account.regions", Scope: Regional, Type: Account}

// Region is what is set for the account in a region.
type Region struct {
	Ref
	SnapshotSharing Observed[SharingBlock]
	ImageSharing    Observed[SharingBlock]
	DefaultTokens   Observed[TokenRule]
}

// SnapshotSharing is whether EBS snapshots can be shared with everyone.
var SnapshotSharing = Asked(Regions, "SnapshotBlockPublicAccess", func(r *Region) *Observed[SharingBlock] { return &r.SnapshotSharing })

// ImageSharing is whether machine images can be.
var ImageSharing = Asked(Regions, "ImageBlockPublicAccess", func(r *Region) *Observed[SharingBlock] { return &r.ImageSharing })

// DefaultTokens is whether new instances require tokens where their launch does not say otherwise.
var DefaultTokens = Asked(Regions, "MetadataDefaults.HttpTokens", func(r *Region) *Observed[TokenRule] { return &r.DefaultTokens })

// TokenRule is what a region's new instances ask of who reads their metadata.
type TokenRule struct {
	// Tokens is required or optional, or empty where the account has no preference.
	Tokens string
	// ByPolicy: a declarative policy of the organization sets it, and the account cannot.
	ByPolicy bool
}

func (r TokenRule) String() string {
	if r.Tokens == "" {
		return "no preference"
	}
	return "HttpTokens " + r.Tokens
}

// byPolicy marks the text of what a policy sets.
const byPolicy = " (by policy)"

// MarshalText implements encoding.TextMarshaler.
func (r TokenRule) MarshalText() ([]byte, error) {
	if r.ByPolicy {
		return []byte(r.Tokens + byPolicy), nil
	}
	return []byte(r.Tokens), nil
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (r *TokenRule) UnmarshalText(text []byte) error {
	r.Tokens, r.ByPolicy = strings.CutSuffix(string(text), byPolicy)
	return nil
}

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
