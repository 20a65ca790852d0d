package ec2

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// What the organization sets is inherited where it will do, and a person's where it will not.
func TestSharingBlocksByPolicy(t *testing.T) {
	for name, row := range map[string]struct {
		mode   string
		block  inventory.SharingBlock
		want   v1alpha1.VerdictStatus
		reason string
		byHand bool
	}{
		"the stricter by policy":       {"", inventory.SharingBlock{State: inventory.BlockAllSharing, ByPolicy: true}, v1alpha1.Pass, "Inherited", true},
		"the weaker by policy":         {inventory.BlockAllSharing, inventory.SharingBlock{State: inventory.BlockNewSharing, ByPolicy: true}, v1alpha1.Fail, "SharingAllowed", true},
		"the weaker by the account":    {inventory.BlockAllSharing, inventory.SharingBlock{State: inventory.BlockNewSharing}, v1alpha1.Fail, "SharingAllowed", false},
		"the stricter, by the account": {"", inventory.SharingBlock{State: inventory.BlockAllSharing}, v1alpha1.Pass, "AsDeclared", false},
	} {
		t.Run(name, func(t *testing.T) {
			leaf := v1alpha1.EBSSnapshotBlockPublicAccess{Mode: row.mode}
			region := inventory.Region{SnapshotSharing: inventory.Seen(row.block, asOf)}
			got := ebsSnapshotBlockPublicAccess.Judge(leaf, region, asOf)
			planned := ebsSnapshotBlockPublicAccess.Mend(leaf, region)
			if got.Status != row.want || got.Reason != row.reason || (len(planned) == 0) != row.byHand {
				t.Errorf("got %s %s, plans %v", got.Status, got.Reason, planned)
			}
		})
	}
}
