package fakeaws

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func serveSecurityGroups(c *Cloud) {
	onEC2(c, createSecurityGroup)
	onEC2(c, describeSecurityGroups)
	onEC2(c, deleteSecurityGroup)
}

func createSecurityGroup(r *Request, in *ec2.CreateSecurityGroupInput) (*ec2.CreateSecurityGroupOutput, error) {
	state, name := ec2In(r), aws.ToString(in.GroupName)
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeSecurityGroup)
	if err != nil {
		return nil, err
	}
	vpc := aws.ToString(in.VpcId)
	if in.VpcId == nil {
		own, ok := state.defaultVPC()
		if !ok {
			return nil, failure("VPCIdNotSpecified", "No default VPC for this user")
		}
		vpc = *own.VpcId
	}
	if _, ok := state.vpcs[vpc]; !ok {
		return nil, failure("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", vpc)
	}
	switch {
	case name == "default":
		return nil, failure("InvalidParameterValue", "Cannot use reserved security group name: default")
	case strings.HasPrefix(name, "sg-"):
		return nil, failure("InvalidParameterValue", "Invalid group name '%s'; a name may not begin with 'sg-'", name)
	}
	for _, group := range state.groups {
		if *group.VpcId == vpc && *group.GroupName == name && *group.OwnerId == r.Account {
			return nil, failure("InvalidGroup.Duplicate", "The security group '%s' already exists for VPC '%s'", name, vpc)
		}
	}
	id := r.createGroup(vpc, name, aws.ToString(in.Description))
	state.tag(id, tags[types.ResourceTypeSecurityGroup])
	return &ec2.CreateSecurityGroupOutput{GroupId: aws.String(id), SecurityGroupArn: state.groups[id].SecurityGroupArn, Tags: state.tagsOf(id)}, nil
}

// createGroup makes a group that lets everything out, as EC2 does.
func (r *Request) createGroup(vpc, name, description string) string {
	id := r.id("sg")
	ec2In(r).groups[id] = types.SecurityGroup{
		GroupId: aws.String(id), GroupName: aws.String(name), Description: aws.String(description), VpcId: aws.String(vpc), OwnerId: aws.String(r.Account),
		SecurityGroupArn: aws.String(r.ARN("ec2", r.Region, "security-group/"+id)),
	}
	r.addRule(id, true, peer{proto: "-1", from: -1, to: -1, v4: "0.0.0.0/0"})
	return id
}

// group finds the group that a call names, by id or, in the default VPC, by name.
func (r *Request) group(id, name *string) (types.SecurityGroup, error) {
	state := ec2In(r)
	if id == nil && name == nil {
		return types.SecurityGroup{}, failure("MissingParameter", "The request must contain the parameter groupName or groupId")
	}
	for _, group := range inOrder(state.groups) {
		byName := id == nil && *group.GroupName == *name && *state.vpcs[*group.VpcId].IsDefault
		if id != nil && *group.GroupId == *id || byName {
			return group, nil
		}
	}
	return types.SecurityGroup{}, failure("InvalidGroup.NotFound", "The security group '%s' does not exist", aws.ToString(id)+aws.ToString(name))
}

func describeSecurityGroups(r *Request, in *ec2.DescribeSecurityGroupsInput) (*ec2.DescribeSecurityGroupsOutput, error) {
	state := ec2In(r)
	all := inOrder(state.groups)
	if len(in.GroupNames) > 0 {
		all = slices.DeleteFunc(all, func(g types.SecurityGroup) bool { return !slices.Contains(in.GroupNames, *g.GroupName) })
	}
	found, next, err := listing[types.SecurityGroup]{
		ids: in.GroupIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 1000,
		missing: "InvalidGroup.NotFound", shape: groupID, id: func(g types.SecurityGroup) *string { return g.GroupId }, tags: state.tagsOf, values: valuesOfGroup,
	}.from(all)
	if err != nil {
		return nil, err
	}
	for i := range found {
		id := *found[i].GroupId
		found[i].Tags = state.tagsOf(id)
		found[i].IpPermissions = permissions(state.rulesOf(id, false))
		found[i].IpPermissionsEgress = permissions(state.rulesOf(id, true))
	}
	return &ec2.DescribeSecurityGroupsOutput{SecurityGroups: found, NextToken: next}, nil
}

func valuesOfGroup(g types.SecurityGroup, filter string) ([]string, bool) {
	switch filter {
	case "group-id":
		return []string{*g.GroupId}, true
	case "group-name":
		return []string{*g.GroupName}, true
	case "vpc-id":
		return []string{*g.VpcId}, true
	case "owner-id":
		return []string{*g.OwnerId}, true
	case "description":
		return []string{*g.Description}, true
	}
	return nil, false
}

func deleteSecurityGroup(r *Request, in *ec2.DeleteSecurityGroupInput) (*ec2.DeleteSecurityGroupOutput, error) {
	state := ec2In(r)
	group, err := r.group(in.GroupId, in.GroupName)
	if err != nil {
		return nil, err
	}
	id := *group.GroupId
	if *group.GroupName == "default" {
		return nil, failure("CannotDelete", "the specified group: \"%s\" name: \"default\" cannot be deleted by a user", id)
	}
	for _, rule := range state.rules {
		if rule.ReferencedGroupInfo != nil && *rule.ReferencedGroupInfo.GroupId == id && *rule.GroupId != id {
			return nil, failure("DependencyViolation", "resource %s has a dependent object", id)
		}
	}
	for _, i := range state.interfaces {
		if slices.ContainsFunc(i.Groups, func(g types.GroupIdentifier) bool { return *g.GroupId == id }) {
			return nil, failure("DependencyViolation", "resource %s has a dependent object", id)
		}
	}
	state.dropGroup(id)
	return &ec2.DeleteSecurityGroupOutput{Return: aws.Bool(true), GroupId: aws.String(id)}, nil
}

func (s *ec2State) dropGroup(id string) {
	for ruleID, rule := range s.rules {
		if *rule.GroupId == id {
			delete(s.rules, ruleID)
			delete(s.tags, ruleID)
		}
	}
	delete(s.groups, id)
	delete(s.tags, id)
}

// rulesOf returns a group's rules of one direction, in order of id.
func (s *ec2State) rulesOf(group string, egress bool) []types.SecurityGroupRule {
	return slices.DeleteFunc(inOrder(s.rules), func(rule types.SecurityGroupRule) bool { return *rule.GroupId != group || *rule.IsEgress != egress })
}

// permissions groups rules by protocol and ports, as DescribeSecurityGroups shows them.
func permissions(rules []types.SecurityGroupRule) []types.IpPermission {
	all := []types.IpPermission{}
	for _, rule := range rules {
		from, to := rule.FromPort, rule.ToPort
		if *rule.IpProtocol == "-1" {
			from, to = nil, nil
		}
		at := slices.IndexFunc(all, func(p types.IpPermission) bool {
			return *p.IpProtocol == *rule.IpProtocol && aws.ToInt32(p.FromPort) == aws.ToInt32(from) && aws.ToInt32(p.ToPort) == aws.ToInt32(to)
		})
		if at < 0 {
			at = len(all)
			all = append(all, types.IpPermission{
				IpProtocol: rule.IpProtocol, FromPort: from, ToPort: to,
				IpRanges: []types.IpRange{}, Ipv6Ranges: []types.Ipv6Range{}, PrefixListIds: []types.PrefixListId{}, UserIdGroupPairs: []types.UserIdGroupPair{},
			})
		}
		p := &all[at]
		switch {
		case rule.CidrIpv4 != nil:
			p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: rule.CidrIpv4, Description: rule.Description})
		case rule.CidrIpv6 != nil:
			p.Ipv6Ranges = append(p.Ipv6Ranges, types.Ipv6Range{CidrIpv6: rule.CidrIpv6, Description: rule.Description})
		case rule.PrefixListId != nil:
			p.PrefixListIds = append(p.PrefixListIds, types.PrefixListId{PrefixListId: rule.PrefixListId, Description: rule.Description})
		case rule.ReferencedGroupInfo != nil:
			p.UserIdGroupPairs = append(p.UserIdGroupPairs, types.UserIdGroupPair{GroupId: rule.ReferencedGroupInfo.GroupId, UserId: rule.ReferencedGroupInfo.UserId, Description: rule.Description})
		}
	}
	return all
}
