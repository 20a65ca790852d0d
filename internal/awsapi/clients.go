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

// Account returns the region's Account client.
func (c *Clients) Account() *account.Client { return Client[account.Client](c) }

// CloudTrail returns the region's CloudTrail client.
func (c *Clients) CloudTrail() *cloudtrail.Client { return Client[cloudtrail.Client](c) }

// CloudWatch returns the region's CloudWatch client.
func (c *Clients) CloudWatch() *cloudwatch.Client { return Client[cloudwatch.Client](c) }

// Logs returns the region's Logs client.
func (c *Clients) Logs() *cloudwatchlogs.Client { return Client[cloudwatchlogs.Client](c) }

// Config returns the region's Config client.
func (c *Clients) Config() *configservice.Client { return Client[configservice.Client](c) }

// DynamoDB returns the region's DynamoDB client.
func (c *Clients) DynamoDB() *dynamodb.Client { return Client[dynamodb.Client](c) }

// EC2 returns the region's EC2 client.
func (c *Clients) EC2() *ec2.Client { return Client[ec2.Client](c) }

// GuardDuty returns the region's GuardDuty client.
func (c *Clients) GuardDuty() *guardduty.Client { return Client[guardduty.Client](c) }

// IAM returns the region's IAM client.
func (c *Clients) IAM() *iam.Client { return Client[iam.Client](c) }

// KMS returns the region's KMS client.
func (c *Clients) KMS() *kms.Client { return Client[kms.Client](c) }

// RDS returns the region's RDS client.
func (c *Clients) RDS() *rds.Client { return Client[rds.Client](c) }

// S3Control returns the region's S3Control client.
func (c *Clients) S3Control() *s3control.Client { return Client[s3control.Client](c) }

// SNS returns the region's SNS client.
func (c *Clients) SNS() *sns.Client { return Client[sns.Client](c) }

// S3 returns the region's S3 client.
func (c *Clients) S3() *s3.Client { return Client[s3.Client](c) }

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
