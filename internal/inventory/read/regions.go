package read

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = made(inventory.Regions,
	single[inventory.Region](),
	asked(inventory.SnapshotSharing, awsapi.Reads((*ec2.Client).GetSnapshotBlockPublicAccessState), empty,
		func(out *ec2.GetSnapshotBlockPublicAccessStateOutput) (inventory.SharingBlock, error) {
			return sharingBlock(string(out.State), out.ManagedBy)
		},
	),
	asked(inventory.ImageSharing, awsapi.Reads((*ec2.Client).GetImageBlockPublicAccessState), empty,
		func(out *ec2.GetImageBlockPublicAccessStateOutput) (inventory.SharingBlock, error) {
			return sharingBlock(aws.ToString(out.ImageBlockPublicAccessState), out.ManagedBy)
		},
	),
	asked(inventory.DefaultTokens, awsapi.Reads((*ec2.Client).GetInstanceMetadataDefaults), empty,
		func(out *ec2.GetInstanceMetadataDefaultsOutput) (rule inventory.TokenRule, err error) {
			if level := out.AccountLevel; level != nil {
				rule = inventory.TokenRule{Tokens: string(level.HttpTokens), ByPolicy: level.ManagedBy == types.ManagedByDeclarativePolicy}
			}
			return rule, nil
		},
	),
)

func sharingBlock(state string, by types.ManagedBy) (inventory.SharingBlock, error) {
	if state == "" {
		return inventory.SharingBlock{}, errNoContent
	}
	return inventory.SharingBlock{State: state, ByPolicy: by == types.ManagedByDeclarativePolicy}, nil
}
