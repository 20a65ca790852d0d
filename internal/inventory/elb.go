package inventory

// LoadBalancers are the application and network load balancers of a region.
var LoadBalancers = Collection[LoadBalancer]{
	Name: "elbv2.loadBalancers", Scope: Regional,
	Type: Type{Name: "AWS::ElasticLoadBalancingV2::LoadBalancer", ARN: "elasticloadbalancing:{region}:{account}:loadbalancer/{id}"},
}

// LoadBalancer is a load balancer; its id is its name.
type LoadBalancer struct {
	Ref
	AccessLog Observed[AccessLog]
}

// LoadBalancerAccessLog is a call for each.
var LoadBalancerAccessLog = Asked(LoadBalancers, "AccessLog", func(b *LoadBalancer) *Observed[AccessLog] { return &b.AccessLog })

// AccessLog is where the log of who comes goes; nowhere without a bucket.
type AccessLog struct {
	Bucket string `json:"bucket,omitempty"`
	Prefix string `json:"prefix,omitempty"`
}

func (l AccessLog) String() string {
	if l.Bucket == "" {
		return "off"
	}
	return "to s3://" + l.Bucket + "/" + l.Prefix
}
