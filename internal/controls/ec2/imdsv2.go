package ec2

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// IMDSv1 answers any request that a process on the instance can be tricked into making.
var ec2IMDSv2 = posture.Add(&Controls, posture.Over[v1alpha1.EC2IMDSv2, inventory.Instance]{
	ID:       "ec2-imdsv2",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.EC2IMDSv2 { return p.Compute.EC2IMDSv2 },
	Observe:  inventory.Instances.With(),
	Judge: func(_ v1alpha1.EC2IMDSv2, i inventory.Instance, _ time.Time) posture.Verdict {
		switch m := i.Metadata; {
		case m.Endpoint == "disabled":
			return posture.DoesNotApply("MetadataOff", "its metadata service is off")
		case m.Tokens != "required":
			return posture.Fail("IMDSv1", "its metadata service answers without a token%s", launchedBy(i))
		case m.State == "pending":
			return posture.Fail("NotYetApplied", "IMDSv2 is required, but the change has not applied yet")
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.EC2IMDSv2](action.RequireIMDSv2{}),
	Mend: func(_ v1alpha1.EC2IMDSv2, i inventory.Instance) []action.Action {
		if i.Metadata.Tokens == "required" {
			return nil
		}
		return []action.Action{action.RequireIMDSv2{Instance: action.On(i), From: i.Metadata.Tokens, HopLimit: i.Metadata.HopLimit}}
	},
})

// launchedBy names the group that will launch the next instance like this one, for mending the
// instance does not mend the template.
func launchedBy(i inventory.Instance) string {
	tags, err := i.Tags.Get()
	if group := tags["aws:autoscaling:groupName"]; err == nil && group != "" {
		return "; the launch template of auto scaling group " + group + " decides for the next one"
	}
	return ""
}
