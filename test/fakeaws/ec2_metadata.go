package fakeaws

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// metadataDefaults are a region's defaults for the metadata service of new instances.
type metadataDefaults struct {
	types.InstanceMetadataDefaultsResponse
	// pendingFor is how long a change to an instance takes to apply.
	pendingFor time.Duration
}

func serveInstanceMetadata(c *Cloud) {
	onEC2(c, modifyInstanceMetadataOptions)
	onEC2(c, func(r *Request, _ *ec2.GetInstanceMetadataDefaultsInput) (*ec2.GetInstanceMetadataDefaultsOutput, error) {
		defaults := ec2In(r).metadata.InstanceMetadataDefaultsResponse
		if defaults.ManagedBy == "" {
			defaults.ManagedBy = types.ManagedByAccount
		}
		return &ec2.GetInstanceMetadataDefaultsOutput{AccountLevel: &defaults}, nil
	})
	onEC2(c, modifyInstanceMetadataDefaults)
}

// launchOptions are the metadata options of a new instance: what the launch says, else what
// the account says, else what EC2 gives.
func (s *ec2State) launchOptions(in *ec2.RunInstancesInput) (*types.InstanceMetadataOptionsResponse, error) {
	options := &types.InstanceMetadataOptionsResponse{
		State: types.InstanceMetadataOptionsStateApplied, HttpEndpoint: types.InstanceMetadataEndpointStateEnabled, HttpTokens: types.HttpTokensStateOptional,
		HttpPutResponseHopLimit: aws.Int32(1), HttpProtocolIpv6: types.InstanceMetadataProtocolStateDisabled, InstanceMetadataTags: types.InstanceMetadataTagsStateDisabled,
	}
	if image, own := s.images[*in.ImageId]; own && image.ImdsSupport == types.ImdsSupportValuesV20 {
		options.HttpTokens, options.HttpPutResponseHopLimit = types.HttpTokensStateRequired, aws.Int32(2)
	}
	defaults := s.metadata
	if defaults.HttpTokens != "" {
		options.HttpTokens = defaults.HttpTokens
	}
	if defaults.HttpEndpoint != "" {
		options.HttpEndpoint = defaults.HttpEndpoint
	}
	if defaults.HttpPutResponseHopLimit != nil {
		options.HttpPutResponseHopLimit = defaults.HttpPutResponseHopLimit
	}
	if asked := in.MetadataOptions; asked != nil {
		options = changedOptions(*options, asked.HttpTokens, asked.HttpEndpoint, asked.HttpPutResponseHopLimit)
	}
	if defaults.HttpTokensEnforced == types.HttpTokensEnforcedStateEnabled && options.HttpTokens != types.HttpTokensStateRequired {
		return nil, failure("UnsupportedOperation", "You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account.")
	}
	return options, nil
}

func changedOptions(options types.InstanceMetadataOptionsResponse, tokens types.HttpTokensState, endpoint types.InstanceMetadataEndpointState, hops *int32) *types.InstanceMetadataOptionsResponse {
	if tokens != "" {
		options.HttpTokens = tokens
	}
	if endpoint != "" {
		options.HttpEndpoint = endpoint
	}
	if hops != nil {
		options.HttpPutResponseHopLimit = hops
	}
	return &options
}

// shown are an instance's options as they are seen now: pending until they apply.
func (s *ec2State) shown(i instance, now time.Time) *types.InstanceMetadataOptionsResponse {
	options := *i.MetadataOptions
	if now.Before(i.optionsSet.Add(s.metadata.pendingFor)) {
		options.State = types.InstanceMetadataOptionsStatePending
	}
	return &options
}

func modifyInstanceMetadataOptions(r *Request, in *ec2.ModifyInstanceMetadataOptionsInput) (*ec2.ModifyInstanceMetadataOptionsOutput, error) {
	state, id := ec2In(r), aws.ToString(in.InstanceId)
	if err := instanceID.of(id); err != nil {
		return nil, err
	}
	have, ok := state.instances[id]
	switch {
	case !ok:
		return nil, failure("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
	case have.State.Name == types.InstanceStateNameTerminated:
		return nil, failure("IncorrectInstanceState", "The instance '%s' is not in a state from which its metadata options can be modified.", id)
	case in.HttpEndpoint == "" && in.HttpTokens == "" && in.HttpPutResponseHopLimit == nil && in.HttpProtocolIpv6 == "" && in.InstanceMetadataTags == "":
		return nil, failure("InvalidParameterCombination", "The request must contain at least one metadata option")
	}
	have.MetadataOptions = changedOptions(*have.MetadataOptions, in.HttpTokens, in.HttpEndpoint, in.HttpPutResponseHopLimit)
	have.optionsSet = r.Now
	state.instances[id] = have
	answer := *have.MetadataOptions
	answer.State = types.InstanceMetadataOptionsStatePending
	return &ec2.ModifyInstanceMetadataOptionsOutput{InstanceId: in.InstanceId, InstanceMetadataOptions: &answer}, nil
}

func modifyInstanceMetadataDefaults(r *Request, in *ec2.ModifyInstanceMetadataDefaultsInput) (*ec2.ModifyInstanceMetadataDefaultsOutput, error) {
	defaults := &ec2In(r).metadata
	if defaults.ManagedBy == types.ManagedByDeclarativePolicy {
		return nil, failure("OperationNotPermitted", "The instance metadata defaults are managed by a declarative policy.")
	}
	defaults.HttpTokens = preferred(defaults.HttpTokens, string(in.HttpTokens))
	defaults.HttpEndpoint = preferred(defaults.HttpEndpoint, string(in.HttpEndpoint))
	defaults.HttpTokensEnforced = preferred(defaults.HttpTokensEnforced, string(in.HttpTokensEnforced))
	defaults.InstanceMetadataTags = preferred(defaults.InstanceMetadataTags, string(in.InstanceMetadataTags))
	switch hops := in.HttpPutResponseHopLimit; {
	case hops == nil:
	case *hops == -1:
		defaults.HttpPutResponseHopLimit = nil
	default:
		defaults.HttpPutResponseHopLimit = hops
	}
	return &ec2.ModifyInstanceMetadataDefaultsOutput{Return: aws.Bool(true)}, nil
}

// preferred is a default after a change: no preference is shown as nothing.
func preferred[S ~string](have S, asked string) S {
	switch asked {
	case "":
		return have
	case "no-preference":
		return ""
	}
	return S(asked)
}

// SetMetadataPolicy makes the organization's declarative policy set the region's default for
// HttpTokens.
func (c *Cloud) SetMetadataPolicy(account, region string, tokens types.HttpTokensState) {
	c.edit(account, region, func(r *Request) {
		defaults := &ec2In(r).metadata
		defaults.HttpTokens, defaults.ManagedBy = tokens, types.ManagedByDeclarativePolicy
	})
}

// DelayMetadataOptions makes changed metadata options of instances stay pending for a while.
func (c *Cloud) DelayMetadataOptions(account, region string, d time.Duration) {
	c.edit(account, region, func(r *Request) { ec2In(r).metadata.pendingFor = d })
}
