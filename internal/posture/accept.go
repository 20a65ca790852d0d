package posture

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Accept marks the failures that an acceptance in force covers. They stay failures; of several
// acceptances the one that ends last counts, for with it the finding fails again.
func Accept(report Report, acceptances []Acceptance) Report {
	inForce := slices.DeleteFunc(slices.Clone(acceptances), func(a Acceptance) bool { return !a.InForce(report.AsOf) })
	slices.SortFunc(inForce, func(a, b Acceptance) int {
		return cmp.Or(b.End().Compare(a.End()), strings.Compare(a.Name, b.Name))
	})
	report.AcceptedUntil = time.Time{}
	report.Controls = slices.Clone(report.Controls)
	for i := range report.Controls {
		control := &report.Controls[i]
		about := slices.DeleteFunc(slices.Clone(inForce), func(a Acceptance) bool { return !a.Names(control.Control.ID) })
		control.Judged = slices.Clone(control.Judged)
		for j := range control.Judged {
			report.accept(&control.Judged[j], about)
		}
	}
	return report
}

// accept marks one verdict, if any of the acceptances takes it.
func (r *Report) accept(judged *Judged, acceptances []Acceptance) {
	judged.AcceptedBy = ""
	if judged.Verdict.Status != v1alpha1.Fail {
		return
	}
	at := slices.IndexFunc(acceptances, func(a Acceptance) bool { return a.takes(judged.Ref) })
	if at < 0 {
		return
	}
	judged.AcceptedBy = acceptances[at].Name
	if end := acceptances[at].End(); r.AcceptedUntil.IsZero() || end.Before(r.AcceptedUntil) {
		r.AcceptedUntil = end
	}
}

// Accepts says whether a failure of the control is accepted that the setting would be changed for.
func (r Report) Accepts(control, key string) bool {
	return slices.ContainsFunc(r.Controls, func(c ControlReport) bool {
		return c.Control.ID == control && slices.ContainsFunc(c.Judged, func(j Judged) bool {
			return j.AcceptedBy != "" && slices.ContainsFunc(j.Mend, func(a action.Action) bool { return KeyOf(a.Describe()) == key })
		})
	})
}

// Accepted lists what each acceptance covers, by its name.
func Accepted(report Report) []v1alpha1.AcceptedFindings {
	byName := map[string]*v1alpha1.AcceptedFindings{}
	for _, control := range report.Controls {
		for _, judged := range control.Judged {
			if judged.AcceptedBy == "" {
				continue
			}
			of := byName[judged.AcceptedBy]
			if of == nil {
				of = &v1alpha1.AcceptedFindings{Acceptance: judged.AcceptedBy}
				byName[judged.AcceptedBy] = of
			}
			of.Findings++
			if len(of.First) < v1alpha1.MaxAcceptedFirst {
				of.First = append(of.First, v1alpha1.AcceptedFinding{Control: control.Control.ID, Resource: inventory.Clean(judged.Ref.Name(), maxResource)})
			}
		}
	}
	all := make([]v1alpha1.AcceptedFindings, 0, len(byName))
	for _, of := range byName {
		all = append(all, *of)
	}
	slices.SortFunc(all, func(a, b v1alpha1.AcceptedFindings) int { return strings.Compare(a.Acceptance, b.Acceptance) })
	return all
}
