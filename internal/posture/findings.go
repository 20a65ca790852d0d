package posture

import (
	"cmp"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// maxResource bounds the name of a resource where it is shown.
const maxResource = 300

// Findings lists every verdict that is neither a pass nor not applicable, worst first, those
// that are accepted after the others of their severity, with what keeps it from being mended.
func Findings(report Report, plan Plan) []v1alpha1.Finding {
	type key struct{ control, region, resource string }
	held := map[key]Held{}
	for _, h := range plan.Held {
		at := key{h.Control, h.Ref.Region, h.Ref.Name()}
		have := held[at]
		have.Protected = cmp.Or(have.Protected, h.Protected)
		have.ManagedElsewhere = cmp.Or(have.ManagedElsewhere, h.ManagedElsewhere)
		have.ByHand = cmp.Or(have.ByHand, h.ByHand)
		have.Contested = cmp.Or(have.Contested, h.Contested)
		have.Failed = cmp.Or(have.Failed, h.Failed)
		have.Rejected = cmp.Or(have.Rejected, h.Rejected)
		have.Settling = have.Settling || h.Settling
		held[at] = have
	}
	var findings []v1alpha1.Finding
	for _, control := range report.Controls {
		for _, judged := range control.Judged {
			status := judged.Verdict.Status
			if status == v1alpha1.Pass || status == v1alpha1.NotApplicable {
				continue
			}
			why := held[key{control.Control.ID, judged.Ref.Region, judged.Ref.Name()}]
			findings = append(findings, v1alpha1.Finding{
				Control: control.Control.ID, Severity: control.Severity, Verdict: status,
				Resource: inventory.Clean(judged.Ref.Name(), maxResource), Region: judged.Ref.Region, Reason: judged.Verdict.Reason, Message: judged.Verdict.Message,
				ManagedElsewhere: inventory.Clean(why.ManagedElsewhere, 200), Protected: inventory.Clean(why.Protected, 200), ByHand: inventory.Clean(why.ByHand, 600), Contested: inventory.Clean(why.Contested, 500),
				Failed: inventory.Clean(why.Failed, 500), Rejected: inventory.Clean(why.Rejected, 500), Settling: why.Settling,
				AcceptedBy: judged.AcceptedBy,
			})
		}
	}
	rank := map[v1alpha1.VerdictStatus]int{v1alpha1.Fail: 0, v1alpha1.Unknown: 1, v1alpha1.Contained: 2}
	slices.SortStableFunc(findings, func(a, b v1alpha1.Finding) int {
		return cmp.Or(cmp.Compare(rank[a.Verdict], rank[b.Verdict]), cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), cmp.Compare(accepted(a), accepted(b)),
			strings.Compare(a.Control, b.Control), strings.Compare(a.Region, b.Region), strings.Compare(a.Resource, b.Resource))
	})
	return findings
}

// accepted sorts accepted findings after others.
func accepted(f v1alpha1.Finding) int {
	if f.AcceptedBy != "" {
		return 1
	}
	return 0
}
