package inventory

import (
	"fmt"
	"net/netip"
)

// SecurityGroups are the account's own security groups; those that others share with it are
// theirs to close.
var SecurityGroups = Collection[SecurityGroup]{Name: "ec2.security-groups", Scope: Regional}

// SecurityGroup is a security group with its rules of both directions, in order of id.
type SecurityGroup struct {
	Ref
	Title string
	VPC   string
	Rules []SecurityGroupRule
	// Interfaces is how many network interfaces use the group; read only where something is
	// wrong with it.
	Interfaces Observed[int]
}

// IsDefault says whether it is the default group of its VPC; no other can have the name.
func (g SecurityGroup) IsDefault() bool { return g.Title == "default" }

// SecurityGroupRule is one rule, complete, so that it can be put back.
type SecurityGroupRule struct {
	ID string `json:"id"`
	// Egress: of traffic that leaves.
	Egress bool `json:"egress,omitempty"`
	// Protocol by name or number; -1 is all.
	Protocol string `json:"protocol"`
	// FromPort and ToPort are ports, or type and code of ICMP; -1 is all.
	FromPort int32 `json:"fromPort"`
	ToPort   int32 `json:"toPort"`
	// One of the following is who is on the other side.
	IPv4         string `json:"ipv4,omitempty"`
	IPv6         string `json:"ipv6,omitempty"`
	PrefixList   string `json:"prefixList,omitempty"`
	Group        string `json:"group,omitempty"`
	GroupAccount string `json:"groupAccount,omitempty"`

	Description string            `json:"description,omitempty"`
	Tags        map[string]string `json:"tags,omitempty"`
}

// A range that is wider than these takes in so much of the internet that it is all of it, for
// two halves are as open as the whole. S3 draws the line of what is public at the same widths.
const (
	widestIPv4 = 8
	widestIPv6 = 32
)

// private6 are IPv6 ranges that nobody on the internet has an address in. Those of IPv4 are no
// wider than what is allowed.
var private6 = []netip.Prefix{netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10")}

// FromInternet says whether the rule lets the internet in. Other groups and prefix lists are
// not the internet.
func (r SecurityGroupRule) FromInternet() bool {
	if r.Egress {
		return false
	}
	if block, err := netip.ParsePrefix(r.IPv4); err == nil {
		return block.Bits() < widestIPv4
	}
	block, err := netip.ParsePrefix(r.IPv6)
	if err != nil {
		return false
	}
	for _, private := range private6 {
		if private.Contains(block.Addr()) && block.Bits() >= private.Bits() {
			return false
		}
	}
	return block.Bits() < widestIPv6
}

// Admits says whether the rule is about TCP or UDP traffic to the port.
func (r SecurityGroupRule) Admits(port int32) bool {
	switch r.Protocol {
	case "-1":
		return true
	case "tcp", "udp", "6", "17":
		return r.FromPort == -1 || r.FromPort <= port && port <= r.ToPort
	}
	return false
}

// Peer is who is on the other side.
func (r SecurityGroupRule) Peer() string { return r.IPv4 + r.IPv6 + r.PrefixList + r.Group }

// Traffic is what the rule lets through: all traffic, tcp 22, or tcp 0-65535 (65536 ports).
func (r SecurityGroupRule) Traffic() string {
	switch {
	case r.Protocol == "-1":
		return "all traffic"
	case r.FromPort == -1:
		return "all " + r.Protocol
	case r.Protocol == "icmp" || r.Protocol == "icmpv6":
		return fmt.Sprintf("%s type %d code %d", r.Protocol, r.FromPort, r.ToPort)
	case r.FromPort == r.ToPort:
		return fmt.Sprintf("%s %d", r.Protocol, r.FromPort)
	}
	return fmt.Sprintf("%s %d-%d (%d ports)", r.Protocol, r.FromPort, r.ToPort, r.ToPort-r.FromPort+1)
}

// Direction is ingress or egress.
func (r SecurityGroupRule) Direction() string {
	if r.Egress {
		return "egress"
	}
	return "ingress"
}

func (r SecurityGroupRule) String() string {
	if r.Egress {
		return r.Traffic() + " to " + r.Peer()
	}
	return r.Traffic() + " from " + r.Peer()
}
