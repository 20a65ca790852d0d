package remedy

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A rule that is put back gets its tags back.
var (
	authorizeIngress = awsapi.Writes((*ec2.Client).AuthorizeSecurityGroupIngress, "ec2:AuthorizeSecurityGroupIngress", "ec2:CreateTags")
	authorizeEgress  = awsapi.Writes((*ec2.Client).AuthorizeSecurityGroupEgress, "ec2:AuthorizeSecurityGroupEgress", "ec2:CreateTags")
)

// authorizeSecurityGroupRule puts a rule back as it was, under a new id. It is done where any
// rule of the group lets the same through.
func authorizeSecurityGroupRule(s *awsapi.Session, a action.RevokeSecurityGroupRule) backward {
	group := aws.String(a.Group.ID)
	at := func(ctx context.Context) (Standing, error) {
		rules, err := read.RulesOf.Of(ctx, s, a.Group.Ref())
		if err != nil {
			return "", err
		}
		return ours(!slices.ContainsFunc(rules, func(r inventory.SecurityGroupRule) bool { return sameTraffic(r, a.From) }), true), nil
	}
	permissions, tags := []types.IpPermission{permission(a.From)}, ruleTags(a.From)
	return backward{
		authorizeIngress.Name: {Reads: read.RulesOf.Calls, Look: at, Send: func(ctx context.Context) error {
			return unless(ruleExists, sent(authorizeIngress.In(ctx, s.In(a.Group.Region), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group, IpPermissions: permissions, TagSpecifications: tags})))
		}},
		authorizeEgress.Name: {Reads: read.RulesOf.Calls, Look: at, Send: func(ctx context.Context) error {
			return unless(ruleExists, sent(authorizeEgress.In(ctx, s.In(a.Group.Region), &ec2.AuthorizeSecurityGroupEgressInput{GroupId: group, IpPermissions: permissions, TagSpecifications: tags})))
		}},
	}
}

const ruleExists = "InvalidPermission.Duplicate"

// sameTraffic says whether EC2 would take the rules for duplicates: what they are called does
// not count.
func sameTraffic(a, b inventory.SecurityGroupRule) bool {
	bare := func(r inventory.SecurityGroupRule) string {
		return fmt.Sprint(r.Egress, r.Protocol, r.FromPort, r.ToPort, r.Peer(), r.GroupAccount)
	}
	return bare(a) == bare(b)
}

// permission is the rule as EC2 takes it. Ports are said only where the protocol has any.
func permission(rule inventory.SecurityGroupRule) types.IpPermission {
	p := types.IpPermission{IpProtocol: aws.String(rule.Protocol)}
	if rule.FromPort != -1 || rule.ToPort != -1 || strings.HasPrefix(rule.Protocol, "icmp") {
		p.FromPort, p.ToPort = aws.Int32(rule.FromPort), aws.Int32(rule.ToPort)
	}
	described := optional(rule.Description)
	switch {
	case rule.IPv4 != "":
		p.IpRanges = []types.IpRange{{CidrIp: aws.String(rule.IPv4), Description: described}}
	case rule.IPv6 != "":
		p.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: aws.String(rule.IPv6), Description: described}}
	case rule.PrefixList != "":
		p.PrefixListIds = []types.PrefixListId{{PrefixListId: aws.String(rule.PrefixList), Description: described}}
	default:
		p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: aws.String(rule.Group), UserId: optional(rule.GroupAccount), Description: described}}
	}
	return p
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return aws.String(text)
}

// ruleTags are the rule's tags, without those that only AWS gives.
func ruleTags(rule inventory.SecurityGroupRule) []types.TagSpecification {
	var tags []types.Tag
	for key, value := range rule.Tags {
		if !strings.HasPrefix(key, "aws:") {
			tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
		}
	}
	if tags == nil {
		return nil
	}
	slices.SortFunc(tags, func(a, b types.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return []types.TagSpecification{{ResourceType: types.ResourceTypeSecurityGroupRule, Tags: tags}}
}
