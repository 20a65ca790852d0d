package contract

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func playELB(p *play) {
	c, zones := elb.NewFromConfig(p.in("us-east-1")), zonesForELB(p)
	none := aws.String("arn:aws:elasticloadbalancing:us-east-1:" + p.script.Account + ":loadbalancer/app/none/00000000000000ff")
	call(p, "list no load balancers", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{})
	shop := call(p, "create a load balancer", c.CreateLoadBalancer, &elb.CreateLoadBalancerInput{
		Name: aws.String("shop"), Subnets: zones, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}},
	}).LoadBalancers[0].LoadBalancerArn
	door := call(p, "create a network's load balancer", c.CreateLoadBalancer, &elb.CreateLoadBalancerInput{
		Name: aws.String("door"), Subnets: zones, Type: types.LoadBalancerTypeEnumNetwork, Scheme: types.LoadBalancerSchemeEnumInternal,
	}).LoadBalancers[0].LoadBalancerArn
	call(p, "list load balancers", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{PageSize: aws.Int32(400)})
	call(p, "read a load balancer", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{*shop}})
	call(p, "read a load balancer by name", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{Names: []string{"door"}})
	call(p, "read no load balancer", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{LoadBalancerArns: []string{*none}})
	call(p, "read no load balancer by name", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{Names: []string{"none"}})
	first := call(p, "list a first page of load balancers", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{PageSize: aws.Int32(1)})
	call(p, "list the next page of load balancers", c.DescribeLoadBalancers, &elb.DescribeLoadBalancersInput{PageSize: aws.Int32(1), Marker: first.NextMarker})
	call(p, "read the tags of a load balancer", c.DescribeTags, &elb.DescribeTagsInput{ResourceArns: []string{*shop}})
	call(p, "read the tags of one without", c.DescribeTags, &elb.DescribeTagsInput{ResourceArns: []string{*door}})
	call(p, "read the tags of no load balancer", c.DescribeTags, &elb.DescribeTagsInput{ResourceArns: []string{*none}})
	playELBLogs(p, c, shop, none)
}

// zonesForELB makes two subnets, in a zone each.
func zonesForELB(p *play) (zones []string) {
	network := ec2.NewFromConfig(p.in("us-east-1"))
	vpc := unrecorded(p, network.CreateVpc, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")}).Vpc.VpcId
	for zone, block := range map[string]string{"us-east-1a": "10.0.0.0/24", "us-east-1b": "10.0.1.0/24"} {
		made := unrecorded(p, network.CreateSubnet, &ec2.CreateSubnetInput{VpcId: vpc, CidrBlock: aws.String(block), AvailabilityZone: aws.String(zone)})
		zones = append(zones, *made.Subnet.SubnetId)
	}
	return zones
}

func playELBLogs(p *play, c *elb.Client, shop, none *string) {
	home, europe := s3.NewFromConfig(p.in("us-east-1")), s3.NewFromConfig(p.in("eu-west-1"))
	unrecorded(p, home.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("contract-visits")})
	unrecorded(p, home.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("contract-closed")})
	unrecorded(p, europe.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("contract-far"), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraintEuWest1}})
	for bucket, client := range map[string]*s3.Client{"contract-visits": home, "contract-far": europe} {
		unrecorded(p, client.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::` + bucket + `/*"}]}`,
		)})
	}
	read := func(step string, of *string) {
		call(p, step, c.DescribeLoadBalancerAttributes, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerArn: of})
	}
	log := func(step string, of *string, on bool, bucket string) {
		call(p, step, c.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: of, Attributes: []types.LoadBalancerAttribute{
			{Key: aws.String("access_logs.s3.enabled"), Value: aws.String(strconv.FormatBool(on))},
			{Key: aws.String("access_logs.s3.bucket"), Value: aws.String(bucket)},
			{Key: aws.String("access_logs.s3.prefix"), Value: aws.String("")},
		}})
	}
	read("read attributes never set", shop)
	log("log visits", shop, true, "contract-visits")
	log("log visits again", shop, true, "contract-visits")
	read("read attributes", shop)
	log("log visits to no bucket", shop, true, "contract-none")
	log("log visits to a bucket that lets nobody deliver", shop, true, "contract-closed")
	log("log visits to a bucket in another region", shop, true, "contract-far")
	log("log visits of no load balancer", none, true, "contract-visits")
	call(p, "set what is no attribute", c.ModifyLoadBalancerAttributes, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: shop, Attributes: []types.LoadBalancerAttribute{{Key: aws.String("colour"), Value: aws.String("red")}}})
	read("read attributes still", shop)
	log("log no visits", shop, false, "")
	read("read attributes without a log", shop)
	read("read attributes of no load balancer", none)
}
