package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var loadBalancers = made(inventory.LoadBalancers,
	list(listLoadBalancers, "elbv2:DescribeLoadBalancers"),
	tagged[inventory.LoadBalancer](loadBalancerTags, "elbv2:DescribeTags"),
	gone[inventory.LoadBalancer]("LoadBalancerNotFound"),
	asked(inventory.LoadBalancerAccessLog, awsapi.Reads((*elb.Client).DescribeLoadBalancerAttributes),
		func(b inventory.Ref) *elb.DescribeLoadBalancerAttributesInput {
			return &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: &b.ARN}
		},
		func(out *elb.DescribeLoadBalancerAttributesOutput) (inventory.AccessLog, error) {
			said := map[string]string{}
			for _, one := range out.Attributes {
				said[aws.ToString(one.Key)] = aws.ToString(one.Value)
			}
			switch said["access_logs.s3.enabled"] {
			case "true":
				return inventory.AccessLog{Bucket: said["access_logs.s3.bucket"], Prefix: said["access_logs.s3.prefix"]}, nil
			case "false":
				return inventory.AccessLog{}, nil
			}
			return inventory.AccessLog{}, errNoContent
		},
	),
)

// listLoadBalancers leaves out gateways: they have no log of who comes.
func listLoadBalancers(ctx context.Context, s *Scope, _ string) ([]inventory.LoadBalancer, error) {
	found, err := gather(ctx, elb.NewDescribeLoadBalancersPaginator(awsapi.Client[elb.Client](s.AWS), &elb.DescribeLoadBalancersInput{PageSize: aws.Int32(400)}),
		func(page *elb.DescribeLoadBalancersOutput) []types.LoadBalancer { return page.LoadBalancers })
	if err != nil {
		return nil, fmt.Errorf("describing load balancers: %w", err)
	}
	var all []inventory.LoadBalancer
	for _, b := range found {
		if b.Type != types.LoadBalancerTypeEnumGateway {
			all = append(all, inventory.LoadBalancer{Ref: s.ref(inventory.LoadBalancers.Type.Name, s.Region, aws.ToString(b.LoadBalancerName), aws.ToString(b.LoadBalancerArn))})
		}
	}
	return all, nil
}

func loadBalancerTags(ctx context.Context, s *Scope, of inventory.Ref) (map[string]string, error) {
	out, err := awsapi.Client[elb.Client](s.AWS).DescribeTags(ctx, &elb.DescribeTagsInput{ResourceArns: []string{of.ARN}})
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	for _, one := range out.TagDescriptions {
		for _, tag := range one.Tags {
			tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	return tags, nil
}
