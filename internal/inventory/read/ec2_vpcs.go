package read

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var (
	describeVpcs     = awsapi.Lists(ec2.NewDescribeVpcsPaginator)
	describeFlowLogs = awsapi.Lists(ec2.NewDescribeFlowLogsPaginator)
)

func vpcs(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.VPC, error) {
	all, err := gather(ctx, s.AWS, describeVpcs, &ec2.DescribeVpcsInput{MaxResults: aws.Int32(ec2Page)},
		func(page *ec2.DescribeVpcsOutput) []types.Vpc {
			return slices.DeleteFunc(page.Vpcs, func(v types.Vpc) bool { return aws.ToString(v.OwnerId) != s.Account })
		},
		func(v types.Vpc) inventory.VPC {
			id := aws.ToString(v.VpcId)
			return inventory.VPC{Ref: s.tagged("AWS::EC2::VPC", id, s.ARN("ec2", s.Region, "vpc/"+id), v.Tags), Default: aws.ToBool(v.IsDefault)}
		})
	if err != nil {
		return nil, fmt.Errorf("listing VPCs: %w", err)
	}
	if len(all) == 0 {
		return all, nil
	}
	byVPC, err := flowLogs(ctx, s.Session, s.Region, nil)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].FlowLogs = byVPC[all[i].ID]
	}
	return all, nil
}

// flowLogs reads the region's flow logs by the resource they are on.
func flowLogs(ctx context.Context, s *awsapi.Session, region string, filters []types.Filter) (map[string][]inventory.FlowLog, error) {
	byResource := map[string][]inventory.FlowLog{}
	err := describeFlowLogs.In(ctx, s.In(region), &ec2.DescribeFlowLogsInput{MaxResults: aws.Int32(ec2Page), Filter: filters}, func(page *ec2.DescribeFlowLogsOutput) error {
		for _, f := range page.FlowLogs {
			on := aws.ToString(f.ResourceId)
			byResource[on] = append(byResource[on], flowLogOf(f))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing flow logs: %w", err)
	}
	for _, logs := range byResource {
		slices.SortFunc(logs, func(a, b inventory.FlowLog) int { return cmp.Compare(a.ID, b.ID) })
	}
	return byResource, nil
}

func flowLogOf(f types.FlowLog) inventory.FlowLog {
	one := inventory.FlowLog{
		ID: aws.ToString(f.FlowLogId), Active: aws.ToString(f.FlowLogStatus) == "ACTIVE", Traffic: string(f.TrafficType),
		Destination: cmp.Or(aws.ToString(f.LogDestination), aws.ToString(f.LogGroupName)), Own: tagMap(f.Tags)[v1alpha1.OwnerTag] == v1alpha1.OwnerValue,
	}
	if aws.ToString(f.DeliverLogsStatus) == "FAILED" {
		one.DeliveryError = cmp.Or(aws.ToString(f.DeliverLogsErrorMessage), "delivery failed")
	}
	return one
}

// FlowLogsOf are the flow logs of one VPC.
var FlowLogsOf = look(func(ctx context.Context, s *awsapi.Session, vpc inventory.Ref) ([]inventory.FlowLog, error) {
	byVPC, err := flowLogs(ctx, s, vpc.Region, []types.Filter{{Name: aws.String("resource-id"), Values: []string{vpc.ID}}})
	return byVPC[vpc.ID], err
}, describeFlowLogs)
