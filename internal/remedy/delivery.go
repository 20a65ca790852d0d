package remedy

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
)

// ownValue is the value of the owner tag on what the operator creates.
const ownValue = "aws-guardrails"

// given is a step that is taken only while what the whole action was planned on still holds.
func given(step Step, holds func(context.Context) (bool, error)) Step {
	look := step.Look
	step.Look = func(ctx context.Context) (Standing, error) {
		switch ok, err := holds(ctx); {
		case err != nil:
			return "", err
		case !ok:
			return Changed, nil
		}
		return look(ctx)
	}
	return step
}

// ownBucket is the steps that make a bucket of the operator's own be there, closed to the
// public. A bucket of the name that belongs to someone else ends them: nothing is taken over.
func ownBucket(s *awsapi.Session, region, name string) []Step {
	create := ensure("s3:CreateBucket",
		func(ctx context.Context) (bool, error) {
			at, err := read.BucketRegion(ctx, s, name)
			return at != "", err
		},
		func(ctx context.Context) error {
			config := &types.CreateBucketConfiguration{Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(ownValue)}}}
			if region != "us-east-1" {
				config.LocationConstraint = types.BucketLocationConstraint(region)
			}
			err := sent(s.In(region).S3().CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(name), CreateBucketConfiguration: config}))
			if fault.Code(err) == "BucketAlreadyOwnedByYou" {
				return nil
			}
			return err
		})
	closed := ensure("s3:PutPublicAccessBlock",
		func(ctx context.Context) (bool, error) {
			block, err := read.BucketPublicAccessBlock(ctx, s, region, name)
			return block == inventory.AllBlocked, err
		},
		func(ctx context.Context) error {
			return sent(s.In(region).S3().PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
				Bucket: aws.String(name),
				PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
					BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), RestrictPublicBuckets: aws.Bool(true),
				},
			}))
		})
	return []Step{create, closed}
}

// bucketStatements is the step that puts statements into a bucket's policy, in which every other
// word stays. The policy is read again just before it is written. The region of a bucket that was
// just made is known; "" is one that has to be found among the account's.
func bucketStatements(s *awsapi.Session, region, name string, statements []iampolicy.Statement) Step {
	return ensure("s3:PutBucketPolicy",
		func(ctx context.Context) (bool, error) {
			_, have, want, err := mergedPolicy(ctx, s, region, name, statements)
			return err == nil && iampolicy.Equal(have, want), err
		},
		func(ctx context.Context) error {
			at, _, want, err := mergedPolicy(ctx, s, region, name, statements)
			if err != nil {
				return err
			}
			return sent(s.In(at).S3().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(name), Policy: aws.String(want)}))
		})
}

// mergedPolicy returns where a bucket of the account is, its policy, and that with the statements.
func mergedPolicy(ctx context.Context, s *awsapi.Session, region, name string, statements []iampolicy.Statement) (at, have, want string, err error) {
	if region == "" {
		if region, err = read.BucketRegion(ctx, s, name); err != nil {
			return "", "", "", err
		}
	}
	if region == "" {
		return "", "", "", noBucket(s, name)
	}
	if have, err = read.BucketPolicy(ctx, s, region, name); err != nil {
		return "", "", "", err
	}
	want = have
	for _, statement := range statements {
		if want, err = iampolicy.Merge(want, statement); err != nil {
			return "", "", "", fmt.Errorf("merging the policy of bucket %s: %w", name, err)
		}
	}
	return region, have, want, nil
}

func noBucket(s *awsapi.Session, name string) error {
	return &fault.Fault{Class: fault.NotFound, Operation: "s3:ListBuckets", Message: fmt.Sprintf("account %s has no bucket %s", s.Account, name)}
}

// ownLogGroup is the step that makes a log group of the operator's own be there.
func ownLogGroup(s *awsapi.Session, region, name string) Step {
	return ensure("logs:CreateLogGroup",
		func(ctx context.Context) (bool, error) {
			found, err := read.FindLogGroup(ctx, s, region, name)
			return found != nil, err
		},
		func(ctx context.Context) error {
			err := sent(s.In(region).Logs().CreateLogGroup(ctx, &logs.CreateLogGroupInput{LogGroupName: aws.String(name), Tags: map[string]string{v1alpha1.OwnerTag: ownValue}}))
			if fault.Code(err) == "ResourceAlreadyExistsException" {
				return nil
			}
			return err
		})
}
