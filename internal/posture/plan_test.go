package posture_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// noLimits are rules that hold nothing back.
var noLimits = posture.Rules{MaxActions: 1000, MaxPercent: 100, AllowedRisks: []v1alpha1.Risk{v1alpha1.Safe, v1alpha1.Costly, v1alpha1.Disruptive}}

func draft(t *testing.T, facts *inventory.Snapshot, rules posture.Rules, declarations ...posture.Declaration) posture.Plan {
	t.Helper()
	plan, err := posture.Draft(posture.Judge(declarations, facts), facts, rules)
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

// modes tells the changes of a plan and what becomes of them: "x Automatic".
func modes(plan posture.Plan) string {
	var all []string
	for _, c := range plan.Changes {
		all = append(all, c.Target.ID+" "+string(c.Mode))
	}
	return strings.Join(all, ", ")
}

// A cell per enforcement, risk, leaf and guard: A automatic, O offered, . only shown.
func TestDraftModes(t *testing.T) {
	guards := [][]v1alpha1.Risk{{}, {v1alpha1.Safe}, {v1alpha1.Safe, v1alpha1.Costly}, {v1alpha1.Safe, v1alpha1.Costly, v1alpha1.Disruptive}, {v1alpha1.Safe, v1alpha1.Irreversible, v1alpha1.Manual}}
	for _, row := range []struct {
		enforcement v1alpha1.Enforcement
		risk        v1alpha1.Risk
		explicit    bool
		want        string
	}{
		{v1alpha1.Audit, v1alpha1.Safe, false, "....."},
		{v1alpha1.Audit, v1alpha1.Safe, true, "....."},
		{v1alpha1.Audit, v1alpha1.Irreversible, true, "....."},
		{"", v1alpha1.Safe, true, "....."},
		{"Sure", v1alpha1.Safe, true, "....."},
		{v1alpha1.Approve, v1alpha1.Safe, false, "OOOOO"},
		{v1alpha1.Approve, v1alpha1.Costly, false, "OOOOO"},
		{v1alpha1.Approve, v1alpha1.Disruptive, true, "OOOOO"},
		{v1alpha1.Approve, v1alpha1.Irreversible, false, "OOOOO"},
		{v1alpha1.Approve, v1alpha1.Manual, false, "....."},
		{v1alpha1.Enforce, v1alpha1.Safe, false, "OAAAA"},
		{v1alpha1.Enforce, v1alpha1.Safe, true, "OAAAA"},
		{v1alpha1.Enforce, v1alpha1.Costly, false, "OOOOO"},
		{v1alpha1.Enforce, v1alpha1.Costly, true, "OOAAO"},
		{v1alpha1.Enforce, v1alpha1.Disruptive, false, "OOOOO"},
		{v1alpha1.Enforce, v1alpha1.Disruptive, true, "OOOAO"},
		{v1alpha1.Enforce, v1alpha1.Irreversible, false, "OOOOO"},
		{v1alpha1.Enforce, v1alpha1.Irreversible, true, "OOOOO"},
		{v1alpha1.Enforce, v1alpha1.Manual, true, "....."},
		{v1alpha1.Enforce, "strange", true, "OOOOO"},
	} {
		t.Run(fmt.Sprintf("%s %s explicit=%t", row.enforcement, row.risk, row.explicit), func(t *testing.T) {
			control := rule("test-round", nil, func(_ leaf, x thing) []action.Action {
				return []action.Action{reshape{Thing: action.On(x), To: "round", Kind: row.risk}}
			})
			got := ""
			for _, guard := range guards {
				rules := noLimits
				rules.AllowedRisks = guard
				plan := draft(t, observed(square("x")), rules, declared(control, row.enforcement, func(d *posture.Declaration) { d.Explicit = row.explicit }))
				got += map[posture.Mode]string{posture.Audited: ".", posture.Offered: "O", posture.Automatic: "A"}[plan.Changes[0].Mode]
			}
			if got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}

// What a plan shows does not depend on what becomes of it.
func TestDraftIsTheSameInEveryEnforcement(t *testing.T) {
	control := rule("test-round", nil, makeRound)
	facts := observed(square("a"), round("b"), owned("c", "terraform", "1"), veiled("d"), square("e"))
	var first string
	for _, enforcement := range []v1alpha1.Enforcement{v1alpha1.Audit, v1alpha1.Approve, v1alpha1.Enforce} {
		plan := draft(t, facts, noLimits, declared(control, enforcement))
		for i := range plan.Changes {
			plan.Changes[i].Mode = ""
		}
		shown := fmt.Sprintf("%+v", plan)
		if first == "" {
			first = shown
		}
		if shown != first {
			t.Errorf("in %s:\n%s\nin Audit:\n%s", enforcement, shown, first)
		}
	}
}

func TestDraftLimits(t *testing.T) {
	many := func(n int, make func(string) thing, prefix string) (all []thing) {
		for i := range n {
			all = append(all, make(fmt.Sprintf("%s%03d", prefix, i)))
		}
		return all
	}
	for name, row := range map[string]struct {
		squares, rounds        int
		maxActions, maxPercent int
		want                   string
	}{
		"as many actions as allowed":           {25, 975, 25, 20, ""},
		"one action too many":                  {26, 974, 25, 20, "26 actions exceed limits.maxActions 25"},
		"no actions allowed":                   {1, 99, 0, 20, "1 actions exceed limits.maxActions 0"},
		"nothing to do, no actions allowed":    {0, 9, 0, 0, ""},
		"five of five do not count as a share": {5, 0, 25, 20, ""},
		"five of five at no percent":           {5, 0, 25, 0, ""},
		"six of thirty are a fifth":            {6, 24, 25, 20, ""},
		"six of 29 are more than a fifth":      {6, 23, 25, 20, "6 of 29 test.things exceed limits.maxPercent 20"},
		"six of a thousand at no percent":      {6, 994, 25, 0, "6 of 1000 test.things exceed limits.maxPercent 0"},
		"all of them at a hundred percent":     {24, 0, 25, 100, ""},
	} {
		t.Run(name, func(t *testing.T) {
			facts := observed(append(many(row.squares, square, "s"), many(row.rounds, round, "r")...)...)
			rules := noLimits
			rules.MaxActions, rules.MaxPercent = row.maxActions, row.maxPercent
			control := rule("test-round", nil, makeRound)
			plan := draft(t, facts, rules, declared(control, v1alpha1.Enforce))
			if plan.Blocked != row.want {
				t.Errorf("blocked %q, want %q", plan.Blocked, row.want)
			}
			automatic, offered := row.squares, 0
			if row.want != "" {
				automatic, offered = 0, row.squares
			}
			if a, o := len(plan.In(posture.Automatic)), len(plan.In(posture.Offered)); a != automatic || o != offered {
				t.Errorf("%d automatic and %d offered, want %d and %d", a, o, automatic, offered)
			}
			for _, enforcement := range []v1alpha1.Enforcement{v1alpha1.Audit, v1alpha1.Approve} {
				if held := draft(t, facts, rules, declared(control, enforcement)); held.Blocked != "" {
					t.Errorf("in %s, where nothing is automatic: blocked %q", enforcement, held.Blocked)
				}
			}
		})
	}
}

func TestDraftLimitsCount(t *testing.T) {
	rules := noLimits
	rules.MaxPercent = 20
	t.Run("a target with two settings once", func(t *testing.T) {
		control := rule("test-round", nil, func(_ leaf, x thing) []action.Action {
			return []action.Action{reshape{Thing: action.On(x), To: "round"}, reshape{Thing: action.On(x), To: "red", Setting: "Colour"}}
		})
		facts := observed(square("a"), square("b"), square("c"), square("d"), square("e"))
		if plan := draft(t, facts, rules, declared(control, v1alpha1.Enforce)); plan.Blocked != "" || len(plan.Changes) != 10 {
			t.Errorf("%d changes, blocked %q", len(plan.Changes), plan.Blocked)
		}
	})
	t.Run("a name in two regions twice", func(t *testing.T) {
		control := ruleOver(regionals, "test-regional", nil, func(_ leaf, x thing) []action.Action {
			return []action.Action{reshape{Thing: action.On(x), To: "round", In: regionals.Name}}
		})
		facts := observed()
		for _, region := range facts.Regions {
			var items []thing
			for i := range 3 {
				x := square(fmt.Sprint(i))
				x.Region = region
				items = append(items, x)
			}
			regionals.Put(facts, region, inventory.Seen(items, asOf))
		}
		if plan := draft(t, facts, rules, declared(control, v1alpha1.Enforce)); plan.Blocked != "6 of 6 test.regionals exceed limits.maxPercent 20" {
			t.Errorf("blocked %q", plan.Blocked)
		}
	})
	t.Run("a part that was not read as empty", func(t *testing.T) {
		control := ruleOver(regionals, "test-regional", nil, func(_ leaf, x thing) []action.Action {
			return []action.Action{reshape{Thing: action.On(x), To: "round", In: regionals.Name}}
		})
		facts := observed()
		var items []thing
		for i := range 6 {
			x := square(fmt.Sprint(i))
			x.Region = facts.Regions[0]
			items = append(items, x)
		}
		regionals.Put(facts, facts.Regions[0], inventory.Seen(items, asOf))
		regionals.Put(facts, facts.Regions[1], inventory.Unseen[[]thing](fault.DeniedRead("test:ListThings", "test:ListThings")))
		if plan := draft(t, facts, rules, declared(control, v1alpha1.Enforce)); plan.Blocked != "6 of 6 test.regionals exceed limits.maxPercent 20" {
			t.Errorf("blocked %q", plan.Blocked)
		}
	})
	t.Run("a collection of unknown size as full", func(t *testing.T) {
		control := rule("test-round", nil, func(_ leaf, x thing) []action.Action {
			return []action.Action{reshape{Thing: action.On(x), To: "round", In: "test.never-read"}}
		})
		facts := observed(square("a"), square("b"), square("c"), square("d"), square("e"), square("f"))
		if plan := draft(t, facts, rules, declared(control, v1alpha1.Enforce)); plan.Blocked == "" {
			t.Error("six changes in a collection that nobody read are within 20 percent of it")
		}
	})
	t.Run("all controls together", func(t *testing.T) {
		other := rule("test-other", nil, func(_ leaf, x thing) []action.Action {
			return []action.Action{reshape{Thing: action.On(x), To: "red", Setting: "Colour"}}
		})
		rules.MaxActions = 3
		plan := draft(t, observed(square("a"), square("b")), rules, declared(rule("test-round", nil, makeRound), v1alpha1.Enforce), declared(other, v1alpha1.Enforce))
		if plan.Blocked != "4 actions exceed limits.maxActions 3" {
			t.Errorf("blocked %q", plan.Blocked)
		}
	})
}

func TestDraftMergesByContent(t *testing.T) {
	one, two := rule("test-one", nil, makeRound), rule("test-two", nil, makeRound)
	plan := draft(t, observed(square("x")), noLimits, declared(two, v1alpha1.Audit), declared(one, v1alpha1.Approve))
	if len(plan.Changes) != 1 || strings.Join(plan.Changes[0].Controls, " ") != "test-one test-two" || plan.Changes[0].Mode != posture.Offered {
		t.Errorf("want one change for both, in the stronger mode: %+v", plan.Changes)
	}
	if plan.Hash != posture.HashOf(plan.Changes) || plan.Hash == posture.HashOf(nil) {
		t.Errorf("hash %s", plan.Hash)
	}
}

func TestDraftOnlyShowsContradictions(t *testing.T) {
	to := func(id, shape string) posture.Control {
		return rule(id, nil, func(_ leaf, x thing) []action.Action {
			return []action.Action{reshape{Thing: action.On(x), To: shape}}
		})
	}
	a, b, c := to("test-a", "round"), to("test-b", "oval"), to("test-c", "round")
	for name, controls := range map[string][]posture.Control{"two": {a, b}, "three, the last like the first": {a, b, c}} {
		t.Run(name, func(t *testing.T) {
			var declarations []posture.Declaration
			for _, control := range controls {
				declarations = append(declarations, declared(control, v1alpha1.Enforce, explicit))
			}
			plan := draft(t, observed(square("x")), noLimits, declarations...)
			if got := modes(plan); got != "x Audited, x Audited" {
				t.Errorf("got %s", got)
			}
		})
	}
	t.Run("another thing and another setting go on", func(t *testing.T) {
		colour := rule("test-colour", nil, func(_ leaf, x thing) []action.Action {
			return []action.Action{reshape{Thing: action.On(x), To: "red", Setting: "Colour"}}
		})
		only := rule("test-only-x", nil, func(_ leaf, x thing) []action.Action {
			if x.ID != "x" {
				return nil
			}
			return []action.Action{reshape{Thing: action.On(x), To: "oval"}}
		})
		plan := draft(t, observed(square("x"), square("y")), noLimits,
			declared(a, v1alpha1.Enforce), declared(only, v1alpha1.Enforce), declared(colour, v1alpha1.Enforce))
		if got := modes(plan); got != "x Audited, y Automatic, x Automatic, y Automatic, x Audited" {
			t.Errorf("got %s", got)
		}
	})
}

func TestDraftHolds(t *testing.T) {
	tagsDenied := square("x")
	tagsDenied.Tags = inventory.Unseen[map[string]string](fault.DeniedRead("test:ListTags", "test:ListTags"))
	for name, row := range map[string]struct {
		thing   thing
		rules   func(*posture.Rules)
		want    posture.Held
		planned bool
	}{
		"nothing holds it":   {thing: square("x"), planned: true},
		"protected":          {thing: square("x"), rules: func(r *posture.Rules) { r.Protection.Resources = []string{"x"} }, want: posture.Held{Protected: "protected resource x"}},
		"managed elsewhere":  {thing: owned("x", "aws:cloudformation:stack-name", "shop"), want: posture.Held{ManagedElsewhere: "CloudFormation shop"}},
		"its owner may plan": {thing: owned("x", "aws:cloudformation:stack-name", "shop"), rules: func(r *posture.Rules) { r.Protection.IncludeManagedElsewhere = true }, planned: true},
		"tags were refused":  {thing: tagsDenied, want: posture.Held{ManagedElsewhere: "unknown: its tags could not be read (test:ListTags: missing permission test:ListTags)"}},
		"settling": {thing: square("x"), rules: func(r *posture.Rules) {
			r.Settling = func(d action.Description) bool { return posture.KeyOf(d) == "|x|Shape" }
		}, want: posture.Held{Settling: true}},
		"rejected": {thing: square("x"), rules: func(r *posture.Rules) { r.Rejected = func(string) string { return "bob" } }, want: posture.Held{Rejected: "bob"}},
		"another settles": {thing: square("x"), rules: func(r *posture.Rules) {
			r.Settling = func(d action.Description) bool { return posture.KeyOf(d) == "|y|Shape" }
		}, planned: true},
	} {
		t.Run(name, func(t *testing.T) {
			rules := noLimits
			if row.rules != nil {
				row.rules(&rules)
			}
			plan := draft(t, observed(row.thing), rules, declared(rule("test-round", nil, makeRound), v1alpha1.Enforce))
			if row.planned {
				if len(plan.Changes) != 1 || len(plan.Held) != 0 {
					t.Fatalf("want it planned, got %+v", plan)
				}
				return
			}
			if len(plan.Changes) != 0 || len(plan.Held) != 1 {
				t.Fatalf("want it held, got %+v", plan)
			}
			got := plan.Held[0]
			if got.Control != "test-round" || got.Ref.ID != "x" {
				t.Errorf("held %s on %s", got.Control, got.Ref.ID)
			}
			got.Control, got.Ref = "", inventory.Ref{}
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", row.want) {
				t.Errorf("held %+v, want %+v", got, row.want)
			}
		})
	}
}

// What could not be read is neither failed nor planned for, whatever Mend would say.
func TestDraftPlansNothingForTheUnread(t *testing.T) {
	facts := observed(veiled("x"))
	plan := draft(t, facts, noLimits, declared(rule("test-round", nil, makeRound), v1alpha1.Enforce, explicit))
	if len(plan.Changes) != 0 {
		t.Errorf("planned %s", modes(plan))
	}
	never := inventory.NewSnapshot("111111111111", "aws", "us-east-1", []string{"us-east-1"}, asOf)
	report := posture.Judge([]posture.Declaration{declared(rule("test-round", nil, makeRound), v1alpha1.Enforce)}, never)
	if got := report.Controls[0].Verdict(); got != v1alpha1.Unknown {
		t.Errorf("a collection that nobody read is %s", got)
	}
	if got := report.Totals(); got != (v1alpha1.Totals{Unknown: 1}) {
		t.Errorf("totals %+v", got)
	}
}

func TestDraftByHand(t *testing.T) {
	plan := draft(t, observed(square("x")), noLimits, declared(rule("test-round", nil, nil), v1alpha1.Enforce))
	if len(plan.Changes) != 0 || len(plan.Held) != 1 || plan.Held[0].ByHand != "make x round" {
		t.Errorf("got %+v", plan)
	}
}

// The same facts in another order give the same report, findings and plan, byte by byte.
func TestReportIsDeterministic(t *testing.T) {
	var items []thing
	for i := range 40 {
		id := fmt.Sprintf("t%02d", i)
		items = append(items, []thing{square(id), round(id), veiled(id), owned(id, "terraform", "x"), shaped(id, "flat"), shaped(id, "wrapped")}[i%6])
	}
	declarations := []posture.Declaration{
		declared(rule("test-b", nil, makeRound), v1alpha1.Enforce, func(d *posture.Declaration) { d.Severity = v1alpha1.High }),
		declared(rule("test-a", nil, makeRound), v1alpha1.Approve),
	}
	var first string
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 1))
		random.Shuffle(len(items), func(i, j int) { items[i], items[j] = items[j], items[i] })
		facts := observed(slices.Clone(items)...)
		report := posture.Judge(declarations, facts)
		rules := noLimits
		rules.Protection.Resources = []string{"t0*"}
		plan, err := posture.Draft(report, facts, rules)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := json.Marshal(map[string]any{"findings": posture.Findings(report, plan), "changes": plan.Changes, "held": plan.Held, "hash": plan.Hash, "totals": report.Totals()})
		if err != nil {
			t.Fatal(err)
		}
		if first == "" {
			first = string(shown)
		}
		if string(shown) != first {
			t.Fatalf("shuffled with seed %d:\n%s\nat first:\n%s", seed, shown, first)
		}
	}
}
