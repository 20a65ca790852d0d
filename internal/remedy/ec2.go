package remedy

import (
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

var _ = []remedy{
	by(revokeSecurityGroupRule, authorizeSecurityGroupRule), by(requireIMDSv2, undoIMDSv2),
	by(encryptEBSByDefault, undoEBSEncryption), by(setEBSDefaultKey, undoEBSDefaultKey),
	by(unshareSnapshot, shareSnapshot), by(unshareImage, shareImage), by(logVPCFlows, stopVPCFlows),
}

var (
	revokeIngress  = awsapi.Writes((*ec2.Client).RevokeSecurityGroupIngress)
	revokeEgress   = awsapi.Writes((*ec2.Client).RevokeSecurityGroupEgress)
	modifyMetadata = awsapi.Writes((*ec2.Client).ModifyInstanceMetadataOptions)
)

const noSuchRule = "InvalidSecurityGroupRuleId.NotFound"

// revokeSecurityGroupRule is done where there is no rule of the id any more: ids are never used
// again, not even by a rule that says the same.
func revokeSecurityGroupRule(s *awsapi.Session, a action.RevokeSecurityGroupRule) []Step {
	region, ids := a.Group.Region, []string{a.From.ID}
	call, send := revokeIngress.Name, func(ctx context.Context) error {
		return unless(noSuchRule, sent(revokeIngress.In(ctx, s.In(region), &ec2.RevokeSecurityGroupIngressInput{GroupId: aws.String(a.Group.ID), SecurityGroupRuleIds: ids})))
	}
	if a.From.Egress {
		call, send = revokeEgress.Name, func(ctx context.Context) error {
			return unless(noSuchRule, sent(revokeEgress.In(ctx, s.In(region), &ec2.RevokeSecurityGroupEgressInput{GroupId: aws.String(a.Group.ID), SecurityGroupRuleIds: ids})))
		}
	}
	return []Step{setting(call, read.SecurityGroupRule.Calls,
		func(ctx context.Context) (*inventory.SecurityGroupRule, error) {
			return read.SecurityGroupRule.Of(ctx, s, inventory.Ref{Region: region, ID: a.From.ID})
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
	return []Step{setting(modifyMetadata.Name, read.InstanceTokens.Calls,
		func(ctx context.Context) (string, error) { return read.InstanceTokens.Of(ctx, s, instance.Ref()) },
		from, to,
		func(ctx context.Context) error {
			return sent(modifyMetadata.In(ctx, s.In(instance.Region), &ec2.ModifyInstanceMetadataOptionsInput{
				InstanceId: aws.String(instance.ID), HttpTokens: types.HttpTokensState(to),
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
