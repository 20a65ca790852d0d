package remedy

import (
	"cmp"
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var ec2Remedies = []remedy{
	by(revokeSecurityGroupRule, authorizeSecurityGroupRule), by(requireIMDSv2, undoIMDSv2), by(requireIMDSv2ByDefault, undoIMDSv2ByDefault),
	by(encryptEBSByDefault, undoEBSEncryption), by(setEBSDefaultKey, undoEBSDefaultKey),
	by(unshareSnapshot, shareSnapshot), by(unshareImage, shareImage), by(logVPCFlows, stopVPCFlows),
}

const noSuchRule = "InvalidSecurityGroupRuleId.NotFound"

// revokeSecurityGroupRule is done where there is no rule of the id any more: ids are never used
// again, not even by a rule that says the same.
func revokeSecurityGroupRule(s *awsapi.Session, a action.RevokeSecurityGroupRule) []Step {
	region, ids := a.Group.Region, []string{a.From.ID}
	call, send := "ec2:RevokeSecurityGroupIngress", func(ctx context.Context) error {
		return unless(noSuchRule, sent(s.In(region).EC2().RevokeSecurityGroupIngress(ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: aws.String(a.Group.ID), SecurityGroupRuleIds: ids})))
	}
	if a.From.Egress {
		call, send = "ec2:RevokeSecurityGroupEgress", func(ctx context.Context) error {
			return unless(noSuchRule, sent(s.In(region).EC2().RevokeSecurityGroupEgress(ctx, &ec2.RevokeSecurityGroupEgressInput{GroupId: aws.String(a.Group.ID), SecurityGroupRuleIds: ids})))
		}
	}
	return []Step{setting(call,
		func(ctx context.Context) (*inventory.SecurityGroupRule, error) {
			return read.SecurityGroupRule(ctx, s, region, a.From.ID)
		},
		&a.From, nil, send,
	)}
}

func requireIMDSv2(s *awsapi.Session, a action.RequireIMDSv2) []Step {
	return instanceTokens(s, a.Instance, a.From, string(types.HttpTokensStateRequired))
}

func undoIMDSv2(s *awsapi.Session, a action.RequireIMDSv2) backward {
	return one(instanceTokens(s, a.Instance, string(types.HttpTokensStateRequired), a.From))
}

// instanceTokens sends the one option: those left out stay as they are.
func instanceTokens(s *awsapi.Session, instance action.Target, from, to string) []Step {
	region, id := instance.Region, instance.ID
	return []Step{setting("ec2:ModifyInstanceMetadataOptions",
		func(ctx context.Context) (string, error) { return read.InstanceTokens(ctx, s, region, id) },
		from, to,
		func(ctx context.Context) error {
			return sent(s.In(region).EC2().ModifyInstanceMetadataOptions(ctx, &ec2.ModifyInstanceMetadataOptionsInput{
				InstanceId: aws.String(id), HttpTokens: types.HttpTokensState(to),
			}))
		},
	)}
}

func requireIMDSv2ByDefault(s *awsapi.Session, a action.RequireIMDSv2ByDefault) []Step {
	return defaultTokens(s, a.Region.Region, a.From, string(types.MetadataDefaultHttpTokensStateRequired))
}

func undoIMDSv2ByDefault(s *awsapi.Session, a action.RequireIMDSv2ByDefault) backward {
	return one(defaultTokens(s, a.Region.Region, string(types.MetadataDefaultHttpTokensStateRequired), a.From))
}

// defaultTokens sets the region's preference; none is sent by a word of its own.
func defaultTokens(s *awsapi.Session, region, from, to string) []Step {
	return []Step{setting("ec2:ModifyInstanceMetadataDefaults",
		func(ctx context.Context) (string, error) {
			tokens, _, err := read.MetadataDefault(ctx, s, region)
			return tokens, err
		},
		from, to,
		func(ctx context.Context) error {
			return sent(s.In(region).EC2().ModifyInstanceMetadataDefaults(ctx, &ec2.ModifyInstanceMetadataDefaultsInput{
				HttpTokens: cmp.Or(types.MetadataDefaultHttpTokensState(to), types.MetadataDefaultHttpTokensStateNoPreference),
			}))
		},
	)}
}

// unless forgives an error by whose code what was sent is so already, as when a first answer
// was lost.
func unless(code string, err error) error {
	if fault.Code(err) == code {
		return nil
	}
	return err
}
