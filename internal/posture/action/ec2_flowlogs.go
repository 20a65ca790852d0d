package action

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// FlowLogGroup is the log group of all flow logs that we make in a region, and FlowLogRole the
// role that writes them, one for all regions.
const (
	FlowLogGroup = "/guardrails/vpc-flow-logs"
	FlowLogRole  = "guardrails-vpc-flow-logs"
)

// LogVPCFlows records a VPC's traffic in CloudWatch Logs. Flow logs cannot be changed: one that
// records too little, or in vain, stays beside the new one.
type LogVPCFlows struct {
	VPC     Target `json:"vpc"`
	Traffic string `json:"traffic"`
	// From names the flow logs that are there.
	From []string `json:"from,omitempty"`
}

// Describe implements Action.
func (a LogVPCFlows) Describe() Description {
	from := "no flow log"
	if len(a.From) > 0 {
		from = strings.Join(a.From, ", ")
	}
	return Description{
		Target:     a.VPC.Ref(),
		Collection: inventory.VPCs.Name,
		Setting:    "FlowLogs",
		Title:      fmt.Sprintf("record %s traffic of VPC %s", a.Traffic, a.VPC.ID),
		From:       from,
		To:         fmt.Sprintf("a flow log of %s traffic to log group %s, written by role %s:\n%s", a.Traffic, FlowLogGroup, FlowLogRole, a.RolePolicy()),
		Risk:       v1alpha1.Costly,
		Calls:      []string{"logs:CreateLogGroup", "iam:CreateRole", "iam:PutRolePolicy", "ec2:CreateFlowLogs"},
		Touches:    []string{a.RoleARN(), a.logGroups(a.VPC.Region)},
	}
}

// Undo implements Action. Only the flow log is the VPC's own.
func (a LogVPCFlows) Undo(done []string) Undoing {
	return Undoing{
		Calls: inverse(done, map[string][]string{"ec2:CreateFlowLogs": {"ec2:DeleteFlowLogs"}}),
		Not:   "log group " + FlowLogGroup + " stays with its logs, for evidence is not deleted, and so does role " + FlowLogRole + ", which serves all VPCs",
	}
}

// RoleARN is the ARN of the role that writes the logs.
func (a LogVPCFlows) RoleARN() string {
	return "arn:" + a.VPC.Partition + ":iam::" + a.VPC.Account + ":role/" + FlowLogRole
}

// logGroups is the ARN of the log group in a region, or in all by *.
func (a LogVPCFlows) logGroups(region string) string {
	return "arn:" + a.VPC.Partition + ":logs:" + region + ":" + a.VPC.Account + ":log-group:" + FlowLogGroup
}

type statement struct {
	Effect    string         `json:"Effect"`
	Principal map[string]any `json:"Principal,omitempty"`
	Action    []string       `json:"Action"`
	Resource  []string       `json:"Resource,omitempty"`
	Condition map[string]any `json:"Condition,omitempty"`
}

func document(statements ...statement) string {
	text, err := json.MarshalIndent(map[string]any{"Version": "2012-10-17", "Statement": statements}, "", "  ")
	if err != nil {
		return ""
	}
	return string(text)
}

// RoleTrust lets the flow logs of this account, and of no other, take the role.
func (a LogVPCFlows) RoleTrust() string {
	return document(statement{
		Effect: "Allow", Principal: map[string]any{"Service": "vpc-flow-logs.amazonaws.com"}, Action: []string{"sts:AssumeRole"},
		Condition: map[string]any{
			"StringEquals": map[string]string{"aws:SourceAccount": a.VPC.Account},
			"ArnLike":      map[string]string{"aws:SourceArn": "arn:" + a.VPC.Partition + ":ec2:*:" + a.VPC.Account + ":vpc-flow-log/*"},
		},
	})
}

// RolePolicy is all that the role may do: write to that one log group. It names the group in
// every region, because one role serves them all.
func (a LogVPCFlows) RolePolicy() string {
	return document(
		statement{Effect: "Allow", Action: []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"}, Resource: []string{a.logGroups("*") + ":*"}},
		// The service looks for the group by listing, which cannot be had for one group.
		statement{Effect: "Allow", Action: []string{"logs:DescribeLogGroups"}, Resource: []string{"*"}},
	)
}
