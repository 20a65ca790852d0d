package posture_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// many are n things; -1 is a list that could not be read.
func many(n int) inventory.Observed[[]thing] {
	if n < 0 {
		return inventory.Unseen[[]thing](errors.New("denied"))
	}
	all := make([]thing, n)
	for i := range all {
		all[i] = round(fmt.Sprint(i))
	}
	return inventory.Seen(all, asOf)
}

// sizesOf tells sizes: "test.things=40", "test.things=40 (0)" where 0 is not believed yet.
func sizesOf(sizes []v1alpha1.CollectionSize) string {
	var told []string
	for _, s := range sizes {
		one := fmt.Sprintf("%s=%d", s.Collection, s.Size)
		if s.Doubted != nil {
			one += fmt.Sprintf(" (%d)", *s.Doubted)
		}
		told = append(told, one)
	}
	return strings.Join(told, ", ")
}

func TestACollectionThatShrinksIsDoubtedOnce(t *testing.T) {
	for name, row := range map[string]struct {
		// read is what each round reads, shrank in which of them something is doubted, and sizes
		// what is known in the end.
		read   []int
		shrank []int
		sizes  string
	}{
		"the first reading of nothing":    {[]int{0}, nil, "test.things=0"},
		"the first reading of many":       {[]int{40}, nil, "test.things=40"},
		"it grows":                        {[]int{0, 40, 41}, nil, "test.things=41"},
		"it becomes nothing":              {[]int{40, 0}, []int{1}, "test.things=40 (0)"},
		"two become none":                 {[]int{2, 0}, []int{1}, "test.things=2 (0)"},
		"one becomes none":                {[]int{1, 0}, nil, "test.things=0"},
		"a small one is halved":           {[]int{9, 1}, nil, "test.things=1"},
		"it loses just half":              {[]int{10, 5}, nil, "test.things=5"},
		"it loses more than half":         {[]int{10, 4}, []int{1}, "test.things=10 (4)"},
		"a second reading agrees":         {[]int{40, 0, 0}, []int{1}, "test.things=0"},
		"a second reading shows fewer":    {[]int{40, 12, 3}, []int{1}, "test.things=3"},
		"a second reading shows more":     {[]int{40, 0, 12}, []int{1, 2}, "test.things=40 (12)"},
		"and a third agrees with that":    {[]int{40, 0, 12, 12}, []int{1, 2}, "test.things=12"},
		"it recovers":                     {[]int{40, 0, 40}, []int{1}, "test.things=40"},
		"it recovers in part":             {[]int{40, 0, 20}, []int{1}, "test.things=20"},
		"it recovers and shrinks again":   {[]int{40, 0, 40, 0}, []int{1, 3}, "test.things=40 (0)"},
		"once believed it is the measure": {[]int{40, 0, 0, 0, 3, 0}, []int{1, 5}, "test.things=3 (0)"},
		"unread keeps the size":           {[]int{40, -1, -1, 40}, nil, "test.things=40"},
		"unread, and then nothing":        {[]int{40, -1, 0}, []int{2}, "test.things=40 (0)"},
		"unread keeps the doubt":          {[]int{40, 0, -1, 0}, []int{1, 2}, "test.things=0"},
		"never read":                      {[]int{-1, -1}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			declarations := []posture.Declaration{declared(rule("test-round", nil, makeRound), v1alpha1.Enforce)}
			var known v1alpha1.AccountPostureStatus
			var shrank []int
			for i, n := range row.read {
				facts := observed()
				things.Put(facts, "", many(n))
				m := posture.Weigh(known, declarations, facts)
				if len(m.Shrank) > 0 {
					shrank = append(shrank, i)
				}
				known.Collections = m.Sizes
			}
			if got := sizesOf(known.Collections); got != row.sizes || !slices.Equal(shrank, row.shrank) {
				t.Errorf("doubted in %v, then %s; want %v, %s", shrank, got, row.shrank, row.sizes)
			}
		})
	}
}

// A collection that nobody declares any more keeps its size, so that leaving a control out for
// a round does not make the next reading a first one.
func TestSizesOutliveTheirDeclaration(t *testing.T) {
	one := []posture.Declaration{declared(ruleOver(regionals, "test-regional", nil, makeRound), v1alpha1.Audit)}
	facts := observed()
	regionals.Put(facts, "eu-west-1", many(2))
	regionals.Put(facts, "us-east-1", many(-1))
	known := v1alpha1.AccountPostureStatus{Collections: []v1alpha1.CollectionSize{{Collection: "test.regionals", Size: 30}, {Collection: "test.things", Size: 40}}}
	if got := sizesOf(posture.Weigh(known, one, facts).Sizes); got != "test.regionals=30, test.things=40" {
		t.Errorf("a region that is unread: %s", got)
	}
	regionals.Put(facts, "us-east-1", many(0))
	m := posture.Weigh(known, one, facts)
	if got := sizesOf(m.Sizes); got != "test.regionals=30 (2), test.things=40" {
		t.Errorf("both regions read: %s", got)
	}
	if got := m.Why(); got != "nothing is planned until a second reading agrees: test.regionals had 30 resources and now has 2" {
		t.Error(got)
	}
}

func TestADeclarationThatShrinks(t *testing.T) {
	for _, row := range []struct {
		had, has int
		shrank   string
	}{
		{0, 0, ""},
		{0, 5, ""},
		{5, 5, ""},
		{6, 3, ""},
		{2, 1, ""},
		{6, 2, "the declared posture had 6 controls and now has 2"},
		{33, 0, "the declared posture had 33 controls and now has none"},
	} {
		known := v1alpha1.AccountPostureStatus{Controls: make([]v1alpha1.ControlPosture, row.had)}
		declarations := make([]posture.Declaration, row.has)
		for i := range declarations {
			declarations[i] = declared(rule("test-round", nil, makeRound), v1alpha1.Enforce)
		}
		if got := strings.Join(posture.Weigh(known, declarations, observed()).Shrank, "; "); got != row.shrank {
			t.Errorf("%d, then %d: %q, want %q", row.had, row.has, got, row.shrank)
		}
	}
}

// An empty list passes every control over it; one that is not believed passes none.
func TestWhatIsDoubtedIsUnknown(t *testing.T) {
	declarations := []posture.Declaration{
		declared(rule("test-round", nil, makeRound), v1alpha1.Enforce),
		declared(ruleOver(regionals, "test-regional", nil, makeRound), v1alpha1.Enforce),
	}
	facts := observed()
	regionals.Put(facts, "eu-west-1", inventory.Seen([]thing{square("a")}, asOf))
	regionals.Put(facts, "us-east-1", many(3))
	known := v1alpha1.AccountPostureStatus{Collections: []v1alpha1.CollectionSize{{Collection: "test.things", Size: 3}, {Collection: "test.regionals", Size: 4}}}
	report := posture.Judge(declarations, facts)
	doubting := report.Doubting(posture.Weigh(known, declarations, facts))
	if got, want := doubting.Totals(), (v1alpha1.Totals{Fail: 1, Unknown: 1}); got != want {
		t.Errorf("totals %+v, want %+v", got, want)
	}
	if got := report.Totals(); got != (v1alpha1.Totals{Fail: 1, NotApplicable: 1}) {
		t.Errorf("the report itself was changed: %+v", got)
	}
	regionals.Put(facts, "us-east-1", many(-1))
	known.Collections[1].Doubted = new(int32)
	unread := posture.Judge(declarations, facts)
	if got := unread.Doubting(posture.Weigh(known, declarations, facts)).Controls[1]; !reflect.DeepEqual(got.Judged, unread.Controls[1].Judged) {
		t.Errorf("what is unread says why itself, not %+v", got.Judged)
	}
	plan, err := posture.Draft(report, facts, noLimits)
	if err != nil {
		t.Fatal(err)
	}
	plan.Held = []posture.Held{{Control: "test-round", ByHand: "x"}}
	withheld := plan.Withheld()
	if len(plan.Changes) != 1 || len(withheld.Changes) != 0 || !reflect.DeepEqual(withheld.Held, plan.Held) {
		t.Errorf("withheld of %+v is %+v", plan, withheld)
	}
}
