package fakeaws

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
)

// configState is AWS Config in one region of an account: one recorder and one channel.
type configState struct {
	recorder  *types.ConfigurationRecorder
	tags      map[string]string
	recording bool
	started   *time.Time
	stopped   *time.Time
	channel   *types.DeliveryChannel
}

func serveConfig(c *Cloud) {
	on(c, putRecorder)
	on(c, putDeliveryChannel)
	on(c, startRecorder)
	on(c, describeRecorders)
	on(c, describeRecorderStatus)
	on(c, func(r *Request, in *config.StopConfigurationRecorderInput) (*config.StopConfigurationRecorderOutput, error) {
		state, err := r.recorder(in.ConfigurationRecorderName)
		if err != nil {
			return nil, err
		}
		state.recording, state.stopped = false, aws.Time(r.Now)
		return &config.StopConfigurationRecorderOutput{}, nil
	})
	on(c, func(r *Request, in *config.DeleteConfigurationRecorderInput) (*config.DeleteConfigurationRecorderOutput, error) {
		state, err := r.recorder(in.ConfigurationRecorderName)
		if err != nil {
			return nil, err
		}
		state.recorder, state.recording, state.started, state.stopped = nil, false, nil, nil
		return &config.DeleteConfigurationRecorderOutput{}, nil
	})
	serveDeliveryChannels(c)
	on(c, listConfigTags)
}

func noSuchRecorder(name string) error {
	return &types.NoSuchConfigurationRecorderException{Message: aws.String(fmt.Sprintf("Cannot find configuration recorder with the specified name '%s'.", name))}
}

// recorder finds the region's recorder by its name.
func (r *Request) recorder(name *string) (*configState, error) {
	state := regional[configState](r)
	if state.recorder == nil || *state.recorder.Name != aws.ToString(name) {
		return nil, noSuchRecorder(aws.ToString(name))
	}
	return state, nil
}

func putRecorder(r *Request, in *config.PutConfigurationRecorderInput) (*config.PutConfigurationRecorderOutput, error) {
	state, asked := regional[configState](r), *in.ConfigurationRecorder
	asked.Name = aws.String(cmp.Or(aws.ToString(asked.Name), "default"))
	group, err := spelledGroup(asked.RecordingGroup)
	switch {
	case err != nil:
		return nil, err
	case state.recorder != nil && *state.recorder.Name != *asked.Name:
		return nil, &types.MaxNumberOfConfigurationRecordersExceededException{Message: aws.String("Failed to put configuration recorder because the maximum number of configuration recorders: 1 is reached.")}
	case !r.roleByARN(aws.ToString(asked.RoleARN)).trusts("config.amazonaws.com"):
		return nil, &types.InvalidRoleException{Message: aws.String("The role cannot be assumed by AWS Config.")}
	}
	asked.RecordingGroup = group
	if asked.RecordingMode == nil {
		asked.RecordingMode = &types.RecordingMode{RecordingFrequency: types.RecordingFrequencyContinuous}
	}
	asked.RecordingScope = types.RecordingScopePaid
	asked.Arn = aws.String(r.ARN("config", r.Region, "configuration-recorder/"+*asked.Name+"/0a1b2c3d4e"))
	if state.recorder == nil {
		state.tags = map[string]string{}
		for _, tag := range in.Tags {
			state.tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	state.recorder = &asked
	return &config.PutConfigurationRecorderOutput{}, nil
}

// spelledGroup is a recording group as Config keeps it, or why it is refused.
func spelledGroup(asked *types.RecordingGroup) (*types.RecordingGroup, error) {
	group := types.RecordingGroup{AllSupported: true}
	if asked != nil {
		group = *asked
	}
	if group.ExclusionByResourceTypes == nil {
		group.ExclusionByResourceTypes = &types.ExclusionByResourceTypes{}
	}
	if group.RecordingStrategy == nil {
		group.RecordingStrategy = &types.RecordingStrategy{UseOnly: types.RecordingStrategyTypeInclusionByResourceTypes}
		if group.AllSupported {
			group.RecordingStrategy.UseOnly = types.RecordingStrategyTypeAllSupportedResourceTypes
		}
	}
	if why := contradiction(group); why != "" {
		return nil, &types.InvalidRecordingGroupException{Message: aws.String(why)}
	}
	group.ResourceTypes = append([]types.ResourceType{}, group.ResourceTypes...)
	group.ExclusionByResourceTypes = &types.ExclusionByResourceTypes{ResourceTypes: append([]types.ResourceType{}, group.ExclusionByResourceTypes.ResourceTypes...)}
	return &group, nil
}

// contradiction says why a recording group is refused, or "".
func contradiction(group types.RecordingGroup) string {
	strategy := group.RecordingStrategy.UseOnly
	switch {
	case group.AllSupported && len(group.ResourceTypes)+len(group.ExclusionByResourceTypes.ResourceTypes) > 0:
		return "all supported resource types cannot be recorded with a list of types"
	case group.AllSupported != (strategy == types.RecordingStrategyTypeAllSupportedResourceTypes):
		return "the recording strategy contradicts allSupported"
	case strategy == types.RecordingStrategyTypeInclusionByResourceTypes && len(group.ResourceTypes) == 0:
		return "no resource types"
	case group.IncludeGlobalResourceTypes && !group.AllSupported:
		return "global resource types need allSupported"
	}
	return ""
}

func startRecorder(r *Request, in *config.StartConfigurationRecorderInput) (*config.StartConfigurationRecorderOutput, error) {
	state, err := r.recorder(in.ConfigurationRecorderName)
	switch {
	case err != nil:
		return nil, err
	case state.channel == nil:
		return nil, &types.NoAvailableDeliveryChannelException{Message: aws.String("Delivery channel is not available to start configuration recorder.")}
	}
	state.recording, state.started = true, aws.Time(r.Now)
	return &config.StartConfigurationRecorderOutput{}, nil
}

func describeRecorders(r *Request, in *config.DescribeConfigurationRecordersInput) (*config.DescribeConfigurationRecordersOutput, error) {
	state, all := regional[configState](r), []types.ConfigurationRecorder{}
	for _, name := range in.ConfigurationRecorderNames {
		if _, err := r.recorder(&name); err != nil {
			return nil, err
		}
	}
	if state.recorder != nil {
		all = append(all, *state.recorder)
	}
	return &config.DescribeConfigurationRecordersOutput{ConfigurationRecorders: all}, nil
}

// describeRecorderStatus shows what the last delivery met.
func describeRecorderStatus(r *Request, in *config.DescribeConfigurationRecorderStatusInput) (*config.DescribeConfigurationRecorderStatusOutput, error) {
	state, all := regional[configState](r), []types.ConfigurationRecorderStatus{}
	for _, name := range in.ConfigurationRecorderNames {
		if _, err := r.recorder(&name); err != nil {
			return nil, err
		}
	}
	if state.recorder == nil {
		return &config.DescribeConfigurationRecorderStatusOutput{ConfigurationRecordersStatus: all}, nil
	}
	status := types.ConfigurationRecorderStatus{Name: state.recorder.Name, Arn: state.recorder.Arn, Recording: state.recording, LastStartTime: state.started, LastStopTime: state.stopped}
	if state.started != nil {
		status.LastStatus, status.LastStatusChangeTime = inCapitals(types.RecorderStatusSuccess), state.started
	}
	if state.channel != nil && state.recording {
		if err := r.checkDelivery(state); err != nil {
			status.LastStatus, status.LastErrorCode, status.LastErrorMessage = inCapitals(types.RecorderStatusFailure), aws.String("AccessDenied"), aws.String(err.Error())
		}
	}
	return &config.DescribeConfigurationRecorderStatusOutput{ConfigurationRecordersStatus: append(all, status)}, nil
}

// inCapitals is a status as Config sends it, whatever its model says.
func inCapitals(status types.RecorderStatus) types.RecorderStatus {
	return types.RecorderStatus(strings.ToUpper(string(status)))
}

func listConfigTags(r *Request, in *config.ListTagsForResourceInput) (*config.ListTagsForResourceOutput, error) {
	state := regional[configState](r)
	if state.recorder == nil || *state.recorder.Arn != aws.ToString(in.ResourceArn) {
		return nil, &types.ResourceNotFoundException{Message: aws.String("The resource does not exist.")}
	}
	tags := []types.Tag{}
	for _, key := range slices.Sorted(maps.Keys(state.tags)) {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(state.tags[key])})
	}
	return &config.ListTagsForResourceOutput{Tags: tags}, nil
}
