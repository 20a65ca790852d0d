package fakeaws

import (
	"fmt"
	"net/netip"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// peer is what one rule lets through: a protocol, ports, and one source or destination, each
// written as EC2 writes it.
type peer struct {
	proto       string
	from, to    int32
	v4, v6      string
	prefixList  string
	group       *types.ReferencedSecurityGroup
	description *string
}

// peers spells permissions out, one rule each.
func (r *Request) peers(permissions []types.IpPermission) ([]peer, error) {
	var all []peer
	for _, p := range permissions {
		base, err := protocolAndPorts(p)
		if err != nil {
			return nil, err
		}
		for _, block := range p.IpRanges {
			one := base
			one.description = block.Description
			if one.v4, err = canonical(aws.ToString(block.CidrIp), netip.Addr.Is4); err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		for _, block := range p.Ipv6Ranges {
			one := base
			one.description = block.Description
			if one.v6, err = canonical(aws.ToString(block.CidrIpv6), netip.Addr.Is6); err != nil {
				return nil, err
			}
			all = append(all, one)
		}
		for _, list := range p.PrefixListIds {
			one := base
			one.prefixList, one.description = aws.ToString(list.PrefixListId), list.Description
			all = append(all, one)
		}
		for _, pair := range p.UserIdGroupPairs {
			one := base
			one.description = pair.Description
			if one.group, err = r.referenced(pair); err != nil {
				return nil, err
			}
			all = append(all, one)
		}
	}
	return all, nil
}

// protocols by the numbers that EC2 replaces by names.
var protocols = map[string]string{"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}

// protocolAndPorts reads the protocol and ports of a permission: those of TCP and UDP must be
// a range, those of ICMP are type and code, every other protocol has all.
func protocolAndPorts(p types.IpPermission) (peer, error) {
	one := peer{proto: aws.ToString(p.IpProtocol), from: -1, to: -1}
	if name, ok := protocols[one.proto]; ok {
		one.proto = name
	}
	switch one.proto {
	case "":
		return peer{}, failure("MissingParameter", "The request must contain the parameter ipProtocol")
	case "tcp", "udp":
		one.from, one.to = aws.ToInt32(p.FromPort), aws.ToInt32(p.ToPort)
		return one, validPorts(p)
	case "icmp", "icmpv6":
		if p.FromPort != nil {
			one.from = *p.FromPort
		}
		if p.ToPort != nil {
			one.to = *p.ToPort
		}
	}
	return one, nil
}

func validPorts(p types.IpPermission) error {
	if p.FromPort == nil || p.ToPort == nil {
		return failure("MissingParameter", "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
	}
	for _, port := range []int32{*p.FromPort, *p.ToPort} {
		if port < 0 || port > 65535 {
			return failure("InvalidParameterValue", "TCP/UDP port (%d) out of range", port)
		}
	}
	if *p.FromPort > *p.ToPort {
		return failure("InvalidParameterValue", "Invalid TCP/UDP port range (%d:%d)", *p.FromPort, *p.ToPort)
	}
	return nil
}

// canonical writes a CIDR as EC2 keeps it: without the bits of the host.
func canonical(cidr string, family func(netip.Addr) bool) (string, error) {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || !family(prefix.Addr()) {
		return "", failure("InvalidParameterValue", "CIDR block %s is malformed", cidr)
	}
	return prefix.Masked().String(), nil
}

// referenced finds the group that a permission is about; groups of other accounts are taken at
// their word.
func (r *Request) referenced(pair types.UserIdGroupPair) (*types.ReferencedSecurityGroup, error) {
	if owner := aws.ToString(pair.UserId); owner != "" && owner != r.Account {
		return &types.ReferencedSecurityGroup{GroupId: pair.GroupId, UserId: pair.UserId, VpcId: pair.VpcId, VpcPeeringConnectionId: pair.VpcPeeringConnectionId}, nil
	}
	group, err := r.group(pair.GroupId, pair.GroupName)
	if err != nil {
		return nil, err
	}
	return &types.ReferencedSecurityGroup{GroupId: group.GroupId, UserId: group.OwnerId, VpcId: group.VpcId}, nil
}

func (p peer) rule() types.SecurityGroupRule {
	return types.SecurityGroupRule{
		IpProtocol: aws.String(p.proto), FromPort: aws.Int32(p.from), ToPort: aws.Int32(p.to), Description: p.description,
		CidrIpv4: unlessEmpty(p.v4), CidrIpv6: unlessEmpty(p.v6), PrefixListId: unlessEmpty(p.prefixList), ReferencedGroupInfo: p.group,
	}
}

// unlessEmpty is a string that AWS leaves out where there is none.
func unlessEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return aws.String(s)
}

// is says whether the rule lets the same through, whatever its description.
func (p peer) is(rule types.SecurityGroupRule) bool {
	other := peer{
		proto: aws.ToString(rule.IpProtocol), from: aws.ToInt32(rule.FromPort), to: aws.ToInt32(rule.ToPort),
		v4: aws.ToString(rule.CidrIpv4), v6: aws.ToString(rule.CidrIpv6), prefixList: aws.ToString(rule.PrefixListId), group: rule.ReferencedGroupInfo,
	}
	return p.same(other)
}

func (p peer) same(other peer) bool { return p.String() == other.String() }

func (p peer) String() string {
	group := ""
	if p.group != nil {
		group = aws.ToString(p.group.GroupId)
	}
	return fmt.Sprintf("peer: %s%s%s%s, %s, from port: %d, to port: %d", p.v4, p.v6, p.prefixList, group, p.proto, p.from, p.to)
}
