package rds

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestSnapshotNotPublic(t *testing.T) {
	with := func(accounts ...string) inventory.Observed[inventory.DBSharing] {
		return inventory.Seen(inventory.DBSharing(accounts), asOf)
	}
	seen := func(s inventory.DBSnapshot) inventory.Observed[[]inventory.DBSnapshot] {
		return inventory.Seen([]inventory.DBSnapshot{s}, asOf)
	}
	unread := inventory.Observed[inventory.DBSharing]{}
	for name, row := range map[string]struct {
		snapshots inventory.Observed[[]inventory.DBSnapshot]
		want      v1alpha1.VerdictStatus
		says      string
	}{
		"shared with nobody":   {seen(inventory.DBSnapshot{Sharing: with()}), v1alpha1.Pass, ""},
		"shared with a friend": {seen(inventory.DBSnapshot{Sharing: with("222222222222")}), v1alpha1.Pass, ""},
		"public":               {seen(inventory.DBSnapshot{Sharing: with("222222222222", "all")}), v1alpha1.Fail, "every AWS account may restore the snapshot"},
		"encrypted, not asked": {seen(inventory.DBSnapshot{KMSEncrypted: true, Sharing: unread}), v1alpha1.Pass, ""},
		"sharing denied": {
			seen(inventory.DBSnapshot{Sharing: inventory.Unseen[inventory.DBSharing](fault.DeniedRead("rds:DescribeDBSnapshotAttributes", "rds:DescribeDBSnapshotAttributes"))}),
			v1alpha1.Unknown, "rds:DescribeDBSnapshotAttributes: missing permission rds:DescribeDBSnapshotAttributes",
		},
		"sharing not read": {seen(inventory.DBSnapshot{Sharing: unread}), v1alpha1.Unknown, "the fact was not read"},
		"list denied": {
			inventory.Unseen[[]inventory.DBSnapshot](fault.DeniedRead("rds:DescribeDBSnapshots", "rds:DescribeDBSnapshots")),
			v1alpha1.Unknown, "rds:DescribeDBSnapshots: missing permission rds:DescribeDBSnapshots",
		},
		"list not read": {inventory.Observed[[]inventory.DBSnapshot]{}, v1alpha1.Unknown, "the fact was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := one(&v1alpha1.RDSSnapshotNotPublic{}, snapshotNotPublic.ID, inventory.DBSnapshots, row.snapshots).Judged[0].Verdict
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
}
