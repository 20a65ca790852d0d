package account

import (
	"encoding/json"
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// Bounds of an AccountPosture in bytes of its JSON, so that it stays under 64 KiB with
// whatever its controls, findings and names are.
const (
	maxStatusBytes  = 50 << 10
	maxPlanBytes    = 6 << 10
	maxNameBytes    = 6 << 10
	maxFindingBytes = 24 << 10
	maxPlanLine     = 160
	// Fifty acceptances of usual names fit, and what some of them cover.
	maxAcceptedBytes = 8 << 10
)

// postureStatus says what was concluded: every control, then as much of the rest as fits.
func postureStatus(report posture.Report, plan *posture.Plan) v1alpha1.AccountPostureStatus {
	var status v1alpha1.AccountPostureStatus
	left, names := room(maxStatusBytes), room(maxNameBytes)
	for _, c := range report.Controls {
		one := c.Posture()
		left.takes(one)
		one.Missing = fitting(c.Missing(), v1alpha1.MaxMissing, &names)
		one.Baselines = fitting(c.Baselines, v1alpha1.MaxBaselinesOfControl, &names)
		if one.Conflict = inventory.Clean(c.Disagreement(), 200); !names.takes(one.Conflict) && one.Conflict != "" {
			one.Conflict = "baselines disagree"
		}
		status.Controls = append(status.Controls, one)
	}
	left -= maxPlanBytes + maxNameBytes + maxAcceptedBytes + maxSizeBytes + maxShrankBytes
	status.Accepted, status.MoreAccepted = acceptedFindings(report)
	if plan == nil {
		plan = &posture.Plan{}
	} else {
		status.Plan = planSummary(*plan)
	}
	findings := posture.Findings(report, *plan)
	left = min(left, maxFindingBytes)
	status.Findings = fitting(findings, v1alpha1.MaxFindings, &left)
	status.MoreFindings = count(len(findings) - len(status.Findings))
	return status
}

// acceptedFindings are the acceptances that cover findings, with as many of these as fit once
// all of the acceptances are named.
func acceptedFindings(report posture.Report) (shown []v1alpha1.AcceptedFindings, more int32) {
	all := posture.Accepted(report)
	named := make([]v1alpha1.AcceptedFindings, len(all))
	for i, a := range all {
		named[i] = v1alpha1.AcceptedFindings{Acceptance: a.Acceptance, Findings: a.Findings}
	}
	left := room(maxAcceptedBytes)
	shown = fitting(named, v1alpha1.MaxAccepted, &left)
	for i := range shown {
		shown[i].First = fitting(all[i].First, v1alpha1.MaxAcceptedFirst, &left)
	}
	return shown, count(len(all) - len(shown))
}

func planSummary(plan posture.Plan) *v1alpha1.PlanSummary {
	summary := &v1alpha1.PlanSummary{
		Hash: plan.Hash, Actions: count(len(plan.Changes)), Automatic: count(len(plan.In(posture.Automatic))),
		Offered: count(len(plan.In(posture.Offered))), Audited: count(len(plan.In(posture.Audited))),
	}
	for _, held := range plan.Held {
		switch {
		case held.ByHand != "":
			summary.Manual++
		case held.Protected != "":
			summary.Refused++
		case held.Failed != "":
			summary.Failed++
		case held.Rejected != "":
			summary.Rejected++
		}
	}
	var lines []string
	for _, change := range plan.Changes[:min(len(plan.Changes), v1alpha1.MaxPlanLines)] {
		lines = append(lines, inventory.Clean(fmt.Sprintf("%s [%s, %s]", change.Title, change.Risk, change.Mode), maxPlanLine))
	}
	bytes := room(maxPlanBytes)
	summary.First = fitting(lines, v1alpha1.MaxPlanLines, &bytes)
	return summary
}

func count(n int) int32 { return int32(n) } //nolint:gosec // counts of what one account holds fit

// room is how many bytes of JSON are left.
type room int

// takes says whether the value fits, and makes it take its place.
func (r *room) takes(value any) bool {
	encoded, err := json.Marshal(value)
	if err != nil || len(encoded)+1 > int(*r) {
		return false
	}
	*r -= room(len(encoded) + 1)
	return true
}

// fitting are the first items that fit.
func fitting[T any](items []T, most int, left *room) []T {
	for i, item := range items {
		if i == most || !left.takes(item) {
			return items[:i]
		}
	}
	return items
}
