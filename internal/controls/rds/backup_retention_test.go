package rds

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestBackupRetention(t *testing.T) {
	for name, row := range map[string]struct {
		db     inventory.DBInstance
		want   v1alpha1.VerdictStatus
		says   string
		plans  int
		byHand bool
	}{
		"longer than declared": {inventory.DBInstance{BackupDays: 30}, v1alpha1.Pass, "", 0, false},
		"none":                 {inventory.DBInstance{}, v1alpha1.Fail, "automated backups are kept for 0 days, declared are 7 days", 1, false},
		"by AWS Backup":        {inventory.DBInstance{BackupDays: 2, BackupPlanned: true}, v1alpha1.Fail, "automated backups are kept for 2 days, declared are 7 days", 0, true},
		"changes are pending":  {inventory.DBInstance{BackupDays: 2, Pending: true}, v1alpha1.Fail, "automated backups are kept for 2 days, declared are 7 days", 0, true},
		"in a cluster":         {inventory.DBInstance{Cluster: "papers"}, v1alpha1.NotApplicable, "its cluster papers keeps the backups", 0, false},
		"a replica":            {inventory.DBInstance{ReplicaOf: "shop"}, v1alpha1.NotApplicable, "a replica of shop, whose backups count", 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			var leaf v1alpha1.RDSBackupRetention
			got := one(&leaf, backupRetention.ID, inventory.DBInstances, inventory.Seen([]inventory.DBInstance{row.db}, asOf)).Judged[0]
			if got.Verdict.Status != row.want || got.Verdict.Message != row.says || len(got.Mend) != row.plans || (got.ByHand != "") != row.byHand {
				t.Errorf("got %s %q, %d actions, by hand %q", got.Verdict.Status, got.Verdict.Message, len(got.Mend), got.ByHand)
			}
		})
	}
}
