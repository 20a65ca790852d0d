package remedy

import (
	"context"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var (
	stopRecorderCall = awsapi.Writes((*config.Client).StopConfigurationRecorder)
	deleteChannel    = awsapi.Writes((*config.Client).DeleteDeliveryChannel)
	deleteRecorder   = awsapi.Writes((*config.Client).DeleteConfigurationRecorder)
)

// removeRecorder stops the recorder, then takes away what we made of channel and recorder. What
// was recorded stays in its bucket.
func removeRecorder(s *awsapi.Session, a action.SetUpRecorder) backward {
	region := a.Region.Region
	asMade := func(found *types.ConfigurationRecorder) bool {
		return aws.ToString(found.RoleARN) == a.Role() && reflect.DeepEqual(read.RecordingGroup(found), a.Group())
	}
	stop := given(stopConfig(s, region, a.Recorder), read.FindRecorder.Calls, func(ctx context.Context) (bool, error) {
		found, err := read.FindRecorder.Of(ctx, s, region)
		return found == nil || !a.NewRecorder || asMade(found), err
	})
	return backward{
		stopRecorderCall.Name: stop,
		deleteChannel.Name: {
			Reads: read.DeliveryChannel.Calls,
			Look: func(ctx context.Context) (Standing, error) {
				found, err := read.DeliveryChannel.Of(ctx, s, region)
				return ours(found.Name != "", found == inventory.DeliveryChannel{Name: inventory.OwnRecorder, Bucket: a.Bucket}), err
			},
			Send: func(ctx context.Context) error {
				return sent(deleteChannel.In(ctx, s.In(region), &config.DeleteDeliveryChannelInput{DeliveryChannelName: aws.String(inventory.OwnRecorder)}))
			},
		},
		deleteRecorder.Name: {
			Reads: read.FindRecorder.Calls,
			Look: func(ctx context.Context) (Standing, error) {
				found, err := read.FindRecorder.Of(ctx, s, region)
				if err != nil || found == nil {
					return Done, err
				}
				return ours(true, aws.ToString(found.Name) == a.Recorder && asMade(found)), nil
			},
			Send: func(ctx context.Context) error {
				return sent(deleteRecorder.In(ctx, s.In(region), &config.DeleteConfigurationRecorderInput{ConfigurationRecorderName: aws.String(a.Recorder)}))
			},
		},
	}
}

func stopRecorder(s *awsapi.Session, a action.StartRecorder) backward {
	return backward{stopRecorderCall.Name: stopConfig(s, a.Region.Region, a.Recorder)}
}

func stopConfig(s *awsapi.Session, region, recorder string) Step {
	return Step{
		Reads: slices.Concat(read.FindRecorder.Calls, read.RecorderStatus.Calls),
		Look: func(ctx context.Context) (Standing, error) {
			found, err := read.FindRecorder.Of(ctx, s, region)
			if err != nil || found == nil {
				return Done, err
			}
			status, err := read.RecorderStatus.Of(ctx, s, region)
			return ours(status.Recording, aws.ToString(found.Name) == recorder), err
		},
		Send: func(ctx context.Context) error {
			return sent(stopRecorderCall.In(ctx, s.In(region), &config.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String(recorder)}))
		},
	}
}

func undoRecordAllTypes(s *awsapi.Session, a action.RecordAllTypes) backward {
	region := a.Region.Region
	step := putGroup(s, region, a.Recorder, a.From)
	step.Look = func(ctx context.Context) (Standing, error) {
		found, err := read.FindRecorder.Of(ctx, s, region)
		switch {
		case err != nil:
			return "", err
		case found == nil || aws.ToString(found.Name) != a.Recorder:
			return Changed, nil
		}
		have := read.RecordingGroup(found)
		return ours(!reflect.DeepEqual(have, a.From), reflect.DeepEqual(have, a.To)), nil
	}
	return one([]Step{step})
}

// typesOf are types of resources as AWS Config takes them.
func typesOf(names []string) []types.ResourceType {
	var all []types.ResourceType
	for _, name := range names {
		all = append(all, types.ResourceType(name))
	}
	return all
}
