package remedy

import (
	"context"
	"fmt"
	"slices"

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

// given is a step that is taken only while what the whole action was planned on still holds.
func given(step Step, reads []string, holds func(context.Context) (bool, error)) Step {
	look := step.Look
	step.Reads = slices.Concat(step.Reads, reads)
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

var createBucket = awsapi.Writes((*s3.Client).CreateBucket, "s3:CreateBucket", "s3:TagResource")

// ownBucket is the steps that make a bucket of the operator's own be there, closed to the public,
// with these statements and no others that let anybody in from outside the account.
func ownBucket(s *awsapi.Session, region, name string, statements []iampolicy.Statement) []Step {
	bucket := inventory.Ref{Region: region, ID: name}
	create := owned(createBucket.Name, "bucket "+name, slices.Concat(read.BucketRegion.Calls, read.BucketTags.Calls, bucketPolicyAgain.Calls),
		func(ctx context.Context) (found, error) {
			at, err := read.BucketRegion.Of(ctx, s, name)
			if err != nil || at == "" {
				return found{}, err
			}
			have := inventory.Ref{Region: at, ID: name}
			tags, err := read.BucketTags.Of(ctx, s, have)
			if err != nil || !bearsOwner(tags) {
				return untagged, err
			}
			_, _, policy, err := mergedPolicy(ctx, s, have, statements)
			if err != nil {
				return found{}, err
			}
			return admitting(policy, s.Account, statements...)
		},
		func(ctx context.Context) error {
			config := &types.CreateBucketConfiguration{Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}}}
			if region != "us-east-1" {
				config.LocationConstraint = types.BucketLocationConstraint(region)
			}
			return sent(createBucket.In(ctx, s.In(region), &s3.CreateBucketInput{Bucket: &name, CreateBucketConfiguration: config}))
		})
	closed := ensure(putBucketBlock.Name, bucketBlockAgain.Calls,
		func(ctx context.Context) (bool, error) {
			block, err := bucketBlockAgain.Of(ctx, s, bucket)
			return block == inventory.AllBlocked, err
		},
		func(ctx context.Context) error {
			return sent(putBucketBlock.In(ctx, s.In(region), bucketBlock(bucket, inventory.AllBlocked)))
		})
	return []Step{create, closed, bucketStatements(s, bucket, statements)}
}

// bucketStatements is the step that puts statements into a bucket's policy, in which every other
// word stays. The policy is read again just before it is written. A bucket without a region is
// found among the account's.
func bucketStatements(s *awsapi.Session, bucket inventory.Ref, statements []iampolicy.Statement) Step {
	return ensure(putBucketPolicy.Name, policyLooks(bucket),
		func(ctx context.Context) (bool, error) {
			_, have, want, err := mergedPolicy(ctx, s, bucket, statements)
			return err == nil && iampolicy.Equal(have, want), err
		},
		func(ctx context.Context) error {
			found, _, want, err := mergedPolicy(ctx, s, bucket, statements)
			if err != nil {
				return err
			}
			return putPolicy(ctx, s, found, want)
		})
}

// mergedPolicy returns a bucket of the account, its policy, and that with the statements.
func mergedPolicy(ctx context.Context, s *awsapi.Session, bucket inventory.Ref, statements []iampolicy.Statement) (found inventory.Ref, have, want string, err error) {
	if found, have, err = policyOf(ctx, s, bucket, fault.Invalid); err != nil {
		return found, "", "", err
	}
	want = have
	for _, statement := range statements {
		if want, err = iampolicy.Merge(want, statement); err != nil {
			return found, "", "", fmt.Errorf("merging the policy of bucket %s: %w", bucket.ID, err)
		}
	}
	return found, have, want, nil
}

var createLogGroup = awsapi.Writes((*logs.Client).CreateLogGroup, "logs:CreateLogGroup", "logs:TagResource")

// ownLogGroup is the step that makes a log group of the operator's own be there.
func ownLogGroup(s *awsapi.Session, region, name string) Step {
	return owned(createLogGroup.Name, "log group "+name, slices.Concat(read.FindLogGroup.Calls, read.LogGroupTags.Calls),
		func(ctx context.Context) (found, error) {
			group := inventory.Ref{Region: region, ID: name, ARN: read.LogGroupARN(s, region, name)}
			have, err := read.FindLogGroup.Of(ctx, s, group)
			if err != nil || have == nil {
				return found{}, err
			}
			tags, err := read.LogGroupTags.Of(ctx, s, group)
			if err != nil || !bearsOwner(tags) {
				return untagged, err
			}
			return found{there: true}, nil
		},
		func(ctx context.Context) error {
			return sent(createLogGroup.In(ctx, s.In(region), &logs.CreateLogGroupInput{LogGroupName: aws.String(name), Tags: map[string]string{v1alpha1.OwnerTag: v1alpha1.OwnerValue}}))
		})
}
