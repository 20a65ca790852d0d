package posture_test

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

func TestLeftAlone(t *testing.T) {
	const m, h = time.Minute, time.Hour
	for name, row := range map[string]struct {
		// ago is how long before now it was applied.
		ago []time.Duration
		// left is for how long from now it is left alone; 0 or less: it is not.
		left  time.Duration
		times int
	}{
		"never applied":                         {nil, 0, 0},
		"three times in an hour":                {[]time.Duration{50 * m, 30 * m, m}, 0, 3},
		"four times in an hour":                 {[]time.Duration{50 * m, 30 * m, 10 * m, m}, 59 * m, 4},
		"in any order":                          {[]time.Duration{m, 50 * m, 10 * m, 30 * m}, 59 * m, 4},
		"four times in just an hour":            {[]time.Duration{61 * m, 30 * m, 10 * m, m}, 0, 4},
		"four times in a day":                   {[]time.Duration{23 * h, 16 * h, 8 * h, m}, 0, 4},
		"six times in a day, hourly":            {[]time.Duration{5 * h, 4 * h, 3 * h, 2 * h, h, m}, 0, 6},
		"seven times in a day, hourly":          {[]time.Duration{6 * h, 5 * h, 4 * h, 3 * h, 2 * h, h, m}, 8*h - m, 7},
		"seven times, the first yesterday":      {[]time.Duration{24 * h, 20 * h, 16 * h, 12 * h, 8 * h, 4 * h, m}, 0, 6},
		"the hour is over":                      {[]time.Duration{110 * m, 100 * m, 90 * m, 60 * m}, 0, 4},
		"a fifth time":                          {[]time.Duration{110 * m, 100 * m, 90 * m, 80 * m, m}, 2*h - m, 5},
		"a sixth":                               {[]time.Duration{300 * m, 290 * m, 280 * m, 270 * m, 200 * m, m}, 4*h - m, 6},
		"a seventh":                             {[]time.Duration{10 * h, 10 * h, 10 * h, 10 * h, 9 * h, 7 * h, m}, 8*h - m, 7},
		"an eighth":                             {[]time.Duration{20 * h, 20 * h, 20 * h, 20 * h, 19 * h, 17 * h, 13 * h, 0}, 16 * h, 8},
		"a ninth, a day at most":                {[]time.Duration{h, h, h, h, h, h, h, h, 0}, 24 * h, 9},
		"a thousandth":                          {make([]time.Duration, 1000), 24 * h, 1000},
		"the burst was yesterday":               {[]time.Duration{25 * h, 25 * h, 25 * h, 24 * h, m}, 0, 1},
		"applied at times that lie ahead of us": {[]time.Duration{-h, -h, -h, -h}, 2 * h, 4},
	} {
		t.Run(name, func(t *testing.T) {
			var applied []time.Time
			for _, ago := range row.ago {
				applied = append(applied, asOf.Add(-ago))
			}
			until, times := posture.LeftAlone(applied, asOf)
			if left := max(until.Sub(asOf), 0); left != row.left || times != row.times {
				t.Errorf("left alone for %s after %d times, want %s after %d", left, times, row.left, row.times)
			}
		})
	}
}

// What is contested is held, and the rest of the plan goes on; what a person approves is theirs
// to decide.
func TestContestedIsHeld(t *testing.T) {
	contested := noLimits
	contested.Contested = func(d action.Description) string {
		if d.Target.ID == "fought" {
			return "undone 4 times"
		}
		return ""
	}
	facts := observed(square("calm"), square("fought"))
	for enforcement, want := range map[v1alpha1.Enforcement]string{
		v1alpha1.Enforce: "calm Automatic",
		v1alpha1.Approve: "calm Offered, fought Offered",
		v1alpha1.Audit:   "calm Audited, fought Audited",
	} {
		declarations := []posture.Declaration{declared(rule("test-round", nil, makeRound), enforcement)}
		plan := draft(t, facts, contested, declarations...)
		if got := modes(plan); got != want {
			t.Errorf("%s: %s, want %s", enforcement, got, want)
		}
		held := 0
		for _, finding := range posture.Findings(posture.Judge(declarations, facts), plan) {
			if finding.Contested != "" {
				held++
				if finding.Resource != "fought" || finding.Contested != "undone 4 times" {
					t.Errorf("%s: %+v", enforcement, finding)
				}
			}
		}
		if wants := enforcement == v1alpha1.Enforce; wants != (held == 1) {
			t.Errorf("%s: %d findings are contested", enforcement, held)
		}
	}
	few := contested
	few.MaxActions = 1
	if plan := draft(t, facts, few, declared(rule("test-round", nil, makeRound), v1alpha1.Enforce)); plan.Blocked != "" {
		t.Errorf("what is contested counts for the limits: %s", plan.Blocked)
	}
}

func TestContestKey(t *testing.T) {
	key := func(r reshape) string { return posture.ContestKey(r.Describe()) }
	one := reshape{Thing: action.On(square("a")), To: "round"}
	other := one
	other.Thing.ARN = one.Thing.ARN
	if key(one) != key(other) {
		t.Error("one setting and one aim have two keys")
	}
	other.To = "flat"
	if key(one) == key(other) {
		t.Error("two aims have one key")
	}
	other = one
	other.Setting = "Colour"
	if key(one) == key(other) {
		t.Error("two settings have one key")
	}
}
