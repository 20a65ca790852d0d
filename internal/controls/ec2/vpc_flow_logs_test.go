package ec2

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestVPCFlowLogs(t *testing.T) {
	vpc := func(logs ...inventory.FlowLog) inventory.Observed[[]inventory.VPC] {
		return one(inventory.VPC{Ref: refTo("AWS::EC2::VPC", "vpc-1"), FlowLogs: logs})
	}
	flowLog := func(traffic string) inventory.FlowLog {
		return inventory.FlowLog{ID: "fl-1", Active: true, Traffic: traffic, Destination: "logs"}
	}
	failing, broken := flowLog("ALL"), flowLog("ALL")
	failing.DeliveryError, broken.Active = "Access error", false
	own := failing
	own.Own, own.Traffic = true, "REJECT"
	accept := flowLog("ACCEPT")
	accept.ID = "fl-2"
	rejects, all := []string{"record REJECT traffic of VPC vpc-1"}, []string{"record ALL traffic of VPC vpc-1"}
	declared := v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{VPCFlowLogs: &v1alpha1.VPCFlowLogs{}}}
	check(t, vpcFlowLogs, declared, refused(map[string]row[inventory.VPC]{
		"rejects":          {items: vpc(flowLog("REJECT")), want: v1alpha1.Pass, reason: "AsDeclared"},
		"all":              {items: vpc(flowLog("ALL")), want: v1alpha1.Pass, reason: "AsDeclared"},
		"one of two fails": {items: vpc(failing, flowLog("REJECT")), want: v1alpha1.Pass, reason: "AsDeclared"},
		"none":             {items: vpc(), want: v1alpha1.Fail, reason: "NoFlowLog", says: "no flow log records its traffic", mends: rejects},
		"accepts":          {items: vpc(flowLog("ACCEPT")), want: v1alpha1.Fail, reason: "TooLittleRecorded", says: "REJECT traffic is not recorded: fl-1 records ACCEPT to logs", mends: rejects},
		"broken":           {items: vpc(broken), want: v1alpha1.Fail, reason: "TooLittleRecorded", says: "REJECT traffic is not recorded: fl-1 records ALL to logs and is not active", mends: rejects},
		"another's fails": {
			items: vpc(failing), want: v1alpha1.Fail, reason: "DeliveryFailing",
			says: "REJECT traffic is not recorded: fl-1 records ALL to logs and does not deliver (Access error)", mends: rejects,
		},
		"ours fails": {
			items: vpc(own), want: v1alpha1.Fail, reason: "DeliveryFailing",
			says: "REJECT traffic is not recorded: fl-1 records REJECT to logs and does not deliver (Access error)",
			byHand: "find out why fl-1 does not deliver to logs (Access error): look at role guardrails-vpc-flow-logs and its log group; then delete it with " +
				"aws ec2 delete-flow-logs --region eu-west-1 --flow-log-ids fl-1, and it is made anew with its role and log group",
		},
	}, "ec2:DescribeFlowLogs"))
	declared.Logging.VPCFlowLogs.TrafficType = "ALL"
	check(t, vpcFlowLogs, declared, map[string]row[inventory.VPC]{
		"rejects, of all": {items: vpc(flowLog("REJECT")), want: v1alpha1.Fail, reason: "TooLittleRecorded", says: "ALL traffic is not recorded: fl-1 records REJECT to logs", mends: all},
		"both halves":     {items: vpc(flowLog("REJECT"), accept), want: v1alpha1.Pass, reason: "AsDeclared"},
		"ours of less fails": {
			items: vpc(own), want: v1alpha1.Fail, reason: "DeliveryFailing",
			says: "ALL traffic is not recorded: fl-1 records REJECT to logs and does not deliver (Access error)", mends: all,
		},
	})
}
