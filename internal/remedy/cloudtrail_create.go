package remedy

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// tries of a call that what was created just before may make fail at first: with the SDK's
// backoff they fill the call's deadline.
const tries = 8

// untilRoleIsKnown tries again while CloudTrail does not yet see the role, or what the bucket's
// policy says: both take seconds to be known everywhere.
func untilRoleIsKnown(o *cloudtrail.Options) {
	o.Retryer = retry.AddWithMaxAttempts(retry.AddWithErrorCodes(o.Retryer, "InvalidCloudWatchLogsRoleArnException", "InsufficientS3BucketPolicyException"), tries)
}

func trailLogs(s *awsapi.Session, trail action.Target) []Step {
	to := action.LogsOf(trail)
	return append([]Step{ownLogGroup(s, trail.Region, inventory.OwnTrailLogs)}, ownServiceRole(s, inventory.OwnTrailLogs, to.Trust(), to.Permissions())...)
}

func deliverTrailToLogs(s *awsapi.Session, a action.DeliverTrailToLogs) []Step {
	to := a.Logs()
	connect := updateTrail(s, a.Trail, func(t *types.Trail) string { return aws.ToString(t.CloudWatchLogsLogGroupArn) }, "", to.Group+":*",
		&cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: aws.String(to.Group + ":*"), CloudWatchLogsRoleArn: aws.String(to.Role)})
	steps := append(trailLogs(s, a.Trail), connect)
	steps[0] = given(steps[0], func(ctx context.Context) (bool, error) {
		standing, err := connect.Look(ctx)
		return standing != Changed, err
	})
	return steps
}

func createTrail(s *awsapi.Session, a action.CreateTrail) []Step {
	trail, to := a.Trail, a.Logs()
	var bucket []Step
	region := ""
	if a.NewBucket {
		region = trail.Region
		bucket = ownBucket(s, region, a.Bucket)
	}
	alone := func(ctx context.Context) (bool, error) { return noOtherTrail(ctx, s, trail) }
	create := ensure("cloudtrail:CreateTrail",
		func(ctx context.Context) (bool, error) {
			found, err := read.FindTrail(ctx, s, trail.Region, trail.ARN)
			return found != nil, err
		},
		func(ctx context.Context) error {
			return sent(s.In(trail.Region).CloudTrail().CreateTrail(ctx, &cloudtrail.CreateTrailInput{
				Name: aws.String(trail.ID), S3BucketName: aws.String(a.Bucket), IsMultiRegionTrail: aws.Bool(true), IncludeGlobalServiceEvents: aws.Bool(true), EnableLogFileValidation: aws.Bool(true),
				CloudWatchLogsLogGroupArn: aws.String(to.Group + ":*"), CloudWatchLogsRoleArn: aws.String(to.Role),
				TagsList: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(ownValue)}},
			}, untilRoleIsKnown))
		})
	steps := slices.Concat(bucket, []Step{bucketStatements(s, region, a.Bucket, a.Statements())}, trailLogs(s, trail), []Step{given(create, alone), startLogging(s, trail)})
	steps[0] = given(steps[0], alone)
	return steps
}

// undoTrailDelivery disconnects the trail from our log group: CloudTrail takes empty names for
// none.
func undoTrailDelivery(s *awsapi.Session, a action.DeliverTrailToLogs) backward {
	return one([]Step{updateTrail(s, a.Trail, func(t *types.Trail) string { return aws.ToString(t.CloudWatchLogsLogGroupArn) }, a.Logs().Group+":*", "",
		&cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: aws.String(""), CloudWatchLogsRoleArn: aws.String("")})})
}

// deleteTrail deletes the trail that we made, while it is what we made; what it recorded stays.
func deleteTrail(s *awsapi.Session, a action.CreateTrail) backward {
	put, remove := withoutStatements(s, "", a.Bucket, a.Statements())
	return backward{
		"cloudtrail:DeleteTrail": {
			Look: func(ctx context.Context) (Standing, error) {
				found, err := read.FindTrail(ctx, s, a.Trail.Region, a.Trail.ARN)
				if err != nil || found == nil {
					return Done, err
				}
				tags, err := read.TrailTags(ctx, s, a.Trail.Region, a.Trail.ARN)
				return ours(true, tags[v1alpha1.OwnerTag] != "" && asCreated(found, a)), err
			},
			Send: func(ctx context.Context) error {
				return sent(s.In(a.Trail.Region).CloudTrail().DeleteTrail(ctx, &cloudtrail.DeleteTrailInput{Name: aws.String(a.Trail.ID)}))
			},
		},
		"cloudtrail:StopLogging": stopLogging(s, a.Trail), "s3:PutBucketPolicy": put, "s3:DeleteBucketPolicy": remove,
	}
}

func asCreated(found *types.Trail, a action.CreateTrail) bool {
	return aws.ToString(found.S3BucketName) == a.Bucket && aws.ToBool(found.IsMultiRegionTrail) && aws.ToBool(found.LogFileValidationEnabled) &&
		aws.ToString(found.CloudWatchLogsLogGroupArn) == a.Logs().Group+":*" && aws.ToString(found.CloudWatchLogsRoleArn) == a.Logs().Role
}

// noOtherTrail says whether the account still has no trail but the planned one: a second one
// would be billed.
func noOtherTrail(ctx context.Context, s *awsapi.Session, planned action.Target) (bool, error) {
	out, err := s.In(planned.Region).CloudTrail().DescribeTrails(ctx, &cloudtrail.DescribeTrailsInput{})
	if err != nil {
		return false, fmt.Errorf("looking for other trails: %w", err)
	}
	return !slices.ContainsFunc(out.TrailList, func(t types.Trail) bool {
		arn := aws.ToString(t.TrailARN)
		return arn != planned.ARN && read.AccountOf(arn) == s.Account
	}), nil
}
