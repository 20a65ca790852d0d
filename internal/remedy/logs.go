package remedy

import (
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var _ = set(action.LogRetention, sends(awsapi.Writes((*logs.Client).PutRetentionPolicy),
	func(group inventory.Ref, days int32) *logs.PutRetentionPolicyInput {
		return &logs.PutRetentionPolicyInput{LogGroupName: &group.ID, RetentionInDays: &days}
	}))
