package account

import (
	"fmt"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// countUnread counts for each control how many rounds in a row it was not read in full. A visit
// that did not come to read is no round: why it did not is told by Ready and Stalled, and the
// counts stay.
func countUnread(status *v1alpha1.AccountPostureStatus, before v1alpha1.AccountPostureStatus, read bool) {
	was := map[string]v1alpha1.ControlPosture{}
	for _, control := range before.Controls {
		was[control.Control] = control
	}
	for i := range status.Controls {
		control := &status.Controls[i]
		if !read {
			control.UnreadRounds, control.Missing = was[control.Control].UnreadRounds, was[control.Control].Missing
			continue
		}
		control.UnreadRounds = posture.UnreadRounds(was[control.Control].UnreadRounds, *control)
	}
}

// unreadNamed is how many controls the condition names.
const unreadNamed = 20

// tellUnread says aloud which controls cannot be read, on the account and its posture and as a
// metric.
func (v *visit) tellUnread(p *v1alpha1.AccountPosture) {
	var loud []v1alpha1.ControlPosture
	reason := v1alpha1.ReasonReadsFail
	var named []string
	for _, control := range p.Status.Controls {
		if !posture.Loud(control) {
			continue
		}
		loud = append(loud, control)
		one := control.Control
		if len(control.Missing) > 0 {
			reason = v1alpha1.ReasonPermissionMissing
			one += " (missing " + strings.Join(control.Missing, ", ") + ")"
		}
		if len(named) < unreadNamed {
			named = append(named, one)
		}
	}
	why := fmt.Sprintf("%d of %d controls could not be read for two rounds or more: %s", len(loud), len(p.Status.Controls), strings.Join(named, "; "))
	if more := len(loud) - len(named); more > 0 {
		why += fmt.Sprintf("; and %d more", more)
	}
	for _, o := range []conditions.Object{v.account, p} {
		conditions.Flag(o, v1alpha1.ConditionReadFailing, len(loud) > 0, reason, why)
	}
	gauges.tell(v.account, func(t *told) { t.unread = unreadControls(loud) })
}

func unreadControls(loud []v1alpha1.ControlPosture) []unreadControl {
	var all []unreadControl
	for _, control := range loud {
		if len(control.Missing) == 0 {
			all = append(all, unreadControl{control: control.Control})
		}
		for _, action := range control.Missing {
			all = append(all, unreadControl{control: control.Control, action: action})
		}
	}
	return all
}

// tellUnreachable shows every control of an account as unread whose role cannot be assumed.
func (v *visit) tellUnreachable(stall *conditions.Stall) {
	if stall == nil || stall.Reason != v1alpha1.ReasonRoleNotAssumable {
		return
	}
	var all []unreadControl
	for _, declared := range v.declared {
		all = append(all, unreadControl{control: declared.Control.ID, action: "sts:AssumeRole"})
	}
	gauges.tell(v.account, func(t *told) { t.unread = all })
}
