package remedy

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var s3Remedies = []remedy{by(blockBucketPublicAccess)}

func blockBucketPublicAccess(s *awsapi.Session, a action.BlockBucketPublicAccess) []Step {
	bucket := a.Bucket
	return []Step{setting("s3:PutPublicAccessBlock",
		func(ctx context.Context) (inventory.PublicAccessBlock, error) {
			return read.BucketPublicAccessBlock(ctx, s, bucket.Region, bucket.ID)
		},
		a.From, inventory.AllBlocked,
		func(ctx context.Context) error {
			return sent(s.In(bucket.Region).S3().PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
				Bucket: aws.String(bucket.ID),
				PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
					BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true),
				},
			}))
		},
	)}
}
