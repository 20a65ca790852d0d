package read

import (
	"cmp"
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = made(inventory.LoadBalancers,
	listed(awsapi.Lists(elb.NewDescribeLoadBalancersPaginator), elb.DescribeLoadBalancersInput{PageSize: aws.Int32(400)}, withLogs,
		func(s *Scope, b types.LoadBalancer) inventory.LoadBalancer {
			return inventory.LoadBalancer{Ref: s.ref(inventory.LoadBalancers.Type.Name, s.Region, aws.ToString(b.LoadBalancerName), aws.ToString(b.LoadBalancerArn))}
		}),
	tagged[inventory.LoadBalancer](loadBalancerTags, describeTags),
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

// withLogs leaves out gateways: they have no log of who comes.
func withLogs(page *elb.DescribeLoadBalancersOutput) []types.LoadBalancer {
	return slices.DeleteFunc(page.LoadBalancers, func(b types.LoadBalancer) bool { return b.Type == types.LoadBalancerTypeEnumGateway })
}

var describeTags = awsapi.Reads((*elb.Client).DescribeTags)

func loadBalancerTags(ctx context.Context, s *Scope, of inventory.Ref) (map[string]string, error) {
	out, err := describeTags.In(ctx, s.AWS, &elb.DescribeTagsInput{ResourceArns: []string{of.ARN}})
	if err != nil || len(out.TagDescriptions) == 0 {
		return nil, cmp.Or(err, errNoContent)
	}
	return byKey(out.TagDescriptions[0].Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value }), nil
}
