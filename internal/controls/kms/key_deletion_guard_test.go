package kms

import (
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestKeyDeletionGuard(t *testing.T) {
	pending := func(d *inventory.KeyDetails) {
		d.State, d.DeletionDate = inventory.KeyPendingDeletion, asOf.Add(7*24*time.Hour)
	}
	waiting := func(d *inventory.KeyDetails) {
		d.State, d.DeletionWindowDays = inventory.KeyPendingReplicaDeletion, 30
	}
	for name, row := range map[string]struct {
		details  inventory.Observed[inventory.KeyDetails]
		approved []string
		want     v1alpha1.VerdictStatus
		says     string
	}{
		"in use":               {inventory.Seen(usual, asOf), nil, v1alpha1.Pass, ""},
		"disabled":             {seen(func(d *inventory.KeyDetails) { d.State = inventory.KeyDisabled }), nil, v1alpha1.Pass, ""},
		"pending":              {seen(pending), []string{"other"}, v1alpha1.Fail, "the key will be deleted on 2026-03-08"},
		"pending and approved": {seen(pending), []string{"other", "k"}, v1alpha1.NotApplicable, "its deletion is approved"},
		"waiting for replicas": {seen(waiting), nil, v1alpha1.Fail, "the key will be deleted 30 days after its last replica"},
		"waiting and approved": {seen(waiting), []string{"k"}, v1alpha1.NotApplicable, "its deletion is approved"},
		"AWS managed":          {seen(func(d *inventory.KeyDetails) { d.AWSManaged = true }), nil, v1alpha1.NotApplicable, "nobody can delete a key that AWS manages"},
		"denied":               {inventory.Unseen[inventory.KeyDetails](fault.DeniedRead("kms:DescribeKey", "kms:DescribeKey")), nil, v1alpha1.Unknown, "kms:DescribeKey: missing permission kms:DescribeKey"},
		"not read":             {inventory.Observed[inventory.KeyDetails]{}, nil, v1alpha1.Unknown, "the fact was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			key := inventory.Key{Ref: inventory.Ref{ID: "k"}, Details: row.details}
			got := keyDeletionGuard.Judge(v1alpha1.KMSKeyDeletionGuard{Decommissioned: row.approved}, key, asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
	primary := inventory.Key{Ref: inventory.Ref{ID: "mrk-1", Region: "eu-west-1"}, Details: seen(waiting)}
	if planned := keyDeletionGuard.Mend(v1alpha1.KMSKeyDeletionGuard{}, primary); len(planned) != 0 {
		t.Errorf("plans %+v for a primary key that waits for its replicas, which a person decides on", planned)
	}
	if hand := keyDeletionGuard.ByHand(v1alpha1.KMSKeyDeletionGuard{}, primary); !strings.Contains(hand, "aws kms cancel-key-deletion --region eu-west-1 --key-id mrk-1") {
		t.Errorf("by hand: %s", hand)
	}
}
