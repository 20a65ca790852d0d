package read

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var (
	describeSecurityGroups     = awsapi.Lists(ec2.NewDescribeSecurityGroupsPaginator)
	describeSecurityGroupRules = awsapi.Lists(ec2.NewDescribeSecurityGroupRulesPaginator)
	describeNetworkInterfaces  = awsapi.Lists(ec2.NewDescribeNetworkInterfacesPaginator)
)

func securityGroups(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.SecurityGroup, error) {
	var all []inventory.SecurityGroup
	err := describeSecurityGroups.In(ctx, s.AWS, &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(ec2Page)}, func(page *ec2.DescribeSecurityGroupsOutput) error {
		for _, g := range page.SecurityGroups {
			if aws.ToString(g.OwnerId) != s.Account {
				continue
			}
			id := aws.ToString(g.GroupId)
			all = append(all, inventory.SecurityGroup{
				Ref:   s.tagged("AWS::EC2::SecurityGroup", id, s.ARN("ec2", s.Region, "security-group/"+id), g.Tags),
				Title: aws.ToString(g.GroupName), VPC: aws.ToString(g.VpcId),
			})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing security groups: %w", err)
	}
	if len(all) == 0 {
		return all, nil
	}
	rules, err := rulesByGroup(ctx, s.AWS, nil)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Rules = rules[all[i].ID]
	}
	return all, nil
}

// RulesOf are the rules of one group, which must be there.
var RulesOf = look(func(ctx context.Context, s *awsapi.Session, group inventory.Ref) ([]inventory.SecurityGroupRule, error) {
	in := s.In(group.Region)
	if _, err := gather(ctx, in, describeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{group.ID}},
		func(page *ec2.DescribeSecurityGroupsOutput) []types.SecurityGroup { return page.SecurityGroups }, same); err != nil {
		return nil, fmt.Errorf("reading security group %s: %w", group.ID, err)
	}
	byGroup, err := rulesByGroup(ctx, in, []types.Filter{{Name: aws.String("group-id"), Values: []string{group.ID}}})
	return byGroup[group.ID], err
}, describeSecurityGroups, describeSecurityGroupRules)

// rulesByGroup reads rules apart from the groups, whose own list does not say their ids.
func rulesByGroup(ctx context.Context, in *awsapi.Clients, filters []types.Filter) (map[string][]inventory.SecurityGroupRule, error) {
	byGroup := map[string][]inventory.SecurityGroupRule{}
	err := describeSecurityGroupRules.In(ctx, in, &ec2.DescribeSecurityGroupRulesInput{MaxResults: aws.Int32(ec2Page), Filters: filters}, func(page *ec2.DescribeSecurityGroupRulesOutput) error {
		for _, r := range page.SecurityGroupRules {
			rule, err := ruleOf(r)
			if err != nil {
				return err
			}
			group := aws.ToString(r.GroupId)
			byGroup[group] = append(byGroup[group], rule)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing security group rules: %w", err)
	}
	for _, rules := range byGroup {
		slices.SortFunc(rules, func(a, b inventory.SecurityGroupRule) int { return cmp.Compare(a.ID, b.ID) })
	}
	return byGroup, nil
}

// ruleOf refuses a range it does not understand, so that no control takes it for a narrow one.
func ruleOf(r types.SecurityGroupRule) (inventory.SecurityGroupRule, error) {
	rule := inventory.SecurityGroupRule{
		ID: aws.ToString(r.SecurityGroupRuleId), Egress: aws.ToBool(r.IsEgress), Protocol: aws.ToString(r.IpProtocol), FromPort: -1, ToPort: -1,
		IPv4: aws.ToString(r.CidrIpv4), IPv6: aws.ToString(r.CidrIpv6), PrefixList: aws.ToString(r.PrefixListId), Description: aws.ToString(r.Description),
	}
	for _, block := range []string{rule.IPv4, rule.IPv6} {
		if _, err := netip.ParsePrefix(block); block != "" && err != nil {
			return rule, fmt.Errorf("reading security group rule %s: %w", rule.ID, err)
		}
	}
	if r.FromPort != nil {
		rule.FromPort = *r.FromPort
	}
	if r.ToPort != nil {
		rule.ToPort = *r.ToPort
	}
	if group := r.ReferencedGroupInfo; group != nil {
		rule.Group, rule.GroupAccount = aws.ToString(group.GroupId), aws.ToString(group.UserId)
	}
	if len(r.Tags) > 0 {
		rule.Tags = tagMap(r.Tags)
	}
	return rule, nil
}

// SecurityGroupRule is one rule by its id; nil where there is none.
var SecurityGroupRule = look(func(ctx context.Context, s *awsapi.Session, of inventory.Ref) (*inventory.SecurityGroupRule, error) {
	rules, err := gather(ctx, s.In(of.Region), describeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{of.ID}},
		func(page *ec2.DescribeSecurityGroupRulesOutput) []types.SecurityGroupRule {
			return page.SecurityGroupRules
		}, same)
	if fault.Code(err) == "InvalidSecurityGroupRuleId.NotFound" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading security group rule: %w", err)
	}
	if len(rules) == 0 {
		return nil, nil
	}
	rule, err := ruleOf(rules[0])
	return &rule, err
}, describeSecurityGroupRules)

// securityGroupInterfaces counts the interfaces that use a group with which something is wrong,
// so that a person sees what closing it may cut. One reading serves all groups of the region.
func securityGroupInterfaces(ctx context.Context, s *Scope, g inventory.SecurityGroup) inventory.SecurityGroup {
	counts, err := once(s, "ec2.interfaces/"+s.Region, func() (map[string]int, error) { return interfacesByGroup(ctx, s) })
	g.Interfaces = observed(s, counts[g.ID], err)
	return g
}

func interfacesByGroup(ctx context.Context, s *Scope) (map[string]int, error) {
	counts := map[string]int{}
	err := describeNetworkInterfaces.In(ctx, s.AWS, &ec2.DescribeNetworkInterfacesInput{MaxResults: aws.Int32(ec2Page)}, func(page *ec2.DescribeNetworkInterfacesOutput) error {
		for _, i := range page.NetworkInterfaces {
			for _, group := range i.Groups {
				counts[aws.ToString(group.GroupId)]++
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing network interfaces: %w", err)
	}
	return counts, nil
}
