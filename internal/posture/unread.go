package posture

import (
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Missing returns the IAM actions for want of which the control could not be read, sorted.
func (c ControlReport) Missing() []string {
	var missing []string
	for _, judged := range c.Judged {
		if judged.Verdict.Missing != "" {
			missing = append(missing, strings.Split(judged.Verdict.Missing, ", ")...)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// unreadFrom is from how many rounds in a row on a control that cannot be read is told aloud.
const unreadFrom = 2

// UnreadRounds counts the rounds in a row that left a control unread, after one more of them; no
// further than it takes to be told, so that what goes on unread changes nothing any more.
func UnreadRounds(before int32, control v1alpha1.ControlPosture) int32 {
	if control.Unknown == 0 {
		return 0
	}
	return min(before+1, unreadFrom)
}

// Loud says whether a control was left unread so often that it is told.
func Loud(control v1alpha1.ControlPosture) bool { return control.UnreadRounds >= unreadFrom }
