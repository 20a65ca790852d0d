package account

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// progress counts the actions that are as intended: 7/12.
func progress(run *v1alpha1.RemediationRun) string {
	n := tally(run)
	return fmt.Sprintf("%d/%d", n.applied, len(run.Spec.Actions))
}

// tallied are the actions of a run by how they stand.
type tallied struct{ applied, changed, failed, untried int }

func tally(run *v1alpha1.RemediationRun) tallied {
	var n tallied
	for _, planned := range run.Spec.Actions {
		switch standing(run, planned) {
		case v1alpha1.CallDone, v1alpha1.CallAlreadySo:
			n.applied++
		case v1alpha1.CallChanged:
			n.changed++
		case v1alpha1.CallDenied, v1alpha1.CallFailed:
			n.failed++
		case v1alpha1.CallClaimed:
		case v1alpha1.CallSkipped, "":
			n.untried++
		}
	}
	return n
}

// standing is how an action stands: done once all its calls went well, as one of them ended
// that did not, claimed in between, and "" before the first.
func standing(run *v1alpha1.RemediationRun, planned v1alpha1.RunAction) v1alpha1.CallResult {
	well, begun := map[string]bool{}, false
	for _, entry := range run.Status.Journal {
		if entry.Action != planned.Hash {
			continue
		}
		begun = true
		switch entry.Result {
		case v1alpha1.CallDone, v1alpha1.CallAlreadySo:
			well[entry.Call] = true
		case v1alpha1.CallChanged, v1alpha1.CallDenied, v1alpha1.CallFailed, v1alpha1.CallSkipped:
			return entry.Result
		case v1alpha1.CallClaimed:
		}
	}
	switch {
	case len(well) == len(planned.Calls):
		return v1alpha1.CallDone
	case begun:
		return v1alpha1.CallClaimed
	}
	return ""
}

// firstFailure is the call of the run that failed first, and why, or "".
func firstFailure(run *v1alpha1.RemediationRun) string {
	for _, entry := range run.Status.Journal {
		if entry.Result == v1alpha1.CallFailed || entry.Result == v1alpha1.CallDenied {
			return entry.Call + " on " + actionOf(run, entry.Action).Target + ": " + entry.Message
		}
	}
	return ""
}
