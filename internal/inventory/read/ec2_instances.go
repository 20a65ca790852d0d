package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var describeInstances = awsapi.Lists(ec2.NewDescribeInstancesPaginator)

// instances leaves out those that are gone: they are listed for an hour after.
func instances(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Instance, error) {
	all, err := gather(ctx, s.AWS, describeInstances, &ec2.DescribeInstancesInput{
		MaxResults: aws.Int32(ec2Page), Filters: []types.Filter{{Name: aws.String("instance-state-name"), Values: []string{"pending", "running", "stopping", "stopped"}}},
	}, instancesOf, func(i types.Instance) inventory.Instance {
		id := aws.ToString(i.InstanceId)
		return inventory.Instance{
			Ref:   s.tagged("AWS::EC2::Instance", id, s.ARN("ec2", s.Region, "instance/"+id), i.Tags),
			State: string(stateOf(i)), Metadata: metadataOf(i.MetadataOptions),
		}
	})
	if err != nil {
		return nil, fmt.Errorf("listing instances: %w", err)
	}
	return all, nil
}

func instancesOf(page *ec2.DescribeInstancesOutput) (all []types.Instance) {
	for _, reservation := range page.Reservations {
		all = append(all, reservation.Instances...)
	}
	return all
}

func stateOf(i types.Instance) types.InstanceStateName {
	if i.State == nil {
		return ""
	}
	return i.State.Name
}

func metadataOf(options *types.InstanceMetadataOptionsResponse) inventory.InstanceMetadata {
	if options == nil {
		return inventory.InstanceMetadata{}
	}
	return inventory.InstanceMetadata{
		Endpoint: string(options.HttpEndpoint), Tokens: string(options.HttpTokens), HopLimit: aws.ToInt32(options.HttpPutResponseHopLimit), State: string(options.State),
	}
}

// InstanceTokens says whether an instance's metadata service requires tokens; empty where there
// is no such instance any more.
var InstanceTokens = look(func(ctx context.Context, s *awsapi.Session, instance inventory.Ref) (string, error) {
	found, err := gather(ctx, s.In(instance.Region), describeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{instance.ID}}, instancesOf, same)
	if fault.Code(err) == "InvalidInstanceID.NotFound" {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading instance: %w", err)
	}
	for _, i := range found {
		if name := stateOf(i); name != types.InstanceStateNameTerminated && name != types.InstanceStateNameShuttingDown {
			return metadataOf(i.MetadataOptions).Tokens, nil
		}
	}
	return "", nil
}, describeInstances)
