package fakeaws

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// rulesPerFamily is EC2's quota of a group's rules in one direction, for IPv4 and for IPv6 each.
const rulesPerFamily = 60

func serveSecurityGroupRules(c *Cloud) {
	onEC2(c, describeSecurityGroupRules)
	onEC2(c, func(r *Request, in *ec2.AuthorizeSecurityGroupIngressInput) (*ec2.AuthorizeSecurityGroupIngressOutput, error) {
		asked := short(in.IpPermissions, in.IpProtocol, in.CidrIp, in.FromPort, in.ToPort)
		rules, err := r.authorize(in.GroupId, in.GroupName, false, asked, in.TagSpecifications)
		return &ec2.AuthorizeSecurityGroupIngressOutput{Return: aws.Bool(true), SecurityGroupRules: rules}, err
	})
	onEC2(c, func(r *Request, in *ec2.AuthorizeSecurityGroupEgressInput) (*ec2.AuthorizeSecurityGroupEgressOutput, error) {
		asked := short(in.IpPermissions, in.IpProtocol, in.CidrIp, in.FromPort, in.ToPort)
		rules, err := r.authorize(in.GroupId, nil, true, asked, in.TagSpecifications)
		return &ec2.AuthorizeSecurityGroupEgressOutput{Return: aws.Bool(true), SecurityGroupRules: rules}, err
	})
	onEC2(c, func(r *Request, in *ec2.RevokeSecurityGroupIngressInput) (*ec2.RevokeSecurityGroupIngressOutput, error) {
		asked := short(in.IpPermissions, in.IpProtocol, in.CidrIp, in.FromPort, in.ToPort)
		revoked, unknown, err := r.revoke(in.GroupId, in.GroupName, false, in.SecurityGroupRuleIds, asked)
		return &ec2.RevokeSecurityGroupIngressOutput{Return: aws.Bool(true), RevokedSecurityGroupRules: revoked, UnknownIpPermissions: unknown}, err
	})
	onEC2(c, func(r *Request, in *ec2.RevokeSecurityGroupEgressInput) (*ec2.RevokeSecurityGroupEgressOutput, error) {
		asked := short(in.IpPermissions, in.IpProtocol, in.CidrIp, in.FromPort, in.ToPort)
		revoked, unknown, err := r.revoke(in.GroupId, nil, true, in.SecurityGroupRuleIds, asked)
		return &ec2.RevokeSecurityGroupEgressOutput{Return: aws.Bool(true), RevokedSecurityGroupRules: revoked, UnknownIpPermissions: unknown}, err
	})
}

// short adds the one permission that a call's short parameters spell.
func short(asked []types.IpPermission, proto, cidr *string, from, to *int32) []types.IpPermission {
	if proto == nil {
		return asked
	}
	return append(slices.Clone(asked), types.IpPermission{IpProtocol: proto, FromPort: from, ToPort: to, IpRanges: []types.IpRange{{CidrIp: cidr}}})
}

// addRule gives a group a rule.
func (r *Request) addRule(group string, egress bool, p peer) types.SecurityGroupRule {
	rule := p.rule()
	id := r.id("sgr")
	rule.SecurityGroupRuleId, rule.SecurityGroupRuleArn = aws.String(id), aws.String(r.ARN("ec2", r.Region, "security-group-rule/"+id))
	rule.GroupId, rule.GroupOwnerId, rule.IsEgress = aws.String(group), aws.String(r.Account), aws.Bool(egress)
	ec2In(r).rules[id] = rule
	return rule
}

// authorize adds all of the rules or none.
func (r *Request) authorize(id, name *string, egress bool, asked []types.IpPermission, specifications []types.TagSpecification) ([]types.SecurityGroupRule, error) {
	state := ec2In(r)
	group, err := r.group(id, name)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor(specifications, types.ResourceTypeSecurityGroupRule)
	if err != nil {
		return nil, err
	}
	peers, err := r.peers(asked)
	if err != nil {
		return nil, err
	}
	have := state.rulesOf(*group.GroupId, egress)
	for i, p := range peers {
		if slices.ContainsFunc(have, p.is) || slices.ContainsFunc(peers[:i], p.same) {
			return nil, failure("InvalidPermission.Duplicate", "the specified rule \"%s, ALLOW\" already exists", p)
		}
	}
	if tooMany(have, peers) {
		return nil, failure("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
	}
	added := make([]types.SecurityGroupRule, len(peers))
	for i, p := range peers {
		added[i] = r.addRule(*group.GroupId, egress, p)
		state.tag(*added[i].SecurityGroupRuleId, tags[types.ResourceTypeSecurityGroupRule])
		added[i].Tags = state.tagsOf(*added[i].SecurityGroupRuleId)
	}
	return added, nil
}

// tooMany says whether the rules of either address family exceed the quota; a rule that is not
// about addresses counts for both.
func tooMany(have []types.SecurityGroupRule, more []peer) bool {
	v4, v6 := 0, 0
	count := func(only4, only6 bool) {
		if !only6 {
			v4++
		}
		if !only4 {
			v6++
		}
	}
	for _, rule := range have {
		count(rule.CidrIpv4 != nil, rule.CidrIpv6 != nil)
	}
	for _, p := range more {
		count(p.v4 != "", p.v6 != "")
	}
	return max(v4, v6) > rulesPerFamily
}

// revoke takes rules away by id or by what they are. In a default VPC what does not match is
// no error.
func (r *Request) revoke(id, name *string, egress bool, ids []string, asked []types.IpPermission) (revoked []types.RevokedSecurityGroupRule, unknown []types.IpPermission, err error) {
	state := ec2In(r)
	group, err := r.group(id, name)
	if err != nil {
		return nil, nil, err
	}
	have := state.rulesOf(*group.GroupId, egress)
	var doomed []types.SecurityGroupRule
	for _, id := range ids {
		if err := ruleID.of(id); err != nil {
			return nil, nil, err
		}
		at := slices.IndexFunc(have, func(rule types.SecurityGroupRule) bool { return *rule.SecurityGroupRuleId == id })
		if at < 0 {
			return nil, nil, failure("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id)
		}
		doomed = append(doomed, have[at])
	}
	for _, permission := range asked {
		peers, err := r.peers([]types.IpPermission{permission})
		if err != nil {
			return nil, nil, err
		}
		for _, p := range peers {
			at := slices.IndexFunc(have, p.is)
			switch {
			case at >= 0:
				doomed = append(doomed, have[at])
			case *state.vpcs[*group.VpcId].IsDefault:
				unknown = append(unknown, permission)
			default:
				return nil, nil, failure("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
			}
		}
	}
	for _, rule := range doomed {
		delete(state.rules, *rule.SecurityGroupRuleId)
		delete(state.tags, *rule.SecurityGroupRuleId)
		revoked = append(revoked, asRevoked(rule))
	}
	return revoked, unknown, nil
}

func asRevoked(rule types.SecurityGroupRule) types.RevokedSecurityGroupRule {
	revoked := types.RevokedSecurityGroupRule{
		SecurityGroupRuleId: rule.SecurityGroupRuleId, GroupId: rule.GroupId, IsEgress: rule.IsEgress, IpProtocol: rule.IpProtocol, FromPort: rule.FromPort, ToPort: rule.ToPort,
		CidrIpv4: rule.CidrIpv4, CidrIpv6: rule.CidrIpv6, PrefixListId: rule.PrefixListId, Description: rule.Description,
	}
	if rule.ReferencedGroupInfo != nil {
		revoked.ReferencedGroupId = rule.ReferencedGroupInfo.GroupId
	}
	return revoked
}

func describeSecurityGroupRules(r *Request, in *ec2.DescribeSecurityGroupRulesInput) (*ec2.DescribeSecurityGroupRulesOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.SecurityGroupRule]{
		ids: in.SecurityGroupRuleIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 1000,
		missing: "InvalidSecurityGroupRuleId.NotFound", shape: ruleID, id: func(rule types.SecurityGroupRule) *string { return rule.SecurityGroupRuleId }, tags: state.tagsOf,
		values: func(rule types.SecurityGroupRule, filter string) ([]string, bool) {
			switch filter {
			case "group-id":
				return []string{*rule.GroupId}, true
			case "security-group-rule-id":
				return []string{*rule.SecurityGroupRuleId}, true
			}
			return nil, false
		},
	}.from(inOrder(state.rules))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Tags = state.tagsOf(*found[i].SecurityGroupRuleId)
	}
	return &ec2.DescribeSecurityGroupRulesOutput{SecurityGroupRules: found, NextToken: next}, nil
}
