package guardduty

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestEnabled(t *testing.T) {
	for name, row := range map[string]struct {
		state inventory.Observed[inventory.DetectorState]
		want  v1alpha1.VerdictStatus
		says  string
	}{
		"on":          {inventory.Seen(inventory.DetectorEnabled, asOf), v1alpha1.Pass, ""},
		"there, off":  {inventory.Seen(inventory.DetectorDisabled, asOf), v1alpha1.Fail, "the detector in eu-west-1 is there, but disabled"},
		"no detector": {inventory.Seen(inventory.DetectorAbsent, asOf), v1alpha1.Fail, "GuardDuty has no detector in eu-west-1"},
	} {
		t.Run(name, func(t *testing.T) {
			got := enabled.Judge(v1alpha1.GuardDuty{}, inventory.Detector{Ref: inventory.Ref{Region: "eu-west-1"}, State: row.state}, asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
}
