package cloudtrail

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Without digests nobody can show that a log file was not changed after it was written.
var logValidation = posture.AddPlain(&Controls, posture.Plain[v1alpha1.CloudTrailLogValidation, inventory.Trail, bool]{
	ID:       "cloudtrail-log-validation",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.CloudTrailLogValidation { return p.Logging.CloudTrailLogValidation },
	Setting:  action.TrailValidation,
	Want:     posture.To[v1alpha1.CloudTrailLogValidation](true),
	Reason:   "LogValidationOff",
	Says:     "log file validation is {have}",
	Apart: func(_ v1alpha1.CloudTrailLogValidation, t inventory.Trail) (posture.Verdict, bool) {
		if t.LogValidation {
			return posture.Inherited("account %s validates the log files of its trail", t.Owner), !t.Ours()
		}
		return posture.DoesNotApply("TrailOfAnotherAccount", "only account %s can turn log file validation on", t.Owner), !t.Ours()
	},
})
