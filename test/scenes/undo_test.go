package scenes_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// staged sets a scene on a fresh AWS.
func staged(scene scenes.Scene) roundtrip.Scene {
	return func(t *testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
		t.Helper()
		cloud := fakeaws.New()
		if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
			t.Fatal(err)
		}
		scene.Seed(cloud, roundtrip.Account)
		began := time.Now()
		later := func() time.Time { return began.Add(scene.Later) }
		cloud.SetClock(later)
		return cloud, roundtrip.New(cloud.Config(), later, scene.Posture)
	}
}

// stays says of a control why the plan after the undo is not the plan before, though the
// control judges as before.
var stays = map[string]string{
	"s3-bucket-versioning":    "a bucket that kept versions can only suspend that",
	"iam-unused-credentials":  "a password that was deleted stays deleted",
	"guardduty-enabled":       "a detector is disabled, not deleted, for its findings",
	"sg-no-open-remote-admin": "a rule that is put back has another id", "sg-no-open-database-ports": "a rule that is put back has another id",
	"vpc-default-sg-closed": "a rule that is put back has another id",
}

// Of every control: applied and undone, the account reads as before, and would be mended by the
// same plan. Undone again, nothing is sent.
func TestUndoPutsBackWhatWasThere(t *testing.T) {
	undone := map[string]bool{}
	stages := stages(t)
	for _, name := range slices.Sorted(maps.Keys(stages)) {
		t.Run(name, func(t *testing.T) {
			_, rig := stages[name](t)
			before, undo := rig.Mended(t)
			for _, change := range undo.Changes {
				if u, ok := change.Action.(action.Undo); ok {
					undone[action.TypeOf(u.Of)] = true
				}
			}
			after := rig.Undoes(t, undo)
			if len(undo.Changes) == 0 {
				return
			}
			if is, was := verdicts(after), verdicts(before); !slices.Equal(is, was) && stays[name] == "" {
				t.Errorf("judged\n%v\nbefore\n%v", is, was)
			}
			if same := after.Plan.Hash == before.Plan.Hash; same == (stays[name] != "") {
				t.Errorf("the plan is the same: %t\n%v\nbefore\n%v", same, titles(after), titles(before))
			}
			findsAgain(t, after, undo)
		})
	}
	for _, a := range action.Types() {
		if name := action.TypeOf(a); undone[name] == neverUndone[name] {
			t.Errorf("%s is undone in a scene: %t", name, undone[name])
		}
	}
}

var neverUndone = map[string]bool{"DeletePassword": true, "KeepLogs": true, "KeepDBBackups": true, "RecoverKey": true}

// findsAgain shows that each finding is on a resource that the undo names: on them it is
// accepted for a time.
func findsAgain(t *testing.T, after round.Result, undo posture.Plan) {
	t.Helper()
	for _, c := range after.Report.Controls {
		for _, judged := range c.Judged {
			if judged.Verdict.Status != v1alpha1.Fail {
				continue
			}
			var names []string
			for _, change := range undo.Changes {
				if u, ok := change.Action.(action.Undo); ok && slices.Contains(change.Controls, c.Control.ID) {
					names = append(names, u.Finds()...)
				}
			}
			if !inventory.MatchesAny(names, judged.Ref.Unique()) {
				t.Errorf("%s fails on %s, which is none of %v", c.Control.ID, judged.Ref.Name(), names)
			}
		}
	}
}

func verdicts(r round.Result) (all []string) {
	for _, c := range r.Report.Controls {
		for _, judged := range c.Judged {
			all = append(all, strings.Join([]string{c.Control.ID, judged.Ref.Region, judged.Ref.Name(), string(judged.Verdict.Status), judged.Verdict.Reason, judged.Verdict.Message}, " "))
		}
	}
	return all
}

func titles(r round.Result) (all []string) {
	for _, change := range r.Plan.Changes {
		all = append(all, change.Title+": "+change.From)
	}
	return all
}

// An undoing that breaks off is taken up, and no call of it takes effect twice.
func TestUndoCrashes(t *testing.T) {
	for name, stage := range stages(t) {
		t.Run(name, func(t *testing.T) { roundtrip.UndoCrashes(t, stage) })
	}
}
