package action

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// LoadBalancerAccessLog is where a load balancer logs who comes; storage is billed by size.
var LoadBalancerAccessLog = sets(Setting[inventory.LoadBalancer, inventory.AccessLog]{
	Type:  "LogLoadBalancer",
	Fact:  inventory.LoadBalancerAccessLog,
	Title: "log who comes to load balancer {id}",
	Risk:  v1alpha1.Safe,
	Call:  "elbv2:ModifyLoadBalancerAttributes",
})
