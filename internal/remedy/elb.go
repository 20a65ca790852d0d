package remedy

import (
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var _ = []remedy{
	set(action.LoadBalancerAccessLog, sends(awsapi.Writes((*elb.Client).ModifyLoadBalancerAttributes),
		func(b inventory.Ref, to inventory.AccessLog) *elb.ModifyLoadBalancerAttributesInput {
			in := &elb.ModifyLoadBalancerAttributesInput{LoadBalancerArn: &b.ARN}
			for _, one := range [][2]string{
				{"access_logs.s3.enabled", strconv.FormatBool(to.Bucket != "")}, {"access_logs.s3.bucket", to.Bucket}, {"access_logs.s3.prefix", to.Prefix},
			} {
				in.Attributes = append(in.Attributes, types.LoadBalancerAttribute{Key: aws.String(one[0]), Value: aws.String(one[1])})
			}
			return in
		})),
}
