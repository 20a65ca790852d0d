package awsapi

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/sts"
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

// What every session asks, whatever it is for.
var (
	getCallerIdentity = Reads((*sts.Client).GetCallerIdentity)
	describeRegions   = Reads((*ec2.Client).DescribeRegions)
)

func enabledRegions(ctx context.Context, c *Clients) ([]string, error) {
	out, err := describeRegions.In(ctx, c, &ec2.DescribeRegionsInput{})
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
