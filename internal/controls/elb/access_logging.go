package elb

import (
	"cmp"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Who came is known at the door alone: behind it, all requests come from the load balancer.
var _ = posture.AddPlain(&Controls, posture.Plain[v1alpha1.ELBAccessLogging, inventory.LoadBalancer, inventory.AccessLog]{
	ID:       "elb-access-logging",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.ELBAccessLogging { return p.Logging.ELBAccessLogging },
	Setting:  action.LoadBalancerAccessLog,
	Want: func(leaf v1alpha1.ELBAccessLogging, have inventory.AccessLog) inventory.AccessLog {
		return cmp.Or(have, inventory.AccessLog{Bucket: leaf.BucketName})
	},
	Reason: "NoAccessLog",
	Says:   "the access log is off",
})
