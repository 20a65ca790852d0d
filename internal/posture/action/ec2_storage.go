package action

import (
	"fmt"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// EncryptEBSByDefault encrypts new EBS volumes of a region, asked for or not. With the key that
// AWS manages nobody notices. With a customer's key it is disruptive: a launch by someone who
// may not use the key fails, as every launch does if the key is disabled.
type EncryptEBSByDefault struct {
	Region Target `json:"region"`
	// Key is the region's default key; empty if it could not be read.
	Key string `json:"key,omitempty"`
}

// Describe implements Action.
func (a EncryptEBSByDefault) Describe() Description {
	risk, key, title := v1alpha1.Safe, a.Key, "encrypt new EBS volumes in "+a.Region.Region
	if !managedEBSKey(a.Key) {
		risk = v1alpha1.Disruptive
		if key != "" {
			title += " with " + key
		}
	}
	if key == "" {
		key = "the region's default key, which could not be read"
	}
	return Description{
		Target:     a.Region.Ref(),
		Collection: inventory.EBSDefaults.Name,
		Setting:    "EbsEncryptionByDefault",
		Title:      title,
		From:       "off",
		To:         "on, with " + key,
		Risk:       risk,
		Calls:      []string{"ec2:EnableEbsEncryptionByDefault"},
		Keys:       keys(a.Key),
	}
}

// Undo implements Action. Volumes that were encrypted meanwhile stay so.
func (a EncryptEBSByDefault) Undo([]string) Undoing { return back("ec2:DisableEbsEncryptionByDefault") }

func managedEBSKey(key string) bool {
	return key == inventory.EBSManagedKey || strings.HasSuffix(key, ":"+inventory.EBSManagedKey)
}

// SetEBSDefaultKey makes a key the one that new EBS volumes of a region are encrypted with. It
// is disruptive: a launch by someone who may not use the key fails.
type SetEBSDefaultKey struct {
	Region Target `json:"region"`
	Alias  string `json:"alias"`
	From   string `json:"from"`
	To     string `json:"to"`
}

// Describe implements Action.
func (a SetEBSDefaultKey) Describe() Description {
	return Description{
		Target:     a.Region.Ref(),
		Collection: inventory.EBSDefaults.Name,
		Setting:    "EbsDefaultKmsKeyId",
		Title:      fmt.Sprintf("encrypt new EBS volumes in %s with %s (%s)", a.Region.Region, a.Alias, a.To),
		From:       "with " + a.From,
		To:         "with " + a.To,
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"ec2:ModifyEbsDefaultKmsKeyId"},
		Keys:       keys(a.To),
		Touches:    []string{a.To},
	}
}

// Undo implements Action. A launch by someone who may not use the former key fails.
func (a SetEBSDefaultKey) Undo(done []string) Undoing {
	if managedEBSKey(a.From) {
		return back("ec2:ResetEbsDefaultKmsKeyId")
	}
	return Undoing{Calls: done, Risk: v1alpha1.Disruptive}
}

// UnshareSnapshot takes everyone's leave to restore a snapshot; what single accounts were given
// stays. It is disruptive: those who relied on it being public are cut off.
type UnshareSnapshot struct {
	Snapshot Target `json:"snapshot"`
}

// Describe implements Action.
func (a UnshareSnapshot) Describe() Description {
	return Description{
		Target:     a.Snapshot.Ref(),
		Collection: inventory.EBSSnapshots.Name,
		Setting:    "CreateVolumePermission all",
		Title:      "stop sharing snapshot " + a.Snapshot.ID + " with everyone",
		From:       "everyone may restore it",
		To:         "only its owner and the accounts it is shared with by name may",
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"ec2:ModifySnapshotAttribute"},
	}
}

// Undo implements Action.
func (a UnshareSnapshot) Undo(done []string) Undoing { return back(done...) }

// UnshareImage takes everyone's leave to launch an image; what single accounts, organizations
// and units were given stays. It is disruptive: those who relied on it being public are cut off.
type UnshareImage struct {
	Image Target `json:"image"`
	Title string `json:"title"`
}

// Describe implements Action.
func (a UnshareImage) Describe() Description {
	return Description{
		Target:     a.Image.Ref(),
		Collection: inventory.Images.Name,
		Setting:    "LaunchPermission all",
		Title:      fmt.Sprintf("stop sharing image %s (%s) with everyone", a.Image.ID, a.Title),
		From:       "everyone may launch it",
		To:         "only its owner and those it is shared with by name may",
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"ec2:ModifyImageAttribute"},
	}
}

// Undo implements Action.
func (a UnshareImage) Undo(done []string) Undoing { return back(done...) }
