package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// logsPage is the most that CloudWatch Logs gives at once.
const logsPage = 50

func logGroups(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.LogGroup, error) {
	var all []inventory.LogGroup
	pages := logs.NewDescribeLogGroupsPaginator(s.AWS.Logs(), &logs.DescribeLogGroupsInput{Limit: aws.Int32(logsPage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing log groups: %w", err)
		}
		for _, group := range page.LogGroups {
			name := aws.ToString(group.LogGroupName)
			all = append(all, inventory.LogGroup{
				Ref:           s.ref("AWS::Logs::LogGroup", s.Region, name, LogGroupARN(s.Session, s.Region, name)),
				RetentionDays: aws.ToInt32(group.RetentionInDays),
				Fixed:         group.LogGroupClass == types.LogGroupClassDelivery,
			})
		}
	}
	return all, nil
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

// LogGroupRetention reads how many days a log group keeps its logs; 0 is forever.
func LogGroupRetention(ctx context.Context, s *awsapi.Session, region, name string) (int32, error) {
	group, err := FindLogGroup(ctx, s, region, name)
	switch {
	case err != nil:
		return 0, err
	case group == nil:
		return 0, &fault.Fault{Class: fault.NotFound, Operation: "logs:DescribeLogGroups", Message: "there is no log group " + name}
	}
	return aws.ToInt32(group.RetentionInDays), nil
}

// logGroupTags reads who owns a log group with which something is wrong.
func logGroupTags(ctx context.Context, s *Scope, group inventory.LogGroup) inventory.LogGroup {
	tags := map[string]string{}
	out, err := s.AWS.Logs().ListTagsForResource(ctx, &logs.ListTagsForResourceInput{ResourceArn: aws.String(group.ARN)})
	if err == nil {
		tags = out.Tags
	}
	group.Tags = observed(s, tags, err)
	return group
}
