package posture

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Report is the judgement of one account: every declared control, in order of id.
type Report struct {
	Account  string
	AsOf     time.Time
	Controls []ControlReport
	// AcceptedUntil is when the first of its accepted failures counts again; zero: none is.
	AcceptedUntil time.Time
}

// ControlReport is what one control concludes on the account.
type ControlReport struct {
	Declaration
	// Judged is one entry per resource, in order of name.
	Judged []Judged
}

// Judge judges every declared control. The same facts give the same report, byte by byte.
func Judge(declarations []Declaration, facts *inventory.Snapshot) Report {
	report := Report{Account: facts.Account, AsOf: facts.AsOf}
	for _, declaration := range declarations {
		judged := declaration.Control.judge(declaration.Leaf, facts)
		slices.SortStableFunc(judged, func(a, b Judged) int {
			return cmp.Or(strings.Compare(a.Ref.Name(), b.Ref.Name()), strings.Compare(a.Ref.Region, b.Ref.Region))
		})
		report.Controls = append(report.Controls, ControlReport{Declaration: declaration, Judged: judged})
	}
	return report
}

// Unread is the report of an account that could not be read at all: every declared control is
// Unknown, for the one reason.
func Unread(declarations []Declaration, account string, asOf time.Time, why error) Report {
	report := Report{Account: account, AsOf: asOf}
	for _, declaration := range declarations {
		judged := Judged{Ref: inventory.Ref{Account: account, ID: account}, Verdict: Unknown(why)}
		report.Controls = append(report.Controls, ControlReport{Declaration: declaration, Judged: []Judged{judged}})
	}
	return report
}

// Count returns how many resources got the verdict.
func (c ControlReport) Count(status v1alpha1.VerdictStatus) int {
	n := 0
	for _, judged := range c.Judged {
		if judged.Verdict.Status == status {
			n++
		}
	}
	return n
}

// Accepted returns how many failures are accepted.
func (c ControlReport) Accepted() int {
	n := 0
	for _, judged := range c.Judged {
		if judged.AcceptedBy != "" {
			n++
		}
	}
	return n
}

// Posture is the control's conclusion in numbers.
func (c ControlReport) Posture() v1alpha1.ControlPosture {
	count := func(n int) int32 { return int32(n) } //nolint:gosec // counts of what one account holds fit
	return v1alpha1.ControlPosture{
		Control: c.Control.ID, Verdict: c.Verdict(), Severity: c.Severity, Enforcement: c.Enforcement,
		Pass: count(c.Count(v1alpha1.Pass)), Fail: count(c.Count(v1alpha1.Fail)), Contained: count(c.Count(v1alpha1.Contained)),
		Unknown: count(c.Count(v1alpha1.Unknown)), Accepted: count(c.Accepted()),
	}
}

// Verdict is the worst verdict on any resource, accepted or not; NotApplicable where there is
// none.
func (c ControlReport) Verdict() v1alpha1.VerdictStatus {
	for _, status := range []v1alpha1.VerdictStatus{v1alpha1.Fail, v1alpha1.Unknown, v1alpha1.Contained, v1alpha1.Pass} {
		if c.Count(status) > 0 {
			return status
		}
	}
	return v1alpha1.NotApplicable
}

// Wrong returns whether any control over the collection found something wrong with the
// resource of it, or something that a person still has to see to.
func (r Report) Wrong() func(collection string, ref inventory.Ref) bool {
	type name struct{ collection, region, name string }
	wrong := map[name]bool{}
	for _, control := range r.Controls {
		for _, judged := range control.Judged {
			if s := judged.Verdict.Status; s == v1alpha1.Fail || s == v1alpha1.Contained {
				wrong[name{control.Control.Want.Collection, judged.Ref.Region, judged.Ref.Name()}] = true
			}
		}
	}
	return func(collection string, ref inventory.Ref) bool {
		return wrong[name{collection, ref.Region, ref.Name()}]
	}
}

// Passing says whether anything was kept from being read by what passes by itself.
func (r Report) Passing() bool {
	return slices.ContainsFunc(r.Controls, func(c ControlReport) bool {
		return slices.ContainsFunc(c.Judged, func(j Judged) bool { return j.Verdict.Passing })
	})
}

// Totals counts the controls by what they conclude.
func (r Report) Totals() v1alpha1.Totals {
	var totals v1alpha1.Totals
	for _, control := range r.Controls {
		totals.Add(TotalOf(control.Posture()))
	}
	return totals
}

// TotalOf counts one control, by what it concluded.
// Its accepted failures count where nothing worse is left.
func TotalOf(c v1alpha1.ControlPosture) v1alpha1.Totals {
	switch {
	case c.Fail > c.Accepted:
		return v1alpha1.Totals{Fail: 1}
	case c.Unknown > 0:
		return v1alpha1.Totals{Unknown: 1}
	case c.Contained > 0:
		return v1alpha1.Totals{Contained: 1}
	case c.Accepted > 0:
		return v1alpha1.Totals{Accepted: 1}
	case c.Pass > 0:
		return v1alpha1.Totals{Pass: 1}
	}
	return v1alpha1.Totals{NotApplicable: 1}
}
