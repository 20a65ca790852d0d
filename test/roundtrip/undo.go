package roundtrip

import (
	"slices"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
)

// Undoing returns the plan that takes back what the journal says was done of a plan, the last
// action first, without what cannot be taken back.
func Undoing(t *testing.T, plan posture.Plan, journal *Journal) posture.Plan {
	t.Helper()
	var back posture.Plan
	for _, change := range slices.Backward(plan.Changes) {
		undo := action.Undo{Run: "roundtrip", Of: change.Action}
		for _, e := range journal.Entries {
			if e.Hash == change.Hash && e.Result == v1alpha1.CallDone {
				undo.Done = append(undo.Done, e.Call)
			}
		}
		if len(undo.Done) == 0 || len(undo.Describe().Calls) == 0 {
			continue
		}
		hash, err := action.Hash(undo)
		if err != nil {
			t.Fatal(err)
		}
		back.Changes = append(back.Changes, posture.Change{Description: undo.Describe(), Action: undo, Hash: hash, Controls: change.Controls})
	}
	return back
}

// Mended takes one round, applies its plan, and returns both the round and the plan that undoes
// what was done.
func (r *Rig) Mended(t *testing.T) (before round.Result, undo posture.Plan) {
	t.Helper()
	before = r.mustRound(t)
	journal := r.mustApply(t, before.Plan)
	return before, Undoing(t, before.Plan, journal)
}

func (r *Rig) mustApply(t *testing.T, plan posture.Plan) *Journal {
	t.Helper()
	journal, err := r.Apply(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	return journal
}

// Undoes applies the plan that undoes another, shows that each call ends well, and returns the
// round after it. Applied again, it sends nothing.
func (r *Rig) Undoes(t *testing.T, undo posture.Plan) round.Result {
	t.Helper()
	for _, e := range r.mustApply(t, undo).Entries {
		if e.Result != v1alpha1.CallDone && e.Result != v1alpha1.CallAlreadySo {
			t.Errorf("%s ended %s: %s", e.Call, e.Result, e.Message)
		}
	}
	after := r.mustRound(t)
	r.Sends(t, undo, v1alpha1.CallAlreadySo)
	return after
}

// Sends shows that the plan, applied, sends nothing, and that each action ends as said.
func (r *Rig) Sends(t *testing.T, plan posture.Plan, result v1alpha1.CallResult) {
	t.Helper()
	before := r.Writes()
	for _, e := range r.mustApply(t, plan).Entries {
		if e.Result != result {
			t.Errorf("%s ended %s, want %s: %s", e.Call, e.Result, result, e.Message)
		}
	}
	if sent := r.Writes() - before; sent > 0 {
		t.Errorf("it wrote %d times, want none", sent)
	}
}

// UndoCrashes breaks the undoing of a scene's plan off at each of its writes, once before the
// write takes effect and once after, and takes a second pass with the same journal: what was
// claimed and not recorded is looked at again. Every write must have taken effect once.
func UndoCrashes(t *testing.T, scene Scene) {
	t.Helper()
	cloud, rig := scene(t)
	_, undo := rig.Mended(t)
	cloud.Forget()
	rig.mustApply(t, undo)
	want := effects(cloud)
	for at := range want {
		for _, applied := range []bool{false, true} {
			cloud, rig := scene(t)
			_, undo := rig.Mended(t)
			cloud.Forget()
			breakAt(cloud, at, applied)
			rig.mustApply(t, undo)
			cloud.Heal()
			if _, err := rig.Apply(t.Context(), undo); err != nil {
				t.Fatal(err)
			}
			if got := effects(cloud); !slices.Equal(got, want) {
				t.Errorf("at write %d, applied %t: took effect:\n%v\nwant\n%v", at+1, applied, got, want)
			}
		}
	}
}
