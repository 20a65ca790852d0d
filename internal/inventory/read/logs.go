package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// logsPage is the most that CloudWatch Logs gives at once.
const logsPage = 50

var logGroups = made(inventory.LogGroups,
	list(listLogGroups, "logs:DescribeLogGroups"),
	tagged[inventory.LogGroup](logGroupTags, "logs:ListTagsForResource"),
)

// listLogGroups names one by its prefix: there is no call for one group.
func listLogGroups(ctx context.Context, s *Scope, id string) ([]inventory.LogGroup, error) {
	in := &logs.DescribeLogGroupsInput{Limit: aws.Int32(logsPage)}
	if id != "" {
		in.LogGroupNamePrefix = &id
	}
	return gather(ctx, logs.NewDescribeLogGroupsPaginator(s.AWS.Logs(), in),
		func(page *logs.DescribeLogGroupsOutput) []types.LogGroup { return page.LogGroups },
		func(group types.LogGroup) inventory.LogGroup {
			return inventory.LogGroup{
				Ref: of(s, inventory.LogGroups, aws.ToString(group.LogGroupName)), RetentionDays: aws.ToInt32(group.RetentionInDays),
				Fixed: group.LogGroupClass == types.LogGroupClassDelivery,
			}
		})
}

func logGroupTags(ctx context.Context, s *Scope, group inventory.Ref) (map[string]string, error) {
	out, err := s.AWS.Logs().ListTagsForResource(ctx, &logs.ListTagsForResourceInput{ResourceArn: &group.ARN})
	if err != nil {
		return nil, err
	}
	return out.Tags, nil
}

// LogGroupARN is a log group's ARN without the :* that some calls append.
func LogGroupARN(s *awsapi.Session, region, name string) string {
	return s.ARN("logs", region, "log-group:"+name)
}

// FindLogGroup reads one log group; nil where there is none of the name.
func FindLogGroup(ctx context.Context, s *awsapi.Session, region, name string) (*types.LogGroup, error) {
	pages := logs.NewDescribeLogGroupsPaginator(s.In(region).Logs(), &logs.DescribeLogGroupsInput{Limit: aws.Int32(logsPage), LogGroupNamePrefix: aws.String(name)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("looking for log group %s: %w", name, err)
		}
		for _, group := range page.LogGroups {
			if aws.ToString(group.LogGroupName) == name {
				return &group, nil
			}
		}
	}
	return nil, nil
}
