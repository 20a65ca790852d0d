package posture_test

import (
	"cmp"
	"fmt"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Many small plans are one that is too large.
func TestDraftCountsWhatWasChangedBefore(t *testing.T) {
	change := func(id string) action.Description {
		return reshape{Thing: action.On(square(id)), To: "round"}.Describe()
	}
	for name, row := range map[string]struct {
		// before were changed when the collection had of, earlier than those of later.
		before, of, later int
		percent           int
		squares, rounds   int
		want              string
	}{
		"within both limits":                     {before: 4, of: 30, squares: 2, rounds: 28},
		"over a fifth together":                  {before: 4, of: 30, squares: 3, rounds: 27, want: "3 of 30 test.things, besides 4 within the last 24 hours, exceed limits.maxPercent 20"},
		"by the size of the beginning":           {before: 4, of: 30, squares: 3, rounds: 997, want: "3 of 30 test.things, besides 4 within the last 24 hours, exceed limits.maxPercent 20"},
		"by the larger size of the beginning":    {before: 4, of: 60, squares: 3, rounds: 7},
		"the earliest size counts":               {before: 4, of: 30, later: 1, squares: 3, rounds: 97, want: "3 of 30 test.things, besides 5 within the last 24 hours, exceed limits.maxPercent 20"},
		"too many actions together":              {before: 24, of: 1000, squares: 2, rounds: 998, want: "2 actions, besides 24 within the last 24 hours, exceed limits.maxActions 25"},
		"as many as allowed together":            {before: 24, of: 1000, squares: 1, rounds: 999},
		"nothing to do, though all is spent":     {before: 30, of: 30, rounds: 30},
		"more than all there was, where all may": {before: 4, of: 5, squares: 6, rounds: 4, percent: 100},
		"of a run that does not say how many":    {before: 4, of: 0, squares: 2, rounds: 28},
	} {
		t.Run(name, func(t *testing.T) {
			rules := noLimits
			rules.MaxActions, rules.MaxPercent = 25, cmp.Or(row.percent, 20)
			for i := range row.later {
				rules.Spent.Add(asOf.Add(-time.Minute), change(fmt.Sprint("later", i)), 1000)
			}
			for i := range row.before {
				rules.Spent.Add(asOf.Add(-time.Hour), change(fmt.Sprint("before", i)), row.of)
			}
			var things []thing
			for i := range row.squares {
				things = append(things, square(fmt.Sprint("s", i)))
			}
			for i := range row.rounds {
				things = append(things, round(fmt.Sprint("r", i)))
			}
			plan := draft(t, observed(things...), rules, declared(rule("test-round", nil, makeRound), v1alpha1.Enforce))
			if plan.Blocked != row.want {
				t.Errorf("blocked %q, want %q", plan.Blocked, row.want)
			}
			if n := len(plan.In(posture.Automatic)); (n > 0) != (row.want == "" && row.squares > 0) {
				t.Errorf("%d automatic", n)
			}
		})
	}
}

// What is changed again is one resource of its collection, and another action.
func TestDraftCountsATargetOnce(t *testing.T) {
	rules := noLimits
	rules.MaxActions, rules.MaxPercent = 7, 20
	for i := range 6 {
		rules.Spent.Add(asOf.Add(-time.Hour), reshape{Thing: action.On(square(fmt.Sprint(i))), To: "round"}.Describe(), 30)
	}
	if plan := draft(t, observed(square("0")), rules, declared(rule("test-round", nil, makeRound), v1alpha1.Enforce)); plan.Blocked != "" {
		t.Errorf("blocked %q", plan.Blocked)
	}
}
