package cloudwatch

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// rootUsage leaves out what AWS itself does in root's name.
var rootUsage = trailAlarm{
	name: "guardrails-root-usage", metric: "RootUsage", about: "use of the root user",
	pattern: `{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }`,
	names:   []clause{is("$.userIdentity.type", "Root")},
	allowed: []clause{
		{field: "$.userIdentity.invokedBy", operator: "NOT EXISTS"},
		{field: "$.eventType", operator: "!=", value: "AwsServiceEvent"},
	},
}

// Root can undo every guardrail, so someone has to hear of its use at once.
var alarmRootUsage = posture.Add(&Controls, posture.Over[v1alpha1.AlarmRootUsage, inventory.Alerts]{
	ID:       "alarm-root-usage",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.AlarmRootUsage { return p.Monitoring.AlarmRootUsage },
	Observe:  inventory.TrailAlerts.With(),
	Judge: func(_ v1alpha1.AlarmRootUsage, a inventory.Alerts, _ time.Time) posture.Verdict {
		return rootUsage.judge(a)
	},
	Plans: func(leaf v1alpha1.AlarmRootUsage) []action.Action { return rootUsage.plans(leaf.NotifyEmail) },
	Mend: func(leaf v1alpha1.AlarmRootUsage, a inventory.Alerts) []action.Action {
		return rootUsage.mend(a, leaf.NotifyEmail)
	},
	ByHand: func(_ v1alpha1.AlarmRootUsage, a inventory.Alerts) string { return rootUsage.byHand(a) },
})
