package remedy

import (
	"cmp"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var _ = []remedy{
	set(action.SnapshotSharing,
		sends(awsapi.Writes((*ec2.Client).EnableSnapshotBlockPublicAccess), func(_ inventory.Ref, to inventory.SharingBlock) *ec2.EnableSnapshotBlockPublicAccessInput {
			return &ec2.EnableSnapshotBlockPublicAccessInput{State: types.SnapshotBlockPublicAccessState(to.State)}
		}),
		sends[inventory.SharingBlock](awsapi.Writes((*ec2.Client).DisableSnapshotBlockPublicAccess), bare),
	),
	set(action.ImageSharing,
		sends(awsapi.Writes((*ec2.Client).EnableImageBlockPublicAccess), func(_ inventory.Ref, to inventory.SharingBlock) *ec2.EnableImageBlockPublicAccessInput {
			return &ec2.EnableImageBlockPublicAccessInput{ImageBlockPublicAccessState: types.ImageBlockPublicAccessEnabledState(to.State)}
		}),
		sends[inventory.SharingBlock](awsapi.Writes((*ec2.Client).DisableImageBlockPublicAccess), bare),
	),
	// No preference is sent by a word of its own.
	set(action.DefaultTokens, sends(awsapi.Writes((*ec2.Client).ModifyInstanceMetadataDefaults), func(_ inventory.Ref, to inventory.TokenRule) *ec2.ModifyInstanceMetadataDefaultsInput {
		return &ec2.ModifyInstanceMetadataDefaultsInput{
			HttpTokens: cmp.Or(types.MetadataDefaultHttpTokensState(to.Tokens), types.MetadataDefaultHttpTokensStateNoPreference),
		}
	})),
	set(action.SubnetAutoPublic, sends(awsapi.Writes((*ec2.Client).ModifySubnetAttribute), func(subnet inventory.Ref, on bool) *ec2.ModifySubnetAttributeInput {
		return &ec2.ModifySubnetAttributeInput{SubnetId: &subnet.ID, MapPublicIpOnLaunch: &types.AttributeBooleanValue{Value: &on}}
	})),
}
