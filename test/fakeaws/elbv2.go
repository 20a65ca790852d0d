package fakeaws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// elbState is an account's load balancers in one region, by ARN.
type elbState struct{ balancers map[string]*balancer }

type balancer struct {
	types.LoadBalancer
	attributes map[string]string
	tags       []types.Tag
}

func serveELB(c *Cloud) {
	on(c, func(r *Request, in *elb.CreateLoadBalancerInput) (*elb.CreateLoadBalancerOutput, error) {
		state, kind := regional[elbState](r), cmp.Or(in.Type, types.LoadBalancerTypeEnumApplication)
		short := map[types.LoadBalancerTypeEnum]string{types.LoadBalancerTypeEnumApplication: "app", types.LoadBalancerTypeEnumNetwork: "net", types.LoadBalancerTypeEnumGateway: "gwy"}[kind]
		b := &balancer{attributes: map[string]string{"access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": ""}, tags: in.Tags}
		b.LoadBalancerName, b.Type, b.Scheme = in.Name, kind, cmp.Or(in.Scheme, types.LoadBalancerSchemeEnumInternetFacing)
		b.LoadBalancerArn = aws.String(r.ARN("elasticloadbalancing", r.Region, fmt.Sprintf("loadbalancer/%s/%s/%016x", short, *in.Name, r.NextID())))
		if state.balancers == nil {
			state.balancers = map[string]*balancer{}
		}
		state.balancers[*b.LoadBalancerArn] = b
		return &elb.CreateLoadBalancerOutput{LoadBalancers: []types.LoadBalancer{b.LoadBalancer}}, nil
	})
	lists(c, (*elb.Client).DescribeLoadBalancers, 400, func(r *Request, in *elb.DescribeLoadBalancersInput) (all []types.LoadBalancer, err error) {
		state := regional[elbState](r)
		for _, arn := range slices.Sorted(maps.Keys(state.balancers)) {
			all = append(all, state.balancers[arn].LoadBalancer)
		}
		return all, nil
	})
	on(c, func(r *Request, in *elb.DescribeLoadBalancerAttributesInput) (*elb.DescribeLoadBalancerAttributesOutput, error) {
		b, err := r.balancer(*in.LoadBalancerArn)
		if err != nil {
			return nil, err
		}
		return &elb.DescribeLoadBalancerAttributesOutput{Attributes: b.shown()}, nil
	})
	on(c, func(r *Request, in *elb.ModifyLoadBalancerAttributesInput) (*elb.ModifyLoadBalancerAttributesOutput, error) {
		b, err := r.balancer(*in.LoadBalancerArn)
		if err != nil {
			return nil, err
		}
		for _, one := range in.Attributes {
			b.attributes[*one.Key] = aws.ToString(one.Value)
		}
		return &elb.ModifyLoadBalancerAttributesOutput{Attributes: b.shown()}, nil
	})
	on(c, func(r *Request, in *elb.DescribeTagsInput) (*elb.DescribeTagsOutput, error) {
		out := &elb.DescribeTagsOutput{TagDescriptions: []types.TagDescription{}}
		for _, arn := range in.ResourceArns {
			b, err := r.balancer(arn)
			if err != nil {
				return nil, err
			}
			out.TagDescriptions = append(out.TagDescriptions, types.TagDescription{ResourceArn: b.LoadBalancerArn, Tags: b.tags})
		}
		return out, nil
	})
}

func (r *Request) balancer(arn string) (*balancer, error) {
	if b, ok := regional[elbState](r).balancers[arn]; ok {
		return b, nil
	}
	return nil, &types.LoadBalancerNotFoundException{Message: aws.String("Load balancer '" + arn + "' not found")}
}

func (b *balancer) shown() (all []types.LoadBalancerAttribute) {
	for _, key := range slices.Sorted(maps.Keys(b.attributes)) {
		all = append(all, types.LoadBalancerAttribute{Key: aws.String(key), Value: aws.String(b.attributes[key])})
	}
	return all
}
