package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

func keepLogs(s *awsapi.Session, a action.KeepLogs) []Step {
	group := a.Group
	return []Step{setting("logs:PutRetentionPolicy",
		func(ctx context.Context) (int32, error) {
			return read.LogGroupRetention(ctx, s, group.Region, group.ID)
		},
		a.From, a.To,
		func(ctx context.Context) error {
			return sent(s.In(group.Region).Logs().PutRetentionPolicy(ctx, &logs.PutRetentionPolicyInput{
				LogGroupName: aws.String(group.ID), RetentionInDays: aws.Int32(a.To),
			}))
		},
	)}
}
