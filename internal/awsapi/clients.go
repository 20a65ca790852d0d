package awsapi

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/smithy-go/middleware"
)

type apiOption = func(*middleware.Stack) error

// Clients are the service clients of one account in one region, each made when first asked for.
type Clients struct {
	Region string

	config aws.Config
	mu     sync.Mutex
	made   map[string]any
}

func client[C any](c *Clients, name string, make func(aws.Config) *C) *C {
	c.mu.Lock()
	defer c.mu.Unlock()
	if have, ok := c.made[name].(*C); ok {
		return have
	}
	fresh := make(c.config)
	c.made[name] = fresh
	return fresh
}

// Account returns the region's Account client.
func (c *Clients) Account() *account.Client {
	return client(c, "account", func(config aws.Config) *account.Client { return account.NewFromConfig(config) })
}

// CloudTrail returns the region's CloudTrail client.
func (c *Clients) CloudTrail() *cloudtrail.Client {
	return client(c, "cloudtrail", func(config aws.Config) *cloudtrail.Client { return cloudtrail.NewFromConfig(config) })
}

// CloudWatch returns the region's CloudWatch client.
func (c *Clients) CloudWatch() *cloudwatch.Client {
	return client(c, "cloudwatch", func(config aws.Config) *cloudwatch.Client { return cloudwatch.NewFromConfig(config) })
}

// Logs returns the region's Logs client.
func (c *Clients) Logs() *cloudwatchlogs.Client {
	return client(c, "cloudwatchlogs", func(config aws.Config) *cloudwatchlogs.Client { return cloudwatchlogs.NewFromConfig(config) })
}

// Config returns the region's Config client.
func (c *Clients) Config() *configservice.Client {
	return client(c, "configservice", func(config aws.Config) *configservice.Client { return configservice.NewFromConfig(config) })
}

// DynamoDB returns the region's DynamoDB client.
func (c *Clients) DynamoDB() *dynamodb.Client {
	return client(c, "dynamodb", func(config aws.Config) *dynamodb.Client { return dynamodb.NewFromConfig(config) })
}

// EC2 returns the region's EC2 client.
func (c *Clients) EC2() *ec2.Client {
	return client(c, "ec2", func(config aws.Config) *ec2.Client { return ec2.NewFromConfig(config) })
}

// GuardDuty returns the region's GuardDuty client.
func (c *Clients) GuardDuty() *guardduty.Client {
	return client(c, "guardduty", func(config aws.Config) *guardduty.Client { return guardduty.NewFromConfig(config) })
}

// IAM returns the region's IAM client.
func (c *Clients) IAM() *iam.Client {
	return client(c, "iam", func(config aws.Config) *iam.Client { return iam.NewFromConfig(config) })
}

// KMS returns the region's KMS client.
func (c *Clients) KMS() *kms.Client {
	return client(c, "kms", func(config aws.Config) *kms.Client { return kms.NewFromConfig(config) })
}

// RDS returns the region's RDS client.
func (c *Clients) RDS() *rds.Client {
	return client(c, "rds", func(config aws.Config) *rds.Client { return rds.NewFromConfig(config) })
}

// S3Control returns the region's S3Control client.
func (c *Clients) S3Control() *s3control.Client {
	return client(c, "s3control", func(config aws.Config) *s3control.Client { return s3control.NewFromConfig(config) })
}

// SNS returns the region's SNS client.
func (c *Clients) SNS() *sns.Client {
	return client(c, "sns", func(config aws.Config) *sns.Client { return sns.NewFromConfig(config) })
}

// S3 returns the region's S3 client. Path-style addressing is used where an endpoint is set,
// since such an endpoint rarely serves a host name per bucket.
func (c *Clients) S3() *s3.Client {
	return client(c, "s3", func(config aws.Config) *s3.Client {
		return s3.NewFromConfig(config, func(o *s3.Options) { o.UsePathStyle = o.BaseEndpoint != nil })
	})
}

func enabledRegions(ctx context.Context, c *Clients) ([]string, error) {
	out, err := c.EC2().DescribeRegions(ctx, &ec2.DescribeRegionsInput{})
	if err != nil {
		return nil, fmt.Errorf("listing regions: %w", err)
	}
	names := make([]string, 0, len(out.Regions))
	for _, region := range out.Regions {
		names = append(names, aws.ToString(region.RegionName))
	}
	slices.Sort(names)
	return names, nil
}
