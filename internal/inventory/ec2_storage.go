package inventory

import "strings"

// EBSDefaults are the settings that new EBS volumes of a region get; one item a region.
var EBSDefaults = Collection[EBSDefault]{Name: "ec2.ebs-defaults", Scope: Regional}

// EBSDefault is what a region's new volumes are encrypted with.
type EBSDefault struct {
	Ref
	// Encrypted: new volumes are encrypted, asked for or not.
	Encrypted bool
	// Key is the default key, as EC2 names it: alias/aws/ebs, or what was set. Read where a
	// facet asks for a key, or where something is wrong.
	Key Observed[string]
	// Aliased are the keys behind the aliases that the facets name.
	Aliased map[string]Observed[AliasedKey]
}

// EBSManagedKey is the key that EBS uses where none was set; everyone who may launch may use it.
const EBSManagedKey = "alias/aws/ebs"

// AliasedKey is the key that an alias stands for; without ARN there is no such alias.
type AliasedKey struct {
	ARN string
	// State is Enabled where the key can be used.
	State string
}

const ebsKeyFacet = "Key:"

// EBSKey is the facet of the default key, and of the key behind the alias it is compared with.
func EBSKey(alias string) Facet { return Facet(ebsKeyFacet + alias) }

// EBSKeyAlias returns the alias that a facet made by EBSKey is about.
func (f Facet) EBSKeyAlias() (alias string, ok bool) {
	return strings.CutPrefix(string(f), ebsKeyFacet)
}

// EBSSnapshots are the account's own EBS snapshots.
var EBSSnapshots = Collection[EBSSnapshot]{Name: "ec2.snapshots", Scope: Regional}

// EBSSnapshot is an EBS snapshot.
type EBSSnapshot struct {
	Ref
	// Public: everyone may make volumes of it.
	Public bool
}

// Images are the account's own machine images.
var Images = Collection[Image]{Name: "ec2.images", Scope: Regional}

// Image is a machine image.
type Image struct {
	Ref
	Title string
	// Public: everyone may launch it.
	Public bool
}
