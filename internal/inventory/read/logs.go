package read

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// logsPage is the most that CloudWatch Logs gives at once.
const logsPage = 50

var (
	describeLogGroups = awsapi.Lists(logs.NewDescribeLogGroupsPaginator)
	listLogGroupTags  = awsapi.Reads((*logs.Client).ListTagsForResource)
)

var _ = made(inventory.LogGroups,
	list(listLogGroups, describeLogGroups),
	tagged[inventory.LogGroup](logGroupTags, listLogGroupTags),
)

// listLogGroups names one by its prefix: there is no call for one group.
func listLogGroups(ctx context.Context, s *Scope, id string) ([]inventory.LogGroup, error) {
	in := &logs.DescribeLogGroupsInput{Limit: aws.Int32(logsPage)}
	if id != "" {
		in.LogGroupNamePrefix = &id
	}
	return gather(ctx, s.AWS, describeLogGroups, in,
		func(page *logs.DescribeLogGroupsOutput) []types.LogGroup { return page.LogGroups },
		func(group types.LogGroup) inventory.LogGroup {
			return inventory.LogGroup{
				Ref: of(s, inventory.LogGroups, aws.ToString(group.LogGroupName)), RetentionDays: aws.ToInt32(group.RetentionInDays),
				Fixed: group.LogGroupClass == types.LogGroupClassDelivery,
			}
		})
}

func logGroupTags(ctx context.Context, s *Scope, group inventory.Ref) (map[string]string, error) {
	out, err := listLogGroupTags.In(ctx, s.AWS, &logs.ListTagsForResourceInput{ResourceArn: &group.ARN})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

// LogGroupTags are the tags of a log group that a reference names by region and ARN.
var LogGroupTags = look(func(ctx context.Context, s *awsapi.Session, group inventory.Ref) (map[string]string, error) {
	return logGroupTags(ctx, &Scope{AWS: s.In(group.Region), Session: s}, group)
}, listLogGroupTags)

// LogGroupARN is a log group's ARN without the :* that some calls append.
func LogGroupARN(s *awsapi.Session, region, name string) string {
	return s.ARN("logs", region, "log-group:"+name)
}

// FindLogGroup reads the log group that a reference names by region and id; nil where there is
// none of the name.
var FindLogGroup = look(func(ctx context.Context, s *awsapi.Session, of inventory.Ref) (found *types.LogGroup, err error) {
	in := &logs.DescribeLogGroupsInput{Limit: aws.Int32(logsPage), LogGroupNamePrefix: aws.String(of.ID)}
	groups, err := gather(ctx, s.In(of.Region), describeLogGroups, in, func(page *logs.DescribeLogGroupsOutput) []types.LogGroup { return page.LogGroups }, same)
	if err != nil {
		return nil, fmt.Errorf("looking for log group %s: %w", of.ID, err)
	}
	if at := slices.IndexFunc(groups, func(group types.LogGroup) bool { return aws.ToString(group.LogGroupName) == of.ID }); at >= 0 {
		return &groups[at], nil
	}
	return nil, nil
}, describeLogGroups)
