package ec2

import (
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A public image gives away what was left on its disk: keys, history, software.
var amiNotPublic = posture.Add(&Controls, posture.Over[v1alpha1.AMINotPublic, inventory.Image]{
	ID:       "ami-not-public",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.AMINotPublic { return p.Compute.AMINotPublic },
	Observe:  inventory.Images.With(),
	Judge: func(_ v1alpha1.AMINotPublic, i inventory.Image, _ time.Time) posture.Verdict {
		if i.Public {
			return posture.Fail("Public", "everyone may launch %s", i.Title)
		}
		return posture.Pass()
	},
	Plans: posture.Always[v1alpha1.AMINotPublic](action.UnshareImage{}),
	Mend: func(_ v1alpha1.AMINotPublic, i inventory.Image) []action.Action {
		return []action.Action{action.UnshareImage{Image: action.On(i), Title: i.Title}}
	},
})
