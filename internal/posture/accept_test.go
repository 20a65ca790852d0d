package posture_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

const year = 365 * 24 * time.Hour

// accepting is an acceptance of a control of the catalogue, for so long from now.
func accepting(name string, left time.Duration, change ...func(*posture.Acceptance)) posture.Acceptance {
	a := posture.Acceptance{
		Name: name, Created: asOf.Add(-time.Hour), Longest: 2 * year,
		Spec: v1alpha1.RiskAcceptanceSpec{Controls: []string{"iam-root-mfa"}, ExpiresAt: metav1.NewTime(asOf.Add(left))},
	}
	for _, c := range change {
		c(&a)
	}
	return a
}

func of(controls ...string) func(*posture.Acceptance) {
	return func(a *posture.Acceptance) { a.Spec.Controls = controls }
}

func resources(match v1alpha1.AcceptanceMatch, arns []string, tags ...v1alpha1.AcceptedTag) func(*posture.Acceptance) {
	return func(a *posture.Acceptance) {
		a.Spec.Resources = &v1alpha1.AcceptedResources{Match: match, ARNs: arns, Tags: tags}
	}
}

func tag(key, value string) v1alpha1.AcceptedTag {
	return v1alpha1.AcceptedTag{Key: key, Value: value}
}

// judgedWith are the names of what accepts the things, by their ids.
func judgedWith(t *testing.T, acceptances []posture.Acceptance, things ...thing) (posture.Report, map[string]string) {
	t.Helper()
	judged := posture.Judge([]posture.Declaration{declared(rule("iam-root-mfa", nil, makeRound), v1alpha1.Enforce)}, observed(things...))
	report := posture.Accept(judged, acceptances)
	by := map[string]string{}
	for _, j := range report.Controls[0].Judged {
		if j.AcceptedBy != "" {
			by[j.Ref.ID] = j.AcceptedBy
		}
	}
	for _, j := range judged.Controls[0].Judged {
		if j.AcceptedBy != "" {
			t.Error("the report that was given was changed")
		}
	}
	return report, by
}

func TestWhatIsAccepted(t *testing.T) {
	named := square("arn:test:thing/prod-logs")
	named.ARN, named.ID = named.ID, "prod-logs"
	denied := owned("x", "env", "dev")
	denied.Tags = inventory.Unseen[map[string]string](fault.DeniedRead("test:ListTags", "test:ListTags"))
	dev, european := owned("x", "env", "dev"), square("111111111111")
	european.Region = "eu-west-1"
	for name, row := range map[string]struct {
		thing  thing
		accept posture.Acceptance
		want   bool
	}{
		"a failure":                            {square("x"), accepting("a", time.Hour), true},
		"a pass":                               {round("x"), accepting("a", time.Hour), false},
		"what was not read":                    {veiled("x"), accepting("a", time.Hour), false},
		"what is contained":                    {shaped("x", "wrapped"), accepting("a", time.Hour), false},
		"what it is not about":                 {shaped("x", "flat"), accepting("a", time.Hour), false},
		"of another control":                   {square("x"), accepting("a", time.Hour, of("s3-tls-only")), false},
		"of one of several controls":           {square("x"), accepting("a", time.Hour, of("s3-tls-only", "iam-root-mfa")), true},
		"of one control beside an unknown one": {square("x"), accepting("a", time.Hour, of("no-such-control", "iam-root-mfa")), true},
		"of every control":                     {square("x"), accepting("a", time.Hour, of("*")), true},

		"at its last second":                   {square("x"), accepting("a", time.Second), true},
		"at its end":                           {square("x"), accepting("a", 0), false},
		"after its end":                        {square("x"), accepting("a", -time.Second), false},
		"that was found expired, clock or not": {square("x"), accepting("a", time.Hour, func(a *posture.Acceptance) { a.Expired = &a.Spec.ExpiresAt }), false},
		"found expired, in parts of a second": {square("x"), accepting("a", time.Hour+time.Second/2, func(a *posture.Acceptance) {
			whole := metav1.NewTime(a.Spec.ExpiresAt.Truncate(time.Second))
			a.Expired = &whole
		}), false},
		"with an earlier end that had passed": {square("x"), accepting("a", time.Hour, func(a *posture.Acceptance) {
			before := metav1.NewTime(asOf.Add(-time.Hour))
			a.Expired = &before
		}), true},
		"as long as allowed":          {square("x"), accepting("a", year, func(a *posture.Acceptance) { a.Longest = year + time.Hour }), true},
		"longer than allowed":         {square("x"), accepting("a", year, func(a *posture.Acceptance) { a.Longest = year + time.Hour - time.Second }), false},
		"that is in no cluster":       {square("x"), accepting("a", year, func(a *posture.Acceptance) { a.Longest, a.Created = 0, time.Time{} }), true},
		"with no account at all":      {square("x"), accepting("a", time.Hour, func(a *posture.Acceptance) { a.Spec.AccountSelector = badSelector }), false},
		"of unknown controls":         {square("x"), accepting("a", time.Hour, of("no-such-control")), false},
		"by its ARN":                  {named, accepting("a", time.Hour, resources("", []string{"arn:test:thing/prod-logs"})), true},
		"by a pattern":                {named, accepting("a", time.Hour, resources("", []string{"arn:x", "arn:*/prod-*"})), true},
		"by its id":                   {named, accepting("a", time.Hour, resources("", []string{"prod-logs"})), true},
		"by its region":               {european, accepting("a", time.Hour, resources("", []string{"eu-west-1/111111111111"})), true},
		"by another region":           {european, accepting("a", time.Hour, resources("", []string{"us-east-1/111111111111"})), false},
		"by its id in every region":   {european, accepting("a", time.Hour, resources("", []string{"111111111111"})), true},
		"by another ARN":              {named, accepting("a", time.Hour, resources("", []string{"arn:test:thing/prod"})), false},
		"by a tag":                    {dev, accepting("a", time.Hour, resources("", nil, tag("env", "dev"))), true},
		"by a tag of any value":       {dev, accepting("a", time.Hour, resources("", nil, tag("env", ""))), true},
		"by a pattern of a value":     {dev, accepting("a", time.Hour, resources("", nil, tag("env", "d*"))), true},
		"by another value":            {dev, accepting("a", time.Hour, resources("", nil, tag("env", "prod"))), false},
		"by another key":              {dev, accepting("a", time.Hour, resources("", nil, tag("stage", ""))), false},
		"by tags that nobody read":    {square("x"), accepting("a", time.Hour, resources("", nil, tag("env", ""))), false},
		"by tags that were refused":   {denied, accepting("a", time.Hour, resources("", nil, tag("env", ""))), false},
		"by one of two tags, all":     {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAll, nil, tag("env", "dev"), tag("team", ""))), false},
		"by one of two tags, any":     {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAny, nil, tag("env", "dev"), tag("team", ""))), true},
		"by ARN and tag, all":         {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAll, []string{"x"}, tag("env", "dev"))), true},
		"by ARN without tag, all":     {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAll, []string{"x"}, tag("env", "prod"))), false},
		"by tag without ARN, all":     {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAll, []string{"y"}, tag("env", "dev"))), false},
		"by ARN without tag, any":     {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAny, []string{"x"}, tag("env", "prod"))), true},
		"by tag without ARN, any":     {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAny, []string{"y"}, tag("env", "dev"))), true},
		"by ARN with no tags, any":    {denied, accepting("a", time.Hour, resources(v1alpha1.MatchAny, []string{"x"}, tag("env", "dev"))), true},
		"by neither ARN nor tag, any": {dev, accepting("a", time.Hour, resources(v1alpha1.MatchAny, []string{"y"}, tag("env", "prod"))), false},
	} {
		t.Run(name, func(t *testing.T) {
			if _, by := judgedWith(t, []posture.Acceptance{row.accept}, row.thing); (by[row.thing.ID] == "a") != row.want {
				t.Errorf("accepted by %q, want %t", by[row.thing.ID], row.want)
			}
		})
	}
}

var badSelector = metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: "env", Operator: "Like"}}}

func TestPhases(t *testing.T) {
	for name, row := range map[string]struct {
		left   time.Duration
		change func(*posture.Acceptance)
		want   v1alpha1.AcceptancePhase
		reason string
	}{
		"long before its end":   {posture.ExpiringFor + time.Second, nil, v1alpha1.AcceptanceActive, ""},
		"14 days before":        {posture.ExpiringFor, nil, v1alpha1.AcceptanceExpiring, ""},
		"at its end":            {0, nil, v1alpha1.AcceptanceExpired, ""},
		"too long":              {time.Hour, func(a *posture.Acceptance) { a.Longest = time.Hour }, v1alpha1.AcceptanceInvalid, v1alpha1.ReasonTooLong},
		"too long, and expired": {-time.Minute, func(a *posture.Acceptance) { a.Longest = time.Minute }, v1alpha1.AcceptanceExpired, v1alpha1.ReasonTooLong},
		"an unknown control":    {time.Hour, of("no-such-control"), v1alpha1.AcceptanceInvalid, v1alpha1.ReasonUnknownControl},
		"a control to come":     {posture.ExpiringFor, of("zone-sg-flows"), v1alpha1.AcceptanceExpiring, ""},
		"no selector":           {time.Hour, func(a *posture.Acceptance) { a.Spec.AccountSelector = badSelector }, v1alpha1.AcceptanceInvalid, v1alpha1.ReasonInvalidSelector},
	} {
		t.Run(name, func(t *testing.T) {
			a := accepting("a", row.left)
			if row.change != nil {
				row.change(&a)
			}
			reason, why := a.Invalid()
			if got := a.Phase(asOf); got != row.want || reason != row.reason || (reason == "") != (why == "") {
				t.Errorf("got %s, %s (%s); want %s, %s", got, reason, why, row.want, row.reason)
			}
		})
	}
}

// Whoever renews an acceptance before it ends keeps its findings accepted throughout.
func TestTheLastOfSeveralCounts(t *testing.T) {
	old, renewed, twin := accepting("old", time.Hour), accepting("renewed", 2*time.Hour), accepting("twin", 2*time.Hour)
	narrow := accepting("narrow", 3*time.Hour, resources("", []string{"b"}))
	for _, order := range [][]posture.Acceptance{{old, renewed, twin, narrow}, {narrow, twin, renewed, old}} {
		report, by := judgedWith(t, order, square("a"), square("b"))
		if by["a"] != "renewed" || by["b"] != "narrow" {
			t.Errorf("accepted by %v", by)
		}
		if want := renewed.End(); !report.AcceptedUntil.Equal(want) {
			t.Errorf("the first accepted failure counts again at %s, want %s", report.AcceptedUntil, want)
		}
	}
	report, _ := judgedWith(t, []posture.Acceptance{accepting("idle", time.Minute, resources("", []string{"c"}))}, square("a"))
	if !report.AcceptedUntil.IsZero() {
		t.Errorf("nothing is accepted, and yet something ends at %s", report.AcceptedUntil)
	}
}

func TestAcceptedFindingsAreNotPlannedFor(t *testing.T) {
	byHand := rule("iam-root-mfa", nil, nil)
	mended := rule("s3-tls-only", nil, makeRound)
	facts := observed(square("a"), square("b"), owned("c", "terraform", "yes"))
	judged := posture.Judge([]posture.Declaration{declared(byHand, v1alpha1.Enforce), declared(mended, v1alpha1.Enforce)}, facts)
	accepted := posture.Accept(judged, []posture.Acceptance{accepting("x", time.Hour, of("*"), resources("", []string{"a", "c"}))})
	plan, err := posture.Draft(accepted, facts, noLimits)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, change := range plan.Changes {
		told = append(told, change.Title)
	}
	for _, held := range plan.Held {
		told = append(told, "held "+held.Control+" "+held.Ref.ID)
	}
	if want := []string{"make b round", "held iam-root-mfa b"}; !slices.Equal(told, want) {
		t.Errorf("got %q, want %q", told, want)
	}
	for key, want := range map[string]bool{"|a|Shape": true, "|b|Shape": false, "|a|Colour": false} {
		if got := accepted.Accepts("s3-tls-only", key); got != want {
			t.Errorf("Accepts(%s) is %t", key, got)
		}
	}
}

// One thing fails two controls that the same change would mend; one of them still wants it.
func TestAcceptedForOneControlOnly(t *testing.T) {
	facts := observed(square("a"))
	report := posture.Accept(posture.Judge([]posture.Declaration{
		declared(rule("iam-root-mfa", nil, makeRound), v1alpha1.Enforce), declared(rule("s3-tls-only", nil, makeRound), v1alpha1.Enforce),
	}, facts), []posture.Acceptance{accepting("x", time.Hour)})
	plan, err := posture.Draft(report, facts, noLimits)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Changes) != 1 || !slices.Equal(plan.Changes[0].Controls, []string{"s3-tls-only"}) {
		t.Errorf("got %+v", plan.Changes)
	}
}

func TestTotalsOfAcceptedControls(t *testing.T) {
	all := []string{"*"}
	for name, row := range map[string]struct {
		things []thing
		arns   []string
		want   v1alpha1.Totals
	}{
		"every failure":             {[]thing{square("a"), square("b")}, all, v1alpha1.Totals{Accepted: 1}},
		"every failure, and a pass": {[]thing{square("a"), round("b")}, all, v1alpha1.Totals{Accepted: 1}},
		"all but one":               {[]thing{square("a"), square("b")}, []string{"a"}, v1alpha1.Totals{Fail: 1}},
		"with something unread":     {[]thing{square("a"), veiled("b")}, all, v1alpha1.Totals{Unknown: 1}},
		"with something contained":  {[]thing{square("a"), shaped("b", "wrapped")}, all, v1alpha1.Totals{Contained: 1}},
		"nothing":                   {[]thing{round("a")}, all, v1alpha1.Totals{Pass: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			report, by := judgedWith(t, []posture.Acceptance{accepting("x", time.Hour, resources("", row.arns))}, row.things...)
			if got := report.Totals(); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
			said := report.Controls[0].Posture()
			if posture.TotalOf(said) != row.want {
				t.Errorf("what is written of the control counts as %+v", posture.TotalOf(said))
			}
			if failing := report.Controls[0].Count(v1alpha1.Fail); int(said.Fail) != failing || int(said.Accepted) != len(by) || failing > 0 && said.Verdict != v1alpha1.Fail {
				t.Errorf("got %+v of %d failures, %d accepted", said, failing, len(by))
			}
		})
	}
}

func TestAcceptedFindingsAreShownLast(t *testing.T) {
	facts := observed(square("a"), square("b"), veiled("v"))
	low := func(d *posture.Declaration) { d.Severity = v1alpha1.Low }
	report := posture.Accept(posture.Judge([]posture.Declaration{
		declared(rule("iam-root-mfa", nil, nil), v1alpha1.Audit), declared(rule("s3-tls-only", nil, nil), v1alpha1.Audit, low),
	}, facts), []posture.Acceptance{accepting("x", time.Hour, of("*"), resources("", []string{"a"}))})
	var got []string
	for _, f := range posture.Findings(report, posture.Plan{}) {
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s %s", f.Verdict, f.Control, f.Resource, f.AcceptedBy)))
	}
	want := []string{
		"Fail iam-root-mfa b", "Fail iam-root-mfa a x", "Fail s3-tls-only b", "Fail s3-tls-only a x",
		"Unknown iam-root-mfa v", "Unknown s3-tls-only v",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestWhatEachAcceptanceCovers(t *testing.T) {
	var things []thing
	for i := range 7 {
		things = append(things, square(fmt.Sprintf("t%d", i)))
	}
	report, _ := judgedWith(t, []posture.Acceptance{
		accepting("b", time.Hour), accepting("a", 2*time.Hour, resources("", []string{"t6"})), accepting("c", time.Minute),
	}, things...)
	got, err := json.Marshal(posture.Accepted(report))
	if err != nil {
		t.Fatal(err)
	}
	first := `{"control":"iam-root-mfa","resource":"t0"},{"control":"iam-root-mfa","resource":"t1"},{"control":"iam-root-mfa","resource":"t2"},{"control":"iam-root-mfa","resource":"t3"},{"control":"iam-root-mfa","resource":"t4"}`
	want := `[{"acceptance":"a","findings":1,"first":[{"control":"iam-root-mfa","resource":"t6"}]},{"acceptance":"b","findings":6,"first":[` + first + `]}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Whoever may write acceptances must not be able to bring the account's rounds to a halt.
func TestManyAcceptances(t *testing.T) {
	var things []thing
	for i := range 3000 {
		x := square(fmt.Sprintf("bucket-%04d", i))
		x.ARN = "arn:aws:s3:::" + x.ID
		things = append(things, x)
	}
	var many []posture.Acceptance
	for i := range 20 {
		var arns []string
		for j := range 100 {
			arns = append(arns, fmt.Sprintf("arn:aws:s3:::other-%d-%d-*", i, j))
		}
		many = append(many, accepting(fmt.Sprint(i), time.Hour, resources("", arns)))
	}
	began := time.Now()
	if _, by := judgedWith(t, many, things...); len(by) != 0 {
		t.Errorf("%d accepted", len(by))
	}
	t.Logf("3,000 findings against 2,000 patterns take %s", time.Since(began))
}
