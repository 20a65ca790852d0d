package fakeaws

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
)

func serveDeliveryChannels(c *Cloud) {
	on(c, func(r *Request, in *config.DescribeDeliveryChannelsInput) (*config.DescribeDeliveryChannelsOutput, error) {
		state, all := regional[configState](r), []types.DeliveryChannel{}
		for _, name := range in.DeliveryChannelNames {
			if state.channel == nil || *state.channel.Name != name {
				return nil, noSuchChannel(name)
			}
		}
		if state.channel != nil {
			all = append(all, *state.channel)
		}
		return &config.DescribeDeliveryChannelsOutput{DeliveryChannels: all}, nil
	})
	on(c, func(r *Request, in *config.DeleteDeliveryChannelInput) (*config.DeleteDeliveryChannelOutput, error) {
		state := regional[configState](r)
		switch {
		case state.channel == nil || *state.channel.Name != aws.ToString(in.DeliveryChannelName):
			return nil, noSuchChannel(aws.ToString(in.DeliveryChannelName))
		case state.recording:
			return nil, &types.LastDeliveryChannelDeleteFailedException{Message: aws.String("Failed to delete last specified delivery channel because there is a running configuration recorder.")}
		}
		state.channel = nil
		return &config.DeleteDeliveryChannelOutput{}, nil
	})
}

func noSuchChannel(name string) error {
	return &types.NoSuchDeliveryChannelException{Message: aws.String(fmt.Sprintf("Cannot find delivery channel with specified name '%s'.", name))}
}

func putDeliveryChannel(r *Request, in *config.PutDeliveryChannelInput) (*config.PutDeliveryChannelOutput, error) {
	state, asked := regional[configState](r), *in.DeliveryChannel
	asked.Name = aws.String(cmp.Or(aws.ToString(asked.Name), "default"))
	switch {
	case state.recorder == nil:
		return nil, &types.NoAvailableConfigurationRecorderException{Message: aws.String("Configuration recorder is not available to put delivery channel.")}
	case state.channel != nil && *state.channel.Name != *asked.Name:
		return nil, &types.MaxNumberOfDeliveryChannelsExceededException{Message: aws.String("Failed to put delivery channel because the maximum number of delivery channels: 1 is reached.")}
	}
	after := *state
	after.channel = &asked
	if err := r.checkDelivery(&after); err != nil {
		return nil, err
	}
	state.channel = &asked
	return &config.PutDeliveryChannelOutput{}, nil
}

// checkDelivery refuses a bucket that Config could not write to. A role of the account's own is
// taken to have the permission; the service-linked role needs the bucket's.
func (r *Request) checkDelivery(state *configState) error {
	name := aws.ToString(state.channel.S3BucketName)
	bucket := r.Cloud.anyBucket(name)
	if bucket == nil {
		return &types.NoSuchBucketException{Message: aws.String("Cannot find a S3 bucket with an empty bucket name.")}
	}
	d := delivery{service: "config.amazonaws.com", folder: "Config", account: r.Account}
	if strings.Contains(*state.recorder.RoleARN, "/aws-service-role/") && !r.mayDeliver(name, bucket, d, aws.ToString(state.channel.S3KeyPrefix), "s3:GetBucketAcl", "s3:ListBucket", "s3:PutObject") {
		return &types.InsufficientDeliveryPolicyException{Message: aws.String("Insufficient delivery policy to s3 bucket: " + name + ", unable to write to bucket")}
	}
	return nil
}
