package remedy

import (
	"context"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// untilConfigSees tries again while AWS Config does not yet see the role or the bucket's policy.
func untilConfigSees(o *config.Options) {
	o.Retryer = retry.AddWithMaxAttempts(retry.AddWithErrorCodes(o.Retryer, "InvalidRoleException", "InsufficientDeliveryPolicyException", "NoSuchBucketException"), tries)
}

var (
	putRecorder       = awsapi.Writes(with((*config.Client).PutConfigurationRecorder, untilConfigSees), "config:PutConfigurationRecorder", "config:TagResource", "iam:PassRole")
	putChannel        = awsapi.Writes(with((*config.Client).PutDeliveryChannel, untilConfigSees))
	startRecorderCall = awsapi.Writes((*config.Client).StartConfigurationRecorder)
)

func setUpRecorder(s *awsapi.Session, a action.SetUpRecorder) []Step {
	region := a.Region.Region
	var steps []Step
	if a.NewRecorder {
		steps = append(steps, linkedConfigRole(s))
	}
	if a.NewBucketIn != "" {
		steps = append(steps, ownBucket(s, a.NewBucketIn, a.Bucket, a.Statements())...)
	} else if a.Bucket != "" {
		steps = append(steps, bucketStatements(s, inventory.Ref{ID: a.Bucket}, a.Statements()))
	}
	if a.NewRecorder {
		steps = append(steps, ownRecorder(s, a))
	}
	if a.Bucket != "" {
		steps = append(steps, ownChannel(s, a))
	}
	steps = append(steps, startConfig(s, region, a.Recorder))
	steps[0] = given(steps[0], read.FindRecorder.Calls, func(ctx context.Context) (bool, error) {
		found, err := read.FindRecorder.Of(ctx, s, region)
		if found == nil {
			return a.NewRecorder, err
		}
		return aws.ToString(found.Name) == a.Recorder, err
	})
	return steps
}

var createLinkedRole = awsapi.Writes((*iam.Client).CreateServiceLinkedRole)

// linkedConfigRole is the step that lets AWS make its own role for Config.
func linkedConfigRole(s *awsapi.Session) Step {
	return ensure(createLinkedRole.Name, []string{getRole.Name},
		func(ctx context.Context) (bool, error) {
			_, err := getRole.In(ctx, s.In(""), &iam.GetRoleInput{RoleName: aws.String("AWSServiceRoleForConfig")})
			if fault.Code(err) == "NoSuchEntity" {
				return false, nil
			}
			return err == nil, err
		},
		func(ctx context.Context) error {
			err := sent(createLinkedRole.In(ctx, s.In(""), &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")}))
			// AWS says of a role that was made meanwhile that its name has been taken.
			if code := fault.Code(err); code == "InvalidInput" || code == "EntityAlreadyExists" {
				return nil
			}
			return err
		})
}

// ownRecorder never replaces a recorder that is there.
func ownRecorder(s *awsapi.Session, a action.SetUpRecorder) Step {
	region := a.Region.Region
	return ensure(putRecorder.Name, read.FindRecorder.Calls,
		func(ctx context.Context) (bool, error) {
			found, err := read.FindRecorder.Of(ctx, s, region)
			return found != nil, err
		},
		func(ctx context.Context) error {
			return sent(putRecorder.In(ctx, s.In(region), &config.PutConfigurationRecorderInput{
				ConfigurationRecorder: &types.ConfigurationRecorder{Name: aws.String(a.Recorder), RoleARN: aws.String(a.Role()), RecordingGroup: recordingGroup(a.Group())},
				Tags:                  []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(v1alpha1.OwnerValue)}},
			}))
		})
}

func recordingGroup(group inventory.RecordingGroup) *types.RecordingGroup {
	out := &types.RecordingGroup{AllSupported: group.AllSupported, IncludeGlobalResourceTypes: group.GlobalTypes, ResourceTypes: typesOf(group.Types)}
	if group.Strategy != "" {
		out.RecordingStrategy = &types.RecordingStrategy{UseOnly: types.RecordingStrategyType(group.Strategy)}
	}
	if len(group.Excluded) > 0 {
		out.ExclusionByResourceTypes = &types.ExclusionByResourceTypes{ResourceTypes: typesOf(group.Excluded)}
	}
	return out
}

// ownChannel never replaces a channel that is there.
func ownChannel(s *awsapi.Session, a action.SetUpRecorder) Step {
	region := a.Region.Region
	return ensure(putChannel.Name, read.DeliveryChannel.Calls,
		func(ctx context.Context) (bool, error) {
			found, err := read.DeliveryChannel.Of(ctx, s, region)
			return found.Name != "", err
		},
		func(ctx context.Context) error {
			return sent(putChannel.In(ctx, s.In(region), &config.PutDeliveryChannelInput{
				DeliveryChannel: &types.DeliveryChannel{Name: aws.String(inventory.OwnRecorder), S3BucketName: aws.String(a.Bucket)},
			}))
		})
}

func startRecorder(s *awsapi.Session, a action.StartRecorder) []Step {
	return []Step{startConfig(s, a.Region.Region, a.Recorder)}
}

func startConfig(s *awsapi.Session, region, recorder string) Step {
	return ensure(startRecorderCall.Name, read.RecorderStatus.Calls,
		func(ctx context.Context) (bool, error) {
			status, err := read.RecorderStatus.Of(ctx, s, region)
			return status.Recording, err
		},
		func(ctx context.Context) error {
			return sent(startRecorderCall.In(ctx, s.In(region), &config.StartConfigurationRecorderInput{ConfigurationRecorderName: aws.String(recorder)}))
		})
}

func recordAllTypes(s *awsapi.Session, a action.RecordAllTypes) []Step {
	region := a.Region.Region
	step := putGroup(s, region, a.Recorder, a.To)
	step.Look = func(ctx context.Context) (Standing, error) {
		found, err := read.FindRecorder.Of(ctx, s, region)
		switch {
		case err != nil:
			return "", err
		case found == nil || aws.ToString(found.Name) != a.Recorder:
			return Changed, nil
		}
		switch have := read.RecordingGroup(found); {
		case have.Covers(a.To):
			return Done, nil
		case reflect.DeepEqual(have, a.From):
			return Pending, nil
		}
		return Changed, nil
	}
	return []Step{step}
}

// putGroup puts back the recorder as it was read just before, but for what it records.
func putGroup(s *awsapi.Session, region, recorder string, group inventory.RecordingGroup) Step {
	return Step{Call: putRecorder.Name, Reads: read.FindRecorder.Calls, Send: func(ctx context.Context) error {
		found, err := read.FindRecorder.Of(ctx, s, region)
		if err != nil {
			return err
		}
		if found == nil {
			return &fault.Fault{Class: fault.NotFound, Operation: "config:DescribeConfigurationRecorders", Message: fmt.Sprintf("recorder %s is gone", recorder)}
		}
		return sent(putRecorder.In(ctx, s.In(region), &config.PutConfigurationRecorderInput{
			ConfigurationRecorder: &types.ConfigurationRecorder{Name: found.Name, RoleARN: found.RoleARN, RecordingMode: found.RecordingMode, RecordingGroup: recordingGroup(group)},
		}))
	}}
}
