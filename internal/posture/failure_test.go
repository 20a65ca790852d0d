package posture_test

import (
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

func TestResting(t *testing.T) {
	const m, h = time.Minute, time.Hour
	for name, row := range map[string]struct {
		// ago is how long before now it failed.
		ago    []time.Duration
		failed bool
		// until is how long from now it rests; 0: it does not.
		until time.Duration
	}{
		"never failed":               {nil, false, 0},
		"just now":                   {[]time.Duration{0}, true, 10 * m},
		"ten minutes ago":            {[]time.Duration{10 * m}, true, 0},
		"twice":                      {[]time.Duration{m, 20 * m}, true, 24*h - 20*m},
		"twice, in any order":        {[]time.Duration{20 * m, m}, true, 24*h - 20*m},
		"twice, the first yesterday": {[]time.Duration{24 * h, h}, true, 0},
		"three times":                {[]time.Duration{23 * h, 12 * h, h}, true, 12 * h},
		"just ahead of us":           {[]time.Duration{-m}, true, 11 * m},
		"far ahead of us":            {[]time.Duration{-h, -h}, false, 0},
		"a day ago":                  {[]time.Duration{24 * h}, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var f posture.Failures
			for _, ago := range row.ago {
				f = append(f, posture.Failure{At: asOf.Add(-ago), Why: "no"})
			}
			why, failed := f.Resting(asOf)
			if failed != row.failed || (why != "") != (row.until > 0) {
				t.Errorf("failed %t, %q", failed, why)
			}
			if at := asOf.Add(row.until).Format(time.RFC3339); why != "" && !strings.HasSuffix(why, "tried again from "+at+" on") {
				t.Errorf("%q, want until %s", why, at)
			}
		})
	}
}

// What failed goes last, or is held; what a person approves is theirs to decide.
func TestFailedGoesLastOrIsHeld(t *testing.T) {
	facts := observed(square("a"), square("b"), square("c"))
	control := declared(rule("test-round", nil, makeRound), v1alpha1.Enforce)
	before := draft(t, facts, noLimits, control)
	rules := noLimits
	rules.Failed = func(_ action.Description, hash string) (string, bool) {
		switch hash {
		case before.Changes[0].Hash:
			return "", true
		case before.Changes[1].Hash:
			return "cannot be applied: no", true
		}
		return "", false
	}
	for enforcement, want := range map[v1alpha1.Enforcement]string{
		v1alpha1.Enforce: "c Automatic, a Automatic",
		v1alpha1.Approve: "a Offered, b Offered, c Offered",
	} {
		control.Enforcement = enforcement
		plan := draft(t, facts, rules, control)
		if got := modes(plan); got != want {
			t.Errorf("%s: %s, want %s", enforcement, got, want)
		}
		for _, finding := range posture.Findings(posture.Judge([]posture.Declaration{control}, facts), plan) {
			if held := enforcement == v1alpha1.Enforce && finding.Resource == "b"; held != (finding.Failed == "cannot be applied: no") {
				t.Errorf("%s: %s failed %q", enforcement, finding.Resource, finding.Failed)
			}
		}
	}
	few := rules
	few.MaxActions = 1
	control.Enforcement = v1alpha1.Enforce
	if got := modes(draft(t, facts, few, control)); got != "a Offered, c Offered" {
		t.Errorf("over a limit: %s", got)
	}
}
