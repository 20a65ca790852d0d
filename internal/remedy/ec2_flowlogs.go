package remedy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Who makes a flow log hands it the role that writes the log, and tags it.
var (
	createFlowLogs = awsapi.Writes((*ec2.Client).CreateFlowLogs, "ec2:CreateFlowLogs", "ec2:CreateTags", "iam:PassRole")
	deleteFlowLogs = awsapi.Writes((*ec2.Client).DeleteFlowLogs)
)

func logVPCFlows(s *awsapi.Session, a action.LogVPCFlows) []Step {
	return slices.Concat(
		[]Step{ownLogGroup(s, a.VPC.Region, action.FlowLogGroup)},
		ownServiceRole(s, action.FlowLogRole, a.RoleTrust(), a.RolePolicy()),
		[]Step{ensure(createFlowLogs.Name, read.FlowLogsOf.Calls,
			func(ctx context.Context) (bool, error) {
				have, err := read.FlowLogsOf.Of(ctx, s, a.VPC.Ref())
				return inventory.VPC{FlowLogs: have}.Records(a.Traffic) || ownFlowLog(have, a.Traffic), err
			},
			func(ctx context.Context) error { return createFlowLog(ctx, s, a) },
		)},
	)
}

// ownFlowLog says whether one of ours is there already, even if nothing arrives from it yet.
func ownFlowLog(have []inventory.FlowLog, traffic string) bool {
	return slices.ContainsFunc(have, func(f inventory.FlowLog) bool { return f.Own && f.Active && f.Traffic == traffic })
}

// flowLogExists is told as the call's error or inside its answer: both mean that it is there.
const flowLogExists = "FlowLogAlreadyExists"

func createFlowLog(ctx context.Context, s *awsapi.Session, a action.LogVPCFlows) error {
	out, err := createFlowLogs.In(ctx, s.In(a.VPC.Region), &ec2.CreateFlowLogsInput{
		ResourceIds: []string{a.VPC.ID}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: types.TrafficType(a.Traffic),
		LogDestinationType: types.LogDestinationTypeCloudWatchLogs, LogGroupName: aws.String(action.FlowLogGroup),
		DeliverLogsPermissionArn: aws.String(a.RoleARN()), ClientToken: aws.String(flowLogToken(a, s.Now())),
		TagSpecifications: []types.TagSpecification{{
			ResourceType: types.ResourceTypeVpcFlowLog, Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}},
		}},
	})
	if fault.Code(err) == flowLogExists {
		return nil
	}
	if err != nil {
		return err
	}
	return refusal(createFlowLogs.Name, out.Unsuccessful, flowLogExists)
}

// refusal is the error that an answer holds in spite of its success, but for one of the code.
func refusal(operation string, items []types.UnsuccessfulItem, forgiven string) error {
	for _, refused := range items {
		code, message := "", ""
		if refused.Error != nil {
			code, message = aws.ToString(refused.Error.Code), aws.ToString(refused.Error.Message)
		}
		if code == forgiven {
			continue
		}
		return &fault.Fault{Class: fault.Invalid, Operation: operation, Code: code, Message: fmt.Sprintf("%s: %s", code, message)}
	}
	return nil
}

// stopVPCFlows deletes the flow log that we made; those of others, and the logs, stay.
func stopVPCFlows(s *awsapi.Session, a action.LogVPCFlows) backward {
	made := func(ctx context.Context) ([]string, error) {
		have, err := read.FlowLogsOf.Of(ctx, s, a.VPC.Ref())
		var ids []string
		for _, f := range have {
			if f.Own && f.Traffic == a.Traffic && strings.Contains(f.Destination, action.FlowLogGroup) {
				ids = append(ids, f.ID)
			}
		}
		return ids, err
	}
	return backward{deleteFlowLogs.Name: {
		Reads: read.FlowLogsOf.Calls,
		Look: func(ctx context.Context) (Standing, error) {
			ids, err := made(ctx)
			return ours(len(ids) > 0, true), err
		},
		Send: func(ctx context.Context) error {
			ids, err := made(ctx)
			if err != nil || len(ids) == 0 {
				return err
			}
			out, err := deleteFlowLogs.In(ctx, s.In(a.VPC.Region), &ec2.DeleteFlowLogsInput{FlowLogIds: ids})
			if err != nil {
				return err
			}
			return refusal(deleteFlowLogs.Name, out.Unsuccessful, "InvalidFlowLogId.NotFound")
		},
	}}
}

// flowLogToken is the same for an hour: a call whose answer was lost can be sent again, while a
// flow log that someone deletes later can be made anew, which a token that was used would
// prevent. Over the hour's edge the flow log itself is found first.
func flowLogToken(a action.LogVPCFlows, now time.Time) string {
	sum := sha256.Sum256([]byte(a.VPC.Account + "/" + a.VPC.Region + "/" + a.VPC.ID + "/" + a.Traffic + "/" + now.UTC().Format("2006-01-02T15")))
	return hex.EncodeToString(sum[:])[:32]
}
