package ec2

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// What nobody recorded cannot be looked into after an incident.
var vpcFlowLogs = posture.Add(&Controls, posture.Over[v1alpha1.VPCFlowLogs, inventory.VPC]{
	ID:       "vpc-flow-logs",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.VPCFlowLogs { return p.Logging.VPCFlowLogs },
	Observe:  inventory.VPCs.With(),
	Judge: func(leaf v1alpha1.VPCFlowLogs, v inventory.VPC, _ time.Time) posture.Verdict {
		traffic := trafficOf(leaf)
		switch {
		case v.Records(traffic):
			return posture.Pass()
		case len(v.FlowLogs) == 0:
			return posture.Fail("NoFlowLog", "no flow log records its traffic")
		case slices.ContainsFunc(v.FlowLogs, func(f inventory.FlowLog) bool { return f.DeliveryError != "" }):
			return posture.Fail("DeliveryFailing", "%s traffic is not recorded: %s", traffic, strings.Join(flowLogTexts(v), ", "))
		}
		return posture.Fail("TooLittleRecorded", "%s traffic is not recorded: %s", traffic, strings.Join(flowLogTexts(v), ", "))
	},
	Plans: posture.Always[v1alpha1.VPCFlowLogs](action.LogVPCFlows{}),
	// One of ours that does not deliver is not made again: the same would fail the same way.
	Mend: func(leaf v1alpha1.VPCFlowLogs, v inventory.VPC) []action.Action {
		if _, failing := ownFailing(leaf, v); failing {
			return nil
		}
		return []action.Action{action.LogVPCFlows{VPC: action.On(v), Traffic: trafficOf(leaf), From: recordings(v)}}
	},
	ByHand: func(leaf v1alpha1.VPCFlowLogs, v inventory.VPC) string {
		f, _ := ownFailing(leaf, v)
		region := v.Reference().Region
		return fmt.Sprintf("find out why %s does not deliver to %s (%s): look at role %s and its log group; then delete it with aws ec2 delete-flow-logs --region %s --flow-log-ids %s, and it is made anew with its role and log group",
			f.ID, f.Destination, f.DeliveryError, action.FlowLogRole, region, f.ID)
	},
})

func trafficOf(leaf v1alpha1.VPCFlowLogs) string {
	if leaf.TrafficType == "" {
		return "REJECT"
	}
	return leaf.TrafficType
}

// ownFailing finds a flow log that we made for the traffic and that does not deliver.
func ownFailing(leaf v1alpha1.VPCFlowLogs, v inventory.VPC) (inventory.FlowLog, bool) {
	at := slices.IndexFunc(v.FlowLogs, func(f inventory.FlowLog) bool {
		return f.Own && f.Active && f.DeliveryError != "" && f.Traffic == trafficOf(leaf)
	})
	if at < 0 {
		return inventory.FlowLog{}, false
	}
	return v.FlowLogs[at], true
}

// recordings says of each flow log what it records. How it fares may change from one look to
// the next, and is no part of the action.
func recordings(v inventory.VPC) []string {
	texts := make([]string, len(v.FlowLogs))
	for i, f := range v.FlowLogs {
		texts[i] = fmt.Sprintf("%s of %s traffic to %s", f.ID, f.Traffic, f.Destination)
	}
	return texts
}

// flowLogTexts says of each flow log what it records where, and what ails it.
func flowLogTexts(v inventory.VPC) []string {
	texts := make([]string, len(v.FlowLogs))
	for i, f := range v.FlowLogs {
		texts[i] = fmt.Sprintf("%s records %s to %s", f.ID, f.Traffic, f.Destination)
		switch {
		case f.DeliveryError != "":
			texts[i] += " and does not deliver (" + f.DeliveryError + ")"
		case !f.Active:
			texts[i] += " and is not active"
		}
	}
	return texts
}
