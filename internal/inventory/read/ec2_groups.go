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

func securityGroups(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.SecurityGroup, error) {
	var all []inventory.SecurityGroup
	pages := ec2.NewDescribeSecurityGroupsPaginator(s.AWS.EC2(), &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(ec2Page)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing security groups: %w", err)
		}
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
	}
	if len(all) == 0 {
		return all, nil
	}
	rules, err := securityGroupRules(ctx, s)
	if err != nil {
		return nil, err
	}
	for i := range all {
		all[i].Rules = rules[all[i].ID]
	}
	return all, nil
}

// securityGroupRules reads the rules of all groups of the region. They are read apart because
// the groups' own list does not say their ids.
func securityGroupRules(ctx context.Context, s *Scope) (map[string][]inventory.SecurityGroupRule, error) {
	return rulesByGroup(ctx, s.AWS.EC2(), nil)
}

// RulesOf reads the rules of one group, which must be there.
func RulesOf(ctx context.Context, s *awsapi.Session, region, group string) ([]inventory.SecurityGroupRule, error) {
	client := s.In(region).EC2()
	if _, err := client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{group}}); err != nil {
		return nil, fmt.Errorf("reading security group %s: %w", group, err)
	}
	byGroup, err := rulesByGroup(ctx, client, []types.Filter{{Name: aws.String("group-id"), Values: []string{group}}})
	return byGroup[group], err
}

func rulesByGroup(ctx context.Context, client *ec2.Client, filters []types.Filter) (map[string][]inventory.SecurityGroupRule, error) {
	byGroup := map[string][]inventory.SecurityGroupRule{}
	pages := ec2.NewDescribeSecurityGroupRulesPaginator(client, &ec2.DescribeSecurityGroupRulesInput{MaxResults: aws.Int32(ec2Page), Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing security group rules: %w", err)
		}
		for _, r := range page.SecurityGroupRules {
			rule, err := ruleOf(r)
			if err != nil {
				return nil, err
			}
			group := aws.ToString(r.GroupId)
			byGroup[group] = append(byGroup[group], rule)
		}
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

// SecurityGroupRule reads one rule by its id; nil where there is none.
func SecurityGroupRule(ctx context.Context, s *awsapi.Session, region, id string) (*inventory.SecurityGroupRule, error) {
	out, err := s.In(region).EC2().DescribeSecurityGroupRules(ctx, &ec2.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{id}})
	if fault.Code(err) == "InvalidSecurityGroupRuleId.NotFound" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading security group rule: %w", err)
	}
	if len(out.SecurityGroupRules) == 0 {
		return nil, nil
	}
	rule, err := ruleOf(out.SecurityGroupRules[0])
	return &rule, err
}

// securityGroupInterfaces counts the interfaces that use a group with which something is wrong,
// so that a person sees what closing it may cut. One reading serves all groups of the region.
func securityGroupInterfaces(ctx context.Context, s *Scope, g inventory.SecurityGroup) inventory.SecurityGroup {
	counts, err := once(s, "ec2.interfaces/"+s.Region, func() (map[string]int, error) { return interfacesByGroup(ctx, s) })
	g.Interfaces = observed(s, counts[g.ID], err)
	return g
}

func interfacesByGroup(ctx context.Context, s *Scope) (map[string]int, error) {
	counts := map[string]int{}
	pages := ec2.NewDescribeNetworkInterfacesPaginator(s.AWS.EC2(), &ec2.DescribeNetworkInterfacesInput{MaxResults: aws.Int32(ec2Page)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing network interfaces: %w", err)
		}
		for _, i := range page.NetworkInterfaces {
			for _, group := range i.Groups {
				counts[aws.ToString(group.GroupId)]++
			}
		}
	}
	return counts, nil
}
