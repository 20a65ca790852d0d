package roundtrip

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// Scene makes an AWS and a rig in it, the same each time.
type Scene func(*testing.T) (*fakeaws.Cloud, *Rig)

// Codes of what a crash leaves a call with; neither is tried again.
const (
	crashed = "Crashed"
	lost    = "AnswerLost"
)

// Crashes breaks the run that mends a scene off at each of its writes, once before the write
// takes effect and once after, and takes a second pass. It must end as the unbroken run does,
// every write having taken effect once.
func Crashes(t *testing.T, scene Scene, control string, settled v1alpha1.VerdictStatus) {
	t.Helper()
	cloud, rig := scene(t)
	cloud.Forget()
	rig.pass(t)
	want := effects(cloud)
	for at := range want {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprintf("at write %d, applied %t", at+1, applied), func(t *testing.T) {
				cloud, rig := scene(t)
				cloud.Forget()
				breakAt(cloud, at, applied)
				rig.pass(t)
				cloud.Heal()
				rig.pass(t)
				if got := effects(cloud); !slices.Equal(got, want) {
					t.Errorf("took effect:\n%v\nwant\n%v", got, want)
				}
				rig.Rests(t, cloud, control, settled)
			})
		}
	}
}

// breakAt makes the write of the number, and all after it, fail as if the process had ended.
func breakAt(cloud *fakeaws.Cloud, number int, applied bool) {
	writes := 0
	cloud.Inject(&fakeaws.Fault{
		Match: func(call fakeaws.Call) bool {
			if !call.Write {
				return false
			}
			writes++
			return applied && writes == number+1
		},
		Err: &smithy.GenericAPIError{Code: lost}, Applied: true,
	})
	cloud.Inject(&fakeaws.Fault{
		Match: func(call fakeaws.Call) bool { return call.Write && writes > number },
		Err:   &smithy.GenericAPIError{Code: crashed},
	})
}

// pass takes one round and applies all that it plans, whatever becomes of it.
func (r *Rig) pass(t *testing.T) {
	t.Helper()
	if _, err := r.Apply(t.Context(), r.mustRound(t).Plan); err != nil {
		t.Fatal(err)
	}
}

// effects are the writes that took effect, in order of name.
func effects(cloud *fakeaws.Cloud) []string {
	var all []string
	for _, call := range cloud.Writes() {
		var api smithy.APIError
		if call.Err == nil || errors.As(call.Err, &api) && api.ErrorCode() == lost {
			all = append(all, call.Region+" "+call.Operation)
		}
	}
	slices.Sort(all)
	return all
}

// Rests fails the test unless a further round gives the control the verdict, plans nothing for
// it and writes nothing.
func (r *Rig) Rests(t *testing.T, cloud *fakeaws.Cloud, control string, settled v1alpha1.VerdictStatus) {
	t.Helper()
	cloud.Forget()
	result := r.mustRound(t)
	if got := verdict(result, control); got != settled {
		t.Errorf("%s: got %s, want %s: %s", control, got, settled, findings(result, control))
	}
	for _, change := range result.Plan.Changes {
		if slices.Contains(change.Controls, control) {
			t.Errorf("%s still plans %s", control, change.Title)
		}
	}
	if writes := cloud.Writes(); len(writes) > 0 {
		t.Errorf("a further round wrote %v", writes)
	}
}
