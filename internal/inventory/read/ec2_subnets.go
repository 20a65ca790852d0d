package read

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var describeSubnets = awsapi.Lists(ec2.NewDescribeSubnetsPaginator)

var _ = made(inventory.Subnets, list(func(ctx context.Context, s *Scope, id string) ([]inventory.Subnet, error) {
	in := &ec2.DescribeSubnetsInput{MaxResults: aws.Int32(ec2Page)}
	if id != "" {
		in = &ec2.DescribeSubnetsInput{SubnetIds: []string{id}}
	}
	return gather(ctx, s.AWS, describeSubnets, in,
		func(page *ec2.DescribeSubnetsOutput) []types.Subnet {
			return slices.DeleteFunc(page.Subnets, func(n types.Subnet) bool { return aws.ToString(n.OwnerId) != s.Account })
		},
		func(n types.Subnet) inventory.Subnet {
			ref := of(s, inventory.Subnets, aws.ToString(n.SubnetId))
			ref.Tags = inventory.Seen(tagMap(n.Tags), s.AsOf)
			return inventory.Subnet{Ref: ref, AutoPublic: aws.ToBool(n.MapPublicIpOnLaunch)}
		})
}, describeSubnets))
