package roundtrip

import (
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Done takes the two results of a call that sets the scene, and must succeed.
func Done(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Blinds fails unless one round finds exactly these controls Unknown, each of their unknown
// findings naming what could not be read, and no other control changed by it.
func (r *Rig) Blinds(t *testing.T, names string, controls ...string) {
	t.Helper()
	for _, c := range r.mustRound(t).Report.Controls {
		got, blind := c.Verdict(), slices.Contains(controls, c.Control.ID)
		if blind != (got == v1alpha1.Unknown) {
			t.Errorf("%s without %s: got %s", c.Control.ID, names, got)
		}
		for _, judged := range c.Judged {
			if judged.Verdict.Status == v1alpha1.Unknown && !strings.Contains(judged.Verdict.Message, names) {
				t.Errorf("%s: %q does not name %s", c.Control.ID, judged.Verdict.Message, names)
			}
		}
	}
}
