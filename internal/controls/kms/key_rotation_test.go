package kms

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// usual is what KMS tells about a key that can rotate.
var usual = inventory.KeyDetails{State: inventory.KeyEnabled, Spec: "SYMMETRIC_DEFAULT"}

// seen is a key with these details, changed.
func seen(change func(*inventory.KeyDetails)) inventory.Observed[inventory.KeyDetails] {
	details := usual
	change(&details)
	return inventory.Seen(details, asOf)
}

func rotates(every int32) inventory.Observed[inventory.Rotation] {
	return inventory.Seen(inventory.Rotation{Enabled: every > 0, PeriodDays: every}, asOf)
}

func TestKeyRotation(t *testing.T) {
	rotatable := inventory.Seen(usual, asOf)
	unread := inventory.Observed[inventory.Rotation]{}
	for name, row := range map[string]struct {
		max      int32
		details  inventory.Observed[inventory.KeyDetails]
		rotation inventory.Observed[inventory.Rotation]
		want     v1alpha1.VerdictStatus
		says     string
	}{
		"yearly":            {0, rotatable, rotates(365), v1alpha1.Pass, ""},
		"more often":        {365, rotatable, rotates(90), v1alpha1.Pass, ""},
		"off":               {365, rotatable, rotates(0), v1alpha1.Fail, "the key does not rotate"},
		"too rarely":        {180, rotatable, rotates(365), v1alpha1.Fail, "the key rotates every 365 days, declared is every 180 days"},
		"as rarely allowed": {400, rotatable, rotates(400), v1alpha1.Pass, ""},
		"AWS managed":       {365, seen(func(d *inventory.KeyDetails) { d.AWSManaged = true }), unread, v1alpha1.NotApplicable, "AWS rotates the keys that it manages every year"},
		"asymmetric":        {365, seen(func(d *inventory.KeyDetails) { d.Spec = "RSA_2048" }), unread, v1alpha1.NotApplicable, "KMS cannot rotate RSA_2048 keys"},
		"imported":          {365, seen(func(d *inventory.KeyDetails) { d.Imported = true }), unread, v1alpha1.NotApplicable, "KMS cannot rotate imported key material"},
		"custom store":      {365, seen(func(d *inventory.KeyDetails) { d.CustomStore = true }), unread, v1alpha1.NotApplicable, "KMS cannot rotate keys outside its own key store"},
		"replica":           {365, seen(func(d *inventory.KeyDetails) { d.Replica = true }), unread, v1alpha1.NotApplicable, "a replica rotates with its primary key"},
		"disabled":          {365, seen(func(d *inventory.KeyDetails) { d.State = inventory.KeyDisabled }), unread, v1alpha1.NotApplicable, "rotation rests while the key is Disabled"},
		"pending deletion":  {365, seen(func(d *inventory.KeyDetails) { d.State = inventory.KeyPendingDeletion }), unread, v1alpha1.NotApplicable, "rotation rests while the key is PendingDeletion"},
		"key denied": {
			365, inventory.Unseen[inventory.KeyDetails](fault.DeniedRead("kms:DescribeKey", "kms:DescribeKey")), unread,
			v1alpha1.Unknown, "kms:DescribeKey: missing permission kms:DescribeKey",
		},
		"rotation denied": {
			365, rotatable, inventory.Unseen[inventory.Rotation](fault.DeniedRead("kms:GetKeyRotationStatus", "kms:GetKeyRotationStatus")),
			v1alpha1.Unknown, "kms:GetKeyRotationStatus: missing permission kms:GetKeyRotationStatus",
		},
		"key not read":      {365, inventory.Observed[inventory.KeyDetails]{}, unread, v1alpha1.Unknown, "the fact was not read"},
		"rotation not read": {365, rotatable, unread, v1alpha1.Unknown, "the fact was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := keyRotation.Judge(v1alpha1.KMSKeyRotation{MaxPeriodDays: row.max}, inventory.Key{Details: row.details, Rotation: row.rotation}, asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
}

func TestKeyRotationPeriod(t *testing.T) {
	for name, row := range map[string]struct{ declared, now, want int32 }{
		"off, a year declared":       {365, 0, 365},
		"off, more than a year":      {1000, 0, 365},
		"off, less than a year":      {120, 0, 120},
		"on, more often than before": {1000, 2000, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			planned := keyRotation.Mend(v1alpha1.KMSKeyRotation{MaxPeriodDays: row.declared}, inventory.Key{Rotation: rotates(row.now)})
			if _, _, to, ok := action.KeyRotation.Of(planned[0]); !ok || to != (inventory.Rotation{Enabled: true, PeriodDays: row.want}) {
				t.Errorf("plans %+v, want %d days", planned, row.want)
			}
		})
	}
}
