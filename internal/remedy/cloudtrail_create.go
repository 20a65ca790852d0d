package remedy

import (
	"context"
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

var (
	createTrailCall = awsapi.Writes(with((*cloudtrail.Client).CreateTrail, untilRoleIsKnown), "cloudtrail:CreateTrail", "cloudtrail:AddTags", "iam:PassRole")
	deleteTrailCall = awsapi.Writes((*cloudtrail.Client).DeleteTrail)
)

func trailLogs(s *awsapi.Session, trail action.Target) []Step {
	to := action.LogsOf(trail)
	return append([]Step{ownLogGroup(s, trail.Region, inventory.OwnTrailLogs)}, ownServiceRole(s, inventory.OwnTrailLogs, to.Trust(), to.Permissions())...)
}

func deliverTrailToLogs(s *awsapi.Session, a action.DeliverTrailToLogs) []Step {
	to := a.Logs()
	connect := updateTrail(s, a.Trail, func(t *types.Trail) string { return aws.ToString(t.CloudWatchLogsLogGroupArn) }, "", to.Group+":*",
		&cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: aws.String(to.Group + ":*"), CloudWatchLogsRoleArn: aws.String(to.Role)})
	steps := append(trailLogs(s, a.Trail), connect)
	steps[0] = given(steps[0], connect.Reads, func(ctx context.Context) (bool, error) {
		standing, err := connect.Look(ctx)
		return standing != Changed, err
	})
	return steps
}

func createTrail(s *awsapi.Session, a action.CreateTrail) []Step {
	trail, to := a.Trail, a.Logs()
	bucket := []Step{bucketStatements(s, inventory.Ref{ID: a.Bucket}, a.Statements())}
	if a.NewBucket {
		bucket = ownBucket(s, trail.Region, a.Bucket, a.Statements())
	}
	// A second trail would be billed.
	alone := func(ctx context.Context) (bool, error) { return read.NoOtherTrail.Of(ctx, s, trail.Ref()) }
	create := owned(createTrailCall.Name, "trail "+trail.ID, read.FindTrail.Calls,
		func(ctx context.Context) (found, error) {
			have, err := read.FindTrail.Of(ctx, s, trail.Ref())
			switch {
			case err != nil || have == nil:
				return found{}, err
			case aws.ToString(have.S3BucketName) != a.Bucket:
				return found{there: true, foreign: "it delivers to bucket " + aws.ToString(have.S3BucketName)}, nil
			}
			return found{there: true}, nil
		},
		func(ctx context.Context) error {
			return sent(createTrailCall.In(ctx, s.In(trail.Region), &cloudtrail.CreateTrailInput{
				Name: aws.String(trail.ID), S3BucketName: aws.String(a.Bucket), IsMultiRegionTrail: aws.Bool(true), IncludeGlobalServiceEvents: aws.Bool(true), EnableLogFileValidation: aws.Bool(true),
				CloudWatchLogsLogGroupArn: aws.String(to.Group + ":*"), CloudWatchLogsRoleArn: aws.String(to.Role),
				TagsList: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}},
			}))
		})
	steps := slices.Concat(bucket, trailLogs(s, trail), []Step{given(create, read.NoOtherTrail.Calls, alone), startLogging(s, trail)})
	steps[0] = given(steps[0], read.NoOtherTrail.Calls, alone)
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
	put, remove := withoutStatements(s, inventory.Ref{ID: a.Bucket}, a.Statements())
	return backward{
		deleteTrailCall.Name: {
			Reads: slices.Concat(read.FindTrail.Calls, read.TrailTags.Calls),
			Look: func(ctx context.Context) (Standing, error) {
				found, err := read.FindTrail.Of(ctx, s, a.Trail.Ref())
				if err != nil || found == nil {
					return Done, err
				}
				tags, err := read.TrailTags.Of(ctx, s, a.Trail.Ref())
				return ours(true, bearsOwner(tags) && asCreated(found, a)), err
			},
			Send: func(ctx context.Context) error {
				return sent(deleteTrailCall.In(ctx, s.In(a.Trail.Region), &cloudtrail.DeleteTrailInput{Name: aws.String(a.Trail.ID)}))
			},
		},
		stopLoggingCall.Name: stopLogging(s, a.Trail), putBucketPolicy.Name: put, deleteBucketPolicy.Name: remove,
	}
}

func asCreated(found *types.Trail, a action.CreateTrail) bool {
	return aws.ToString(found.S3BucketName) == a.Bucket && aws.ToBool(found.IsMultiRegionTrail) && aws.ToBool(found.LogFileValidationEnabled) &&
		aws.ToString(found.CloudWatchLogsLogGroupArn) == a.Logs().Group+":*" && aws.ToString(found.CloudWatchLogsRoleArn) == a.Logs().Role
}
