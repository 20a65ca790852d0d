package awsapi

import (
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// services is the one list of those that the project speaks to, and of how fast one account is
// asked in one region: below what AWS refills for its owner, which it documents per API, account
// and region.
var services = []service{
	speaks("account", account.ServiceID, account.NewFromConfig, usualPace),
	speaks("cloudtrail", cloudtrail.ServiceID, cloudtrail.NewFromConfig, pace{10, 10}),
	speaks("cloudwatch", cloudwatch.ServiceID, cloudwatch.NewFromConfig, usualPace),
	speaks("config", configservice.ServiceID, configservice.NewFromConfig, pace{10, 20}),
	speaks("dynamodb", dynamodb.ServiceID, dynamodb.NewFromConfig, pace{10, 20}),
	speaks("ec2", ec2.ServiceID, ec2.NewFromConfig, pace{20, 100}),
	speaks("elbv2", elasticloadbalancingv2.ServiceID, elasticloadbalancingv2.NewFromConfig, usualPace).as("elasticloadbalancing"),
	speaks("guardduty", guardduty.ServiceID, guardduty.NewFromConfig, usualPace),
	speaks("iam", iam.ServiceID, iam.NewFromConfig, pace{15, 50}),
	speaks("kms", kms.ServiceID, kms.NewFromConfig, pace{100, 200}),
	speaks("logs", cloudwatchlogs.ServiceID, cloudwatchlogs.NewFromConfig, pace{5, 10}),
	speaks("rds", rds.ServiceID, rds.NewFromConfig, usualPace),
	speaks("s3", s3.ServiceID, pathStyle, pace{100, 200}),
	speaks("s3control", s3control.ServiceID, s3control.NewFromConfig, usualPace),
	speaks("sns", sns.ServiceID, sns.NewFromConfig, usualPace),
	speaks("sts", sts.ServiceID, sts.NewFromConfig, usualPace),
}

// service is one of AWS's.
type service struct {
	// name is what the catalogue calls it, id what the SDK does, and prefix what IAM does.
	name, id, prefix string
	client           reflect.Type
	make             func(aws.Config) any
	pace             pace
}

func speaks[C, O any](name, id string, make func(aws.Config, ...func(*O)) *C, pace pace) service {
	return service{name: name, id: id, prefix: name, client: reflect.TypeFor[C](), make: func(config aws.Config) any { return make(config) }, pace: pace}
}

// as says that IAM calls it otherwise.
func (s service) as(prefix string) service {
	s.prefix = prefix
	return s
}

// pathStyle addresses buckets by path where an endpoint is set, since such an endpoint rarely
// serves a host name per bucket.
func pathStyle(config aws.Config, options ...func(*s3.Options)) *s3.Client {
	return s3.NewFromConfig(config, append(options, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })...)
}

// Client returns the region's client of a service, made when it is first asked for.
func Client[C any](c *Clients) *C {
	made, _ := c.Of(serviceOf(reflect.TypeFor[C]())).(*C)
	return made
}

// Of returns the region's client of the service that the catalogue calls so, or nil.
func (c *Clients) Of(name string) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	at := slices.IndexFunc(services, func(s service) bool { return s.name == name })
	if c.made[name] == nil && at >= 0 {
		c.made[name] = services[at].make(c.config)
	}
	return c.made[name]
}

// OperationName is how a call is named in plans, journals and metrics.
func OperationName(serviceID, operation string) string {
	for _, one := range services {
		if one.id == serviceID {
			return one.name + ":" + operation
		}
	}
	return strings.ToLower(strings.ReplaceAll(serviceID, " ", "")) + ":" + operation
}
