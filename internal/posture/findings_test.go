package posture_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

func TestFindingsWorstFirst(t *testing.T) {
	severity := func(s v1alpha1.Severity) func(*posture.Declaration) {
		return func(d *posture.Declaration) { d.Severity = s }
	}
	low, critical := rule("test-low", nil, makeRound), rule("test-critical", nil, makeRound)
	facts := observed(round("r"), shaped("f", "flat"), shaped("w", "wrapped"), veiled("v"), square("b"), square("a"))
	declarations := []posture.Declaration{declared(low, v1alpha1.Audit, severity(v1alpha1.Low)), declared(critical, v1alpha1.Audit, severity(v1alpha1.Critical))}
	report := posture.Judge(declarations, facts)
	plan, err := posture.Draft(report, facts, noLimits)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range posture.Findings(report, plan) {
		got = append(got, fmt.Sprintf("%s %s %s", f.Verdict, f.Control, f.Resource))
	}
	want := []string{
		"Fail test-critical a", "Fail test-critical b", "Fail test-low a", "Fail test-low b",
		"Unknown test-critical v", "Unknown test-low v",
		"Contained test-critical w", "Contained test-low w",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestFindingsSayWhatHoldsThem(t *testing.T) {
	mend := func(_ leaf, x thing) []action.Action {
		if x.ID == "hand" {
			return nil
		}
		return makeRound(leaf{}, x)
	}
	facts := observed(square("hand"), square("kept"), owned("theirs", "terraform", "yes"), square("wet"), veiled("veiled"))
	rules := noLimits
	rules.Protection.Resources = []string{"kept"}
	rules.Settling = func(d action.Description) bool { return posture.KeyOf(d) == "|wet|Shape" }
	report := posture.Judge([]posture.Declaration{declared(rule("test-round", nil, mend), v1alpha1.Enforce)}, facts)
	plan, err := posture.Draft(report, facts, rules)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]v1alpha1.Finding{}
	for _, f := range posture.Findings(report, plan) {
		got[f.Resource] = f
	}
	for resource, want := range map[string]v1alpha1.Finding{
		"hand":   {ByHand: "make hand round", Reason: "NotRound", Message: "it is square"},
		"kept":   {Protected: "protected resource kept", Reason: "NotRound", Message: "it is square"},
		"theirs": {ManagedElsewhere: "Terraform yes", Reason: "NotRound", Message: "it is square"},
		"wet":    {Settling: true, Reason: "NotRound", Message: "it is square"},
		"veiled": {Reason: v1alpha1.VerdictReadDenied, Message: "test:DescribeThing: missing permission test:DescribeThing"},
	} {
		have := got[resource]
		want.Control, want.Severity, want.Resource = "test-round", v1alpha1.Medium, resource
		want.Verdict = v1alpha1.Fail
		if resource == "veiled" {
			want.Verdict = v1alpha1.Unknown
		}
		if have != want {
			t.Errorf("%s:\n got %+v\nwant %+v", resource, have, want)
		}
	}
}

// Names and texts from AWS may hold anything; what is shown of them may not.
func TestFindingsAreClean(t *testing.T) {
	hostile := "\x00\x1b[2J\u202egnp\u2066" + strings.Repeat("é\xff", 4000)
	facts := observed(square(hostile))
	report := posture.Judge([]posture.Declaration{declared(rule("test-round", nil, nil), v1alpha1.Enforce)}, facts)
	plan, err := posture.Draft(report, facts, noLimits)
	if err != nil {
		t.Fatal(err)
	}
	f := posture.Findings(report, plan)[0]
	for field, text := range map[string]string{"resource": f.Resource, "byHand": f.ByHand} {
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) || len(text) > 600 {
			t.Errorf("%s is not fit to be shown: %q", field, text)
		}
	}
	if f.ByHand == "" {
		t.Error("what to do by hand got lost")
	}
}

func TestVerdictOfAControl(t *testing.T) {
	for name, row := range map[string]struct {
		things []thing
		want   v1alpha1.VerdictStatus
		totals v1alpha1.Totals
	}{
		"nothing to judge":          {nil, v1alpha1.NotApplicable, v1alpha1.Totals{NotApplicable: 1}},
		"nothing that it is about":  {[]thing{shaped("a", "flat")}, v1alpha1.NotApplicable, v1alpha1.Totals{NotApplicable: 1}},
		"all pass":                  {[]thing{round("a"), shaped("b", "flat")}, v1alpha1.Pass, v1alpha1.Totals{Pass: 1}},
		"one is contained":          {[]thing{round("a"), shaped("b", "wrapped")}, v1alpha1.Contained, v1alpha1.Totals{Contained: 1}},
		"one is unread":             {[]thing{round("a"), shaped("b", "wrapped"), veiled("c")}, v1alpha1.Unknown, v1alpha1.Totals{Unknown: 1}},
		"one fails":                 {[]thing{round("a"), shaped("b", "wrapped"), veiled("c"), square("d")}, v1alpha1.Fail, v1alpha1.Totals{Fail: 1}},
		"one was never looked into": {[]thing{round("a"), {Ref: round("b").Ref}}, v1alpha1.Unknown, v1alpha1.Totals{Unknown: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			report := posture.Judge([]posture.Declaration{declared(rule("test-round", nil, nil), v1alpha1.Audit)}, observed(row.things...))
			if got := report.Controls[0].Verdict(); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
			if got := report.Totals(); got != row.totals {
				t.Errorf("got %+v, want %+v", got, row.totals)
			}
		})
	}
}

// Only what passes by itself is worth trying again before the interval.
func TestPassing(t *testing.T) {
	for class, want := range map[fault.Class]bool{
		fault.Throttled: true, fault.Unavailable: true, fault.Denied: false, fault.DeniedByOrganization: false, fault.NotRead: false,
		fault.Invalid: false, fault.NotFound: false, fault.Conflict: false, fault.Other: false,
	} {
		x := square("x")
		x.Shape = inventory.Unseen[string](&fault.Fault{Class: class, Message: "no"})
		report := posture.Judge([]posture.Declaration{declared(rule("test-round", nil, nil), v1alpha1.Audit)}, observed(x))
		if got := report.Passing(); got != want || report.Controls[0].Verdict() != v1alpha1.Unknown {
			t.Errorf("%s: %t, want %t", class, got, want)
		}
	}
}
