package fakeaws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

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
		b := &balancer{tags: append([]types.Tag{}, in.Tags...), attributes: map[string]string{
			"access_logs.s3.enabled": "false", "access_logs.s3.bucket": "", "access_logs.s3.prefix": "", "deletion_protection.enabled": "false",
			"load_balancing.cross_zone.enabled": strconv.FormatBool(kind == types.LoadBalancerTypeEnumApplication),
		}}
		b.LoadBalancerName, b.Type, b.Scheme = in.Name, kind, cmp.Or(in.Scheme, types.LoadBalancerSchemeEnumInternetFacing)
		b.LoadBalancerArn = aws.String(r.ARN("elasticloadbalancing", r.Region, fmt.Sprintf("loadbalancer/%s/%s/%016x", short, *in.Name, r.NextID())))
		if state.balancers == nil {
			state.balancers = map[string]*balancer{}
		}
		state.balancers[*b.LoadBalancerArn] = b
		return &elb.CreateLoadBalancerOutput{LoadBalancers: []types.LoadBalancer{b.LoadBalancer}}, nil
	})
	lists(c, (*elb.Client).DescribeLoadBalancers, 400, describeBalancers)
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
		if err := r.setAttributes(b, in.Attributes); err != nil {
			return nil, err
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

// describeBalancers lists those that are asked for, by ARN or by name; all where none is.
func describeBalancers(r *Request, in *elb.DescribeLoadBalancersInput) (all []types.LoadBalancer, err error) {
	state, missing := regional[elbState](r), append(slices.Clone(in.LoadBalancerArns), in.Names...)
	every := len(missing) == 0
	for _, arn := range slices.Sorted(maps.Keys(state.balancers)) {
		b := state.balancers[arn].LoadBalancer
		asked := slices.IndexFunc(missing, func(id string) bool { return id == arn || id == *b.LoadBalancerName })
		if asked >= 0 {
			missing = slices.Delete(missing, asked, asked+1)
		}
		if every || asked >= 0 {
			all = append(all, b)
		}
	}
	if len(missing) > 0 {
		return nil, noBalancer(missing[0])
	}
	return all, nil
}

// setAttributes changes all of the attributes or none. A log is delivered once for a try.
func (r *Request) setAttributes(b *balancer, to []types.LoadBalancerAttribute) error {
	attributes := maps.Clone(b.attributes)
	for _, one := range to {
		if _, known := attributes[*one.Key]; !known {
			return badAttribute("Load balancer attribute key '%s' is not recognized", *one.Key)
		}
		attributes[*one.Key] = aws.ToString(one.Value)
	}
	if name := attributes["access_logs.s3.bucket"]; attributes["access_logs.s3.enabled"] == "true" && !r.takesLogsOf(b, name, attributes["access_logs.s3.prefix"]) {
		return badAttribute("Access Denied for bucket: %s. Please check S3bucket permission", name)
	}
	b.attributes = attributes
	return nil
}

// takesLogsOf says whether the bucket is of the load balancer's region and lets it deliver.
func (r *Request) takesLogsOf(b *balancer, name, prefix string) bool {
	bucket := r.Cloud.anyBucket(name)
	if bucket == nil || bucket.region != r.Region {
		return false
	}
	d, actions := delivery{service: "logdelivery.elasticloadbalancing.amazonaws.com", account: r.Account, folder: "elasticloadbalancing", source: *b.LoadBalancerArn}, []string{"s3:PutObject"}
	if b.Type == types.LoadBalancerTypeEnumNetwork {
		d.service, d.source, actions = "delivery.logs.amazonaws.com", r.ARN("logs", r.Region, "*"), append(actions, "s3:GetBucketAcl")
	}
	return r.mayDeliver(name, bucket, d, prefix, actions...)
}

func badAttribute(format string, args ...any) error {
	return &types.InvalidConfigurationRequestException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func noBalancer(id string) error {
	return &types.LoadBalancerNotFoundException{Message: aws.String("Load balancer '" + id + "' not found")}
}

func (r *Request) balancer(arn string) (*balancer, error) {
	if b, ok := regional[elbState](r).balancers[arn]; ok {
		return b, nil
	}
	return nil, noBalancer(arn)
}

func (b *balancer) shown() (all []types.LoadBalancerAttribute) {
	for _, key := range slices.Sorted(maps.Keys(b.attributes)) {
		all = append(all, types.LoadBalancerAttribute{Key: aws.String(key), Value: aws.String(b.attributes[key])})
	}
	return all
}
