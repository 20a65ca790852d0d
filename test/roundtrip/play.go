package roundtrip

import (
	"slices"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
)

// Writes is how many writing calls the rig has sent.
func (r *Rig) Writes() int {
	sent, calls := 0, r.Pool.Meter.Calls()
	for _, operation := range awsapi.Operations() {
		if operation.Write {
			sent += calls[operation.Name]
		}
	}
	return sent
}

// IsAtRest shows that nothing is left to do for the control: a further round with everything in
// its plan applied writes nothing.
func (r *Rig) IsAtRest(t *testing.T, control string) {
	t.Helper()
	before := r.Writes()
	plan := r.mustRound(t).Plan
	if _, err := r.Apply(t.Context(), plan); err != nil {
		t.Fatalf("%s: %v", control, err)
	}
	if sent := r.Writes() - before; sent > 0 {
		t.Errorf("%s: a second round wrote %d times", control, sent)
	}
}

// TakesAPerson shows that the control fails, that nothing is planned for it, and that it says
// what a person has to do.
func (r *Rig) TakesAPerson(t *testing.T, control string) {
	t.Helper()
	result := r.mustRound(t)
	if got := verdict(result, control); got != v1alpha1.Fail {
		t.Fatalf("%s: got %s, want Fail: %s", control, got, findings(result, control))
	}
	for _, change := range result.Plan.Changes {
		if slices.Contains(change.Controls, control) {
			t.Errorf("%s: plans %s", control, change.Title)
		}
	}
	for _, held := range result.Plan.Held {
		if held.Control == control && held.ByHand != "" {
			return
		}
	}
	t.Errorf("%s: does not say what to do by hand", control)
}

// Shows shows that the control has the verdict, and what it says.
func (r *Rig) Shows(t *testing.T, control string, want v1alpha1.VerdictStatus) {
	t.Helper()
	result := r.mustRound(t)
	if got := verdict(result, control); got != want {
		t.Errorf("%s: got %s, want %s: %s", control, got, want, findings(result, control))
	}
}

// Plays takes the control as far as it goes: mended and at rest, or, where it settles as failed,
// left to a person.
func (r *Rig) Plays(t *testing.T, control string, settled v1alpha1.VerdictStatus) {
	t.Helper()
	if settled == v1alpha1.Fail {
		r.TakesAPerson(t, control)
		return
	}
	r.Mends(t, control, settled)
	r.IsAtRest(t, control)
}
