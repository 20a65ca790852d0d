package read

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var (
	describeRecorders      = awsapi.Reads((*config.Client).DescribeConfigurationRecorders)
	describeRecorderStatus = awsapi.Reads((*config.Client).DescribeConfigurationRecorderStatus)
	describeChannels       = awsapi.Reads((*config.Client).DescribeDeliveryChannels)
	listRecorderTags       = awsapi.Reads((*config.Client).ListTagsForResource)
)

func recorders(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Recording, error) {
	found := inventory.Recording{
		Ref:  s.ref("AWS::Config::ConfigurationRecorder", s.Region, s.Account, ""),
		Home: s.Region == s.Home, HomeRegion: s.Home,
	}
	recorder, err := FindRecorder.Of(ctx, s.Session, s.Region)
	if err != nil {
		return nil, err
	}
	if recorder != nil {
		found.Recorder = &inventory.Recorder{Name: aws.ToString(recorder.Name), ARN: aws.ToString(recorder.Arn), Group: RecordingGroup(recorder)}
		found.Status = observeCall(s, func() (inventory.RecorderStatus, error) { return RecorderStatus.Of(ctx, s.Session, s.Region) })
	}
	found.Channel = observeCall(s, func() (inventory.DeliveryChannel, error) { return DeliveryChannel.Of(ctx, s.Session, s.Region) })
	return []inventory.Recording{found}, nil
}

// FindRecorder reads the region's own recorder, nil where it has none. Those that AWS services
// keep for themselves are not shown to who names none.
var FindRecorder = look(func(ctx context.Context, s *awsapi.Session, region string) (*types.ConfigurationRecorder, error) {
	out, err := describeRecorders.In(ctx, s.In(region), &config.DescribeConfigurationRecordersInput{})
	if err != nil {
		return nil, fmt.Errorf("describing configuration recorders: %w", err)
	}
	for _, recorder := range out.ConfigurationRecorders {
		if aws.ToString(recorder.ServicePrincipal) == "" {
			return &recorder, nil
		}
	}
	return nil, nil
}, describeRecorders)

// RecordingGroup says which types a recorder records. A recorder without a group records all.
func RecordingGroup(recorder *types.ConfigurationRecorder) inventory.RecordingGroup {
	in := recorder.RecordingGroup
	if in == nil {
		return inventory.RecordingGroup{AllSupported: true}
	}
	group := inventory.RecordingGroup{AllSupported: in.AllSupported, GlobalTypes: in.IncludeGlobalResourceTypes, Types: resourceTypes(in.ResourceTypes)}
	if in.RecordingStrategy != nil {
		group.Strategy = string(in.RecordingStrategy.UseOnly)
	}
	if in.ExclusionByResourceTypes != nil {
		group.Excluded = resourceTypes(in.ExclusionByResourceTypes.ResourceTypes)
	}
	return group
}

func resourceTypes(in []types.ResourceType) []string {
	var out []string
	for _, t := range in {
		out = append(out, string(t))
	}
	return out
}

// RecorderStatus is what the region's own recorder is doing; one that is not there does nothing.
var RecorderStatus = look(func(ctx context.Context, s *awsapi.Session, region string) (inventory.RecorderStatus, error) {
	out, err := describeRecorderStatus.In(ctx, s.In(region), &config.DescribeConfigurationRecorderStatusInput{})
	if err != nil {
		return inventory.RecorderStatus{}, fmt.Errorf("reading recorder status: %w", err)
	}
	for _, status := range out.ConfigurationRecordersStatus {
		if aws.ToString(status.ServicePrincipal) != "" {
			continue
		}
		found := inventory.RecorderStatus{Recording: status.Recording}
		// Config sends its statuses in capitals, other than its model says.
		if strings.EqualFold(string(status.LastStatus), string(types.RecorderStatusFailure)) {
			found.Failure = strings.TrimSpace(aws.ToString(status.LastErrorCode) + " " + aws.ToString(status.LastErrorMessage))
			if found.Failure == "" {
				found.Failure = string(status.LastStatus)
			}
		}
		return found, nil
	}
	return inventory.RecorderStatus{}, nil
}, describeRecorderStatus)

// DeliveryChannel is where the region's records go; the zero channel is none.
var DeliveryChannel = look(func(ctx context.Context, s *awsapi.Session, region string) (inventory.DeliveryChannel, error) {
	out, err := describeChannels.In(ctx, s.In(region), &config.DescribeDeliveryChannelsInput{})
	if err != nil {
		return inventory.DeliveryChannel{}, fmt.Errorf("describing delivery channels: %w", err)
	}
	for _, channel := range out.DeliveryChannels {
		return inventory.DeliveryChannel{Name: aws.ToString(channel.Name), Bucket: aws.ToString(channel.S3BucketName)}, nil
	}
	return inventory.DeliveryChannel{}, nil
}, describeChannels)

// recorderTags reads who owns a recorder with which something is wrong.
func recorderTags(ctx context.Context, s *Scope, r inventory.Recording) inventory.Recording {
	if r.Recorder == nil || r.Recorder.ARN == "" {
		return r
	}
	r.Tags = observeCall(s, func() (map[string]string, error) {
		out, err := listRecorderTags.In(ctx, s.AWS, &config.ListTagsForResourceInput{ResourceArn: aws.String(r.Recorder.ARN)})
		if err != nil {
			return nil, fmt.Errorf("reading recorder tags: %w", err)
		}
		return byKey(out.Tags, func(t types.Tag) (*string, *string) { return t.Key, t.Value }), nil
	})
	return r
}
