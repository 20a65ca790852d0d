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

func vpcs(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.VPC, error) {
	var all []inventory.VPC
	pages := ec2.NewDescribeVpcsPaginator(s.AWS.EC2(), &ec2.DescribeVpcsInput{MaxResults: aws.Int32(ec2Page)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing VPCs: %w", err)
		}
		for _, v := range page.Vpcs {
			if aws.ToString(v.OwnerId) != s.Account {
				continue
			}
			id := aws.ToString(v.VpcId)
			all = append(all, inventory.VPC{Ref: s.tagged("AWS::EC2::VPC", id, s.ARN("ec2", s.Region, "vpc/"+id), v.Tags), Default: aws.ToBool(v.IsDefault)})
		}
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
	pages := ec2.NewDescribeFlowLogsPaginator(s.In(region).EC2(), &ec2.DescribeFlowLogsInput{MaxResults: aws.Int32(ec2Page), Filter: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing flow logs: %w", err)
		}
		for _, f := range page.FlowLogs {
			on := aws.ToString(f.ResourceId)
			byResource[on] = append(byResource[on], flowLogOf(f))
		}
	}
	for _, logs := range byResource {
		slices.SortFunc(logs, func(a, b inventory.FlowLog) int { return cmp.Compare(a.ID, b.ID) })
	}
	return byResource, nil
}

func flowLogOf(f types.FlowLog) inventory.FlowLog {
	one := inventory.FlowLog{
		ID: aws.ToString(f.FlowLogId), Active: aws.ToString(f.FlowLogStatus) == "ACTIVE", Traffic: string(f.TrafficType),
		Destination: cmp.Or(aws.ToString(f.LogDestination), aws.ToString(f.LogGroupName)), Own: tagMap(f.Tags)[v1alpha1.OwnerTag] != "",
	}
	if aws.ToString(f.DeliverLogsStatus) == "FAILED" {
		one.DeliveryError = cmp.Or(aws.ToString(f.DeliverLogsErrorMessage), "delivery failed")
	}
	return one
}

// FlowLogsOf reads the flow logs of one VPC.
func FlowLogsOf(ctx context.Context, s *awsapi.Session, region, vpc string) ([]inventory.FlowLog, error) {
	byVPC, err := flowLogs(ctx, s, region, []types.Filter{{Name: aws.String("resource-id"), Values: []string{vpc}}})
	return byVPC[vpc], err
}
