package fakeaws

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func serveVPCs(c *Cloud) {
	onEC2(c, func(r *Request, in *ec2.CreateVpcInput) (*ec2.CreateVpcOutput, error) {
		tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeVpc)
		if err != nil {
			return nil, err
		}
		block, err := netip.ParsePrefix(aws.ToString(in.CidrBlock))
		if err != nil || !block.Addr().Is4() {
			return nil, failure("InvalidParameterValue", "Value (%s) for parameter cidrBlock is invalid. This is not a valid CIDR block.", aws.ToString(in.CidrBlock))
		}
		if block.Bits() < 16 || block.Bits() > 28 {
			return nil, failure("InvalidVpc.Range", "The CIDR '%s' is invalid.", block)
		}
		return &ec2.CreateVpcOutput{Vpc: new(r.createVPC(block.Masked(), false, tags[types.ResourceTypeVpc]))}, nil
	})
	onEC2(c, func(r *Request, _ *ec2.CreateDefaultVpcInput) (*ec2.CreateDefaultVpcOutput, error) {
		if _, ok := ec2In(r).defaultVPC(); ok {
			return nil, failure("DefaultVpcAlreadyExists", "A Default VPC already exists for this account in this region.")
		}
		vpc := r.createVPC(netip.MustParsePrefix("172.31.0.0/16"), true, nil)
		for i, zone := range []string{"a", "b"} {
			r.createSubnet(*vpc.VpcId, fmt.Sprintf("172.31.%d.0/20", 16*i), r.Region+zone, true)
		}
		return &ec2.CreateDefaultVpcOutput{Vpc: &vpc}, nil
	})
	onEC2(c, describeVPCs)
	onEC2(c, deleteVPC)
}

// createVPC makes a VPC as EC2 does: with a default security group that lets its members
// reach each other, and everything out.
func (r *Request) createVPC(block netip.Prefix, isDefault bool, tags []types.Tag) types.Vpc {
	state := ec2In(r)
	vpc := types.Vpc{
		VpcId: aws.String(r.id("vpc")), OwnerId: aws.String(r.Account), CidrBlock: aws.String(block.String()), State: types.VpcStateAvailable,
		IsDefault: aws.Bool(isDefault), InstanceTenancy: types.TenancyDefault, DhcpOptionsId: aws.String("dopt-00000000000000001"),
		CidrBlockAssociationSet: []types.VpcCidrBlockAssociation{{
			AssociationId: aws.String(r.id("vpc-cidr-assoc")), CidrBlock: aws.String(block.String()),
			CidrBlockState: &types.VpcCidrBlockState{State: types.VpcCidrBlockStateCodeAssociated},
		}},
	}
	state.vpcs[*vpc.VpcId] = vpc
	state.tag(*vpc.VpcId, tags)
	group := r.createGroup(*vpc.VpcId, "default", "default VPC security group")
	members := peer{proto: "-1", from: -1, to: -1, group: &types.ReferencedSecurityGroup{GroupId: aws.String(group), UserId: aws.String(r.Account), VpcId: vpc.VpcId}}
	r.addRule(group, false, members)
	vpc.Tags = state.tagsOf(*vpc.VpcId)
	return vpc
}

func (s *ec2State) defaultVPC() (types.Vpc, bool) {
	for _, vpc := range inOrder(s.vpcs) {
		if *vpc.IsDefault {
			return vpc, true
		}
	}
	return types.Vpc{}, false
}

func describeVPCs(r *Request, in *ec2.DescribeVpcsInput) (*ec2.DescribeVpcsOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.Vpc]{
		ids: in.VpcIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 1000,
		missing: "InvalidVpcID.NotFound", id: func(v types.Vpc) *string { return v.VpcId }, tags: state.tagsOf,
		values: func(v types.Vpc, filter string) ([]string, bool) {
			switch filter {
			case "vpc-id":
				return []string{*v.VpcId}, true
			case "owner-id":
				return []string{*v.OwnerId}, true
			case "is-default":
				return []string{strconv.FormatBool(*v.IsDefault)}, true
			case "cidr":
				return []string{*v.CidrBlock}, true
			case "state":
				return []string{string(v.State)}, true
			}
			return nil, false
		},
	}.from(inOrder(state.vpcs))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Tags = state.tagsOf(*found[i].VpcId)
	}
	return &ec2.DescribeVpcsOutput{Vpcs: found, NextToken: next}, nil
}

func deleteVPC(r *Request, in *ec2.DeleteVpcInput) (*ec2.DeleteVpcOutput, error) {
	state, id := ec2In(r), aws.ToString(in.VpcId)
	if _, ok := state.vpcs[id]; !ok {
		return nil, failure("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", id)
	}
	inUse := false
	for _, group := range state.groups {
		inUse = inUse || *group.VpcId == id && *group.GroupName != "default"
	}
	for _, subnet := range state.subnets {
		inUse = inUse || *subnet.VpcId == id
	}
	if inUse {
		return nil, failure("DependencyViolation", "The vpc '%s' has dependencies and cannot be deleted.", id)
	}
	for _, group := range inOrder(state.groups) {
		if *group.VpcId == id {
			state.dropGroup(*group.GroupId)
		}
	}
	delete(state.vpcs, id)
	delete(state.tags, id)
	return &ec2.DeleteVpcOutput{}, nil
}

// ShareVPC shows the account a VPC that another account owns and shares with it.
func (c *Cloud) ShareVPC(account, region, owner string) (id string) {
	c.edit(account, region, func(r *Request) {
		id = r.id("vpc")
		ec2In(r).vpcs[id] = types.Vpc{
			VpcId: aws.String(id), OwnerId: aws.String(owner), CidrBlock: aws.String("10.99.0.0/16"), State: types.VpcStateAvailable,
			IsDefault: aws.Bool(false), InstanceTenancy: types.TenancyDefault, DhcpOptionsId: aws.String("dopt-00000000000000002"),
		}
	})
	return id
}
