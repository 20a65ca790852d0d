package cloudtrail

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Without digests nobody can show that a log file was not changed after it was written.
var logValidation = posture.Add(&Controls, posture.Over[v1alpha1.CloudTrailLogValidation, inventory.Trail]{
	ID:       "cloudtrail-log-validation",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.CloudTrailLogValidation { return p.Logging.CloudTrailLogValidation },
	Observe:  inventory.Trails.With(),
	Judge: func(_ v1alpha1.CloudTrailLogValidation, t inventory.Trail, _ time.Time) posture.Verdict {
		switch {
		case t.Own() && t.LogValidation:
			return posture.Pass()
		case t.LogValidation:
			return posture.Inherited("account %s validates the log files of its trail", t.Owner)
		case !t.Own():
			return posture.DoesNotApply("TrailOfAnotherAccount", "only account %s can turn log file validation on", t.Owner)
		}
		return posture.Fail("LogValidationOff", "log file validation is off")
	},
	Plans: posture.Always[v1alpha1.CloudTrailLogValidation](action.ValidateTrailLogs{}),
	Mend: func(_ v1alpha1.CloudTrailLogValidation, t inventory.Trail) []action.Action {
		return []action.Action{action.ValidateTrailLogs{Trail: action.On(t)}}
	},
})
