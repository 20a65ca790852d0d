package guardduty

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Intruders go where nobody watches, so every region in scope needs a detector that is on. Who
// administers it, and which further protection plans it has, is not for this control to say.
var enabled = posture.Add(&Controls, posture.Over[v1alpha1.GuardDuty, inventory.Detector]{
	ID:       "guardduty-enabled",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.GuardDuty { return p.Threat.GuardDuty },
	Observe:  inventory.DetectorIs.Selection(),
	Judge: func(_ v1alpha1.GuardDuty, d inventory.Detector, _ time.Time) posture.Verdict {
		state, err := d.State.Get()
		switch {
		case err != nil:
			return posture.Unknown(err)
		case state == inventory.DetectorAbsent:
			return posture.Fail("NoDetector", "GuardDuty has no detector in %s", d.Region)
		case state == inventory.DetectorDisabled:
			return posture.Fail("DetectorDisabled", "the detector in %s is there, but disabled", d.Region)
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.GuardDuty](action.CreateDetector{}, action.DetectorState.Set(action.Target{}, inventory.DetectorDisabled, inventory.DetectorEnabled)),
	Mend: func(_ v1alpha1.GuardDuty, d inventory.Detector) []action.Action {
		if state, _ := d.State.Get(); state == inventory.DetectorDisabled {
			return []action.Action{action.DetectorState.Set(action.On(d), state, inventory.DetectorEnabled)}
		}
		return []action.Action{action.CreateDetector{Detector: action.On(d)}}
	},
})
