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

// instances leaves out those that are gone: they are listed for an hour after.
func instances(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Instance, error) {
	var all []inventory.Instance
	pages := ec2.NewDescribeInstancesPaginator(s.AWS.EC2(), &ec2.DescribeInstancesInput{
		MaxResults: aws.Int32(ec2Page), Filters: []types.Filter{{Name: aws.String("instance-state-name"), Values: []string{"pending", "running", "stopping", "stopped"}}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing instances: %w", err)
		}
		for _, reservation := range page.Reservations {
			for _, i := range reservation.Instances {
				id := aws.ToString(i.InstanceId)
				all = append(all, inventory.Instance{
					Ref:   s.tagged("AWS::EC2::Instance", id, s.ARN("ec2", s.Region, "instance/"+id), i.Tags),
					State: string(stateOf(i)), Metadata: metadataOf(i.MetadataOptions),
				})
			}
		}
	}
	return all, nil
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

// InstanceTokens reads whether an instance's metadata service requires tokens; empty where
// there is no such instance any more.
func InstanceTokens(ctx context.Context, s *awsapi.Session, region, id string) (string, error) {
	out, err := s.In(region).EC2().DescribeInstances(ctx, &ec2.DescribeInstancesInput{InstanceIds: []string{id}})
	if fault.Code(err) == "InvalidInstanceID.NotFound" {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading instance: %w", err)
	}
	for _, reservation := range out.Reservations {
		for _, i := range reservation.Instances {
			if name := stateOf(i); name != types.InstanceStateNameTerminated && name != types.InstanceStateNameShuttingDown {
				return metadataOf(i.MetadataOptions).Tokens, nil
			}
		}
	}
	return "", nil
}

func metadataDefaults(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.MetadataDefault, error) {
	tokens, byPolicy, err := MetadataDefault(ctx, s.Session, s.Region)
	if err != nil {
		return nil, err
	}
	return []inventory.MetadataDefault{{Ref: s.ofRegion(), Tokens: tokens, ByPolicy: byPolicy}}, nil
}

// MetadataDefault reads whether new instances of the region require tokens, empty where the
// account has no preference, and whether a policy of the organization says so.
func MetadataDefault(ctx context.Context, s *awsapi.Session, region string) (tokens string, byPolicy bool, err error) {
	out, err := s.In(region).EC2().GetInstanceMetadataDefaults(ctx, &ec2.GetInstanceMetadataDefaultsInput{})
	if err != nil {
		return "", false, fmt.Errorf("reading instance metadata defaults: %w", err)
	}
	if out.AccountLevel == nil {
		return "", false, nil
	}
	return string(out.AccountLevel.HttpTokens), out.AccountLevel.ManagedBy == types.ManagedByDeclarativePolicy, nil
}
