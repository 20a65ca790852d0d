package fakeaws

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func serveSubnets(c *Cloud) {
	onEC2(c, createSubnet)
	onEC2(c, describeSubnets)
	onEC2(c, deleteSubnet)
	onEC2(c, func(r *Request, in *ec2.ModifySubnetAttributeInput) (*ec2.ModifySubnetAttributeOutput, error) {
		subnet, err := r.subnet(in.SubnetId)
		if err == nil {
			take(&subnet, in)
			ec2In(r).subnets[*in.SubnetId] = subnet
		}
		return &ec2.ModifySubnetAttributeOutput{}, err
	})
	onEC2(c, describeNetworkInterfaces)
}

func createSubnet(r *Request, in *ec2.CreateSubnetInput) (*ec2.CreateSubnetOutput, error) {
	state, vpc := ec2In(r), aws.ToString(in.VpcId)
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeSubnet)
	if err != nil {
		return nil, err
	}
	if _, ok := state.vpcs[vpc]; !ok {
		return nil, failure("InvalidVpcID.NotFound", "The vpc ID '%s' does not exist", vpc)
	}
	block, err := netip.ParsePrefix(aws.ToString(in.CidrBlock))
	if err != nil {
		return nil, failure("InvalidParameterValue", "Value (%s) for parameter cidrBlock is invalid. This is not a valid CIDR block.", aws.ToString(in.CidrBlock))
	}
	for _, other := range state.subnets {
		if *other.VpcId == vpc && netip.MustParsePrefix(*other.CidrBlock).Overlaps(block) {
			return nil, failure("InvalidSubnet.Conflict", "The CIDR '%s' conflicts with another subnet", block)
		}
	}
	zone := aws.ToString(in.AvailabilityZone)
	if zone == "" {
		zone = r.Region + "a"
	}
	subnet := r.createSubnet(vpc, block.Masked().String(), zone, false)
	state.tag(*subnet.SubnetId, tags[types.ResourceTypeSubnet])
	subnet.Tags = state.tagsOf(*subnet.SubnetId)
	return &ec2.CreateSubnetOutput{Subnet: &subnet}, nil
}

func (r *Request) createSubnet(vpc, block, zone string, byDefault bool) types.Subnet {
	id := r.id("subnet")
	subnet := types.Subnet{
		SubnetId: aws.String(id), VpcId: aws.String(vpc), CidrBlock: aws.String(block), AvailabilityZone: aws.String(zone), OwnerId: aws.String(r.Account),
		State: types.SubnetStateAvailable, DefaultForAz: aws.Bool(byDefault), MapPublicIpOnLaunch: aws.Bool(byDefault),
		SubnetArn: aws.String(r.ARN("ec2", r.Region, "subnet/"+id)), AvailableIpAddressCount: aws.Int32(251),
	}
	ec2In(r).subnets[id] = subnet
	return subnet
}

func describeSubnets(r *Request, in *ec2.DescribeSubnetsInput) (*ec2.DescribeSubnetsOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.Subnet]{
		ids: in.SubnetIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 1000,
		missing: "InvalidSubnetID.NotFound", id: func(s types.Subnet) *string { return s.SubnetId }, tags: state.tagsOf,
		values: func(s types.Subnet, filter string) ([]string, bool) {
			switch filter {
			case "vpc-id":
				return []string{*s.VpcId}, true
			case "subnet-id":
				return []string{*s.SubnetId}, true
			case "availability-zone":
				return []string{*s.AvailabilityZone}, true
			case "default-for-az":
				return []string{strconv.FormatBool(*s.DefaultForAz)}, true
			}
			return nil, false
		},
	}.from(inOrder(state.subnets))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Tags = state.tagsOf(*found[i].SubnetId)
	}
	return &ec2.DescribeSubnetsOutput{Subnets: found, NextToken: next}, nil
}

func deleteSubnet(r *Request, in *ec2.DeleteSubnetInput) (*ec2.DeleteSubnetOutput, error) {
	state := ec2In(r)
	subnet, err := r.subnet(in.SubnetId)
	if err != nil {
		return nil, err
	}
	for _, i := range state.interfaces {
		if *i.SubnetId == *subnet.SubnetId {
			return nil, failure("DependencyViolation", "The subnet '%s' has dependencies and cannot be deleted.", *subnet.SubnetId)
		}
	}
	delete(state.subnets, *subnet.SubnetId)
	delete(state.tags, *subnet.SubnetId)
	return &ec2.DeleteSubnetOutput{}, nil
}

// subnet returns the subnet that a launch names, or one of the default VPC.
func (r *Request) subnet(id *string) (types.Subnet, error) {
	state := ec2In(r)
	if id != nil {
		subnet, ok := state.subnets[*id]
		if !ok {
			return types.Subnet{}, failure("InvalidSubnetID.NotFound", "The subnet ID '%s' does not exist", *id)
		}
		return subnet, nil
	}
	for _, subnet := range inOrder(state.subnets) {
		if *subnet.DefaultForAz {
			return subnet, nil
		}
	}
	return types.Subnet{}, failure("MissingInput", "No subnets found for the default VPC. Please specify a subnet.")
}

// freeAddress is the first address of a subnet that no interface has; EC2 keeps the first four.
func (s *ec2State) freeAddress(subnet types.Subnet) string {
	taken := map[string]bool{}
	for _, i := range s.interfaces {
		if *i.SubnetId == *subnet.SubnetId {
			taken[*i.PrivateIpAddress] = true
		}
	}
	address := netip.MustParsePrefix(*subnet.CidrBlock).Addr().Next().Next().Next().Next()
	for taken[address.String()] {
		address = address.Next()
	}
	return address.String()
}

// createInterface gives an instance its network interface.
func (r *Request) createInterface(instance string, subnet types.Subnet, groups []types.GroupIdentifier) types.NetworkInterface {
	n := r.NextID()
	address := aws.String(ec2In(r).freeAddress(subnet))
	made := types.NetworkInterface{
		NetworkInterfaceId: aws.String(fmt.Sprintf("eni-%017x", n)), VpcId: subnet.VpcId, SubnetId: subnet.SubnetId, OwnerId: aws.String(r.Account),
		AvailabilityZone: subnet.AvailabilityZone, Groups: groups, Status: types.NetworkInterfaceStatusInUse, InterfaceType: types.NetworkInterfaceTypeInterface,
		PrivateIpAddress: address, RequesterManaged: aws.Bool(false), SourceDestCheck: aws.Bool(true), Description: aws.String(""),
		Attachment: &types.NetworkInterfaceAttachment{
			AttachmentId: aws.String(fmt.Sprintf("eni-attach-%017x", n)), InstanceId: aws.String(instance), InstanceOwnerId: aws.String(r.Account),
			DeviceIndex: aws.Int32(0), DeleteOnTermination: aws.Bool(true), AttachTime: aws.Time(r.Now), Status: types.AttachmentStatusAttached,
		},
	}
	ec2In(r).interfaces[*made.NetworkInterfaceId] = made
	return made
}

func describeNetworkInterfaces(r *Request, in *ec2.DescribeNetworkInterfacesInput) (*ec2.DescribeNetworkInterfacesOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.NetworkInterface]{
		ids: in.NetworkInterfaceIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 1000, alone: true,
		missing: "InvalidNetworkInterfaceID.NotFound", id: func(i types.NetworkInterface) *string { return i.NetworkInterfaceId }, tags: state.tagsOf,
		values: valuesOfInterface,
	}.from(inOrder(state.interfaces))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].TagSet = state.tagsOf(*found[i].NetworkInterfaceId)
	}
	return &ec2.DescribeNetworkInterfacesOutput{NetworkInterfaces: found, NextToken: next}, nil
}

func valuesOfInterface(i types.NetworkInterface, filter string) ([]string, bool) {
	switch filter {
	case "group-id":
		ids := make([]string, len(i.Groups))
		for at, group := range i.Groups {
			ids[at] = *group.GroupId
		}
		return ids, true
	case "vpc-id":
		return []string{*i.VpcId}, true
	case "subnet-id":
		return []string{*i.SubnetId}, true
	case "attachment.instance-id":
		return []string{*i.Attachment.InstanceId}, true
	}
	return nil, false
}
