package rds

import (
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// one judges the control on an account with one region, of which this is what was read.
func one[T inventory.Resource](leaf any, id string, c inventory.Collection[T], items inventory.Observed[[]T]) posture.ControlReport {
	facts := inventory.NewSnapshot("111111111111", "aws", "eu-west-1", []string{"eu-west-1"}, asOf)
	if _, err := items.Get(); !fault.Is(err, fault.NotRead) {
		c.Put(facts, "eu-west-1", items)
	}
	for _, control := range Controls.All() {
		if control.ID == id {
			return posture.Judge([]posture.Declaration{{Control: control, Leaf: leaf}}, facts).Controls[0]
		}
	}
	return posture.ControlReport{}
}

func TestStorageEncryption(t *testing.T) {
	seen := func(d inventory.Database) inventory.Observed[[]inventory.Database] {
		d.ID, d.Region, d.Engine = "shop", "eu-west-1", "postgres"
		return inventory.Seen([]inventory.Database{d}, asOf)
	}
	instance, cluster := inventory.Ref{Type: inventory.DBInstanceType}, inventory.Ref{Type: inventory.DBClusterType}
	const plain = "the storage of this postgres database is not encrypted"
	for name, row := range map[string]struct {
		databases inventory.Observed[[]inventory.Database]
		want      v1alpha1.VerdictStatus
		says      string
		hand      string
	}{
		"encrypted":           {seen(inventory.Database{Ref: instance, Encrypted: true}), v1alpha1.Pass, "", ""},
		"unencrypted":         {seen(inventory.Database{Ref: instance}), v1alpha1.Fail, plain, "export AWS_REGION=eu-west-1 db=shop; each when the one before is available: aws rds create-db-snapshot "},
		"encrypted cluster":   {seen(inventory.Database{Ref: cluster, Encrypted: true}), v1alpha1.Pass, "", ""},
		"unencrypted cluster": {seen(inventory.Database{Ref: cluster}), v1alpha1.Fail, plain, "aws rds restore-db-cluster-from-snapshot --engine postgres --snapshot-identifier $db-plain --db-cluster-identifier $db-kms --kms-key-id alias/aws/rds"},
		"unencrypted replica": {seen(inventory.Database{Ref: instance, ReplicaOf: "main"}), v1alpha1.Fail, plain, "encrypt main first, then make shop again from it"},
		"denied":              {inventory.Unseen[[]inventory.Database](fault.DeniedRead("rds:DescribeDBInstances", "rds:DescribeDBInstances")), v1alpha1.Unknown, "rds:DescribeDBInstances: missing permission rds:DescribeDBInstances", ""},
		"not read":            {inventory.Observed[[]inventory.Database]{}, v1alpha1.Unknown, "the fact was not read", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := one(&v1alpha1.RDSStorageEncryption{}, storageEncryption.ID, inventory.Databases, row.databases).Judged[0]
			if got.Verdict.Status != row.want || got.Verdict.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Verdict.Status, got.Verdict.Message, row.want, row.says)
			}
			if len(got.Mend) != 0 || !strings.Contains(got.ByHand, row.hand) || (row.hand == "") != (got.ByHand == "") {
				t.Errorf("plans %v, by hand %q, want %q", got.Mend, got.ByHand, row.hand)
			}
			if len(got.ByHand) > 530 {
				t.Errorf("with a name of 63 letters, the %d of %q do not fit a status", len(got.ByHand)+59, got.ByHand)
			}
		})
	}
}
