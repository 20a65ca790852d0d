package ec2

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func rule(protocol string, from, to int32, peer func(*inventory.SecurityGroupRule)) inventory.SecurityGroupRule {
	r := inventory.SecurityGroupRule{ID: "sgr-1", Protocol: protocol, FromPort: from, ToPort: to}
	peer(&r)
	return r
}

func v4(block string) func(*inventory.SecurityGroupRule) {
	return func(r *inventory.SecurityGroupRule) { r.IPv4 = block }
}

func v6(block string) func(*inventory.SecurityGroupRule) {
	return func(r *inventory.SecurityGroupRule) { r.IPv6 = block }
}

func group(title string, rules ...inventory.SecurityGroupRule) inventory.Observed[[]inventory.SecurityGroup] {
	return one(inventory.SecurityGroup{Ref: refTo("AWS::EC2::SecurityGroup", "sg-1"), Title: title, VPC: "vpc-1", Rules: rules})
}

func TestSGNoOpenRemoteAdmin(t *testing.T) {
	declared := v1alpha1.Posture{Network: v1alpha1.NetworkPosture{SGNoOpenRemoteAdmin: &v1alpha1.SGNoOpenRemoteAdmin{}}}
	fail := func(says, title string, r inventory.SecurityGroupRule) row[inventory.SecurityGroup] {
		return row[inventory.SecurityGroup]{
			items: group("web", r), want: v1alpha1.Fail, reason: "OpenToInternet", says: says,
			mends: []string{"revoke ingress rule sgr-1 of sg-1 (web): " + title},
		}
	}
	pass := func(rules ...inventory.SecurityGroupRule) row[inventory.SecurityGroup] {
		return row[inventory.SecurityGroup]{items: group("web", rules...), want: v1alpha1.Pass, reason: "AsDeclared"}
	}
	egress := rule("tcp", 22, 22, v4("0.0.0.0/0"))
	egress.Egress = true
	counted := inventory.SecurityGroup{Ref: refTo("AWS::EC2::SecurityGroup", "sg-1"), Title: "web", Rules: []inventory.SecurityGroupRule{rule("tcp", 22, 22, v4("0.0.0.0/0"))}}
	counted.Interfaces = inventory.Seen(3, asOf)
	dark := counted
	dark.Interfaces = inventory.Unseen[int](fault.DeniedRead("ec2:DescribeNetworkInterfaces", "ec2:DescribeNetworkInterfaces"))
	counts := fail("22 open to the internet by sgr-1 (tcp 22 from 0.0.0.0/0); 3 network interfaces use the group", "tcp 22 from 0.0.0.0/0", egress)
	counts.items = one(counted)
	unseen := fail("22 open to the internet by sgr-1 (tcp 22 from 0.0.0.0/0)", "tcp 22 from 0.0.0.0/0", egress)
	unseen.items = one(dark)
	check(t, sgNoOpenRemoteAdmin, declared, refused(map[string]row[inventory.SecurityGroup]{
		"no rules":                  pass(),
		"SSH over IPv4":             fail("22 open to the internet by sgr-1 (tcp 22 from 0.0.0.0/0)", "tcp 22 from 0.0.0.0/0", rule("tcp", 22, 22, v4("0.0.0.0/0"))),
		"SSH over IPv6":             fail("22 open to the internet by sgr-1 (tcp 22 from ::/0)", "tcp 22 from ::/0", rule("tcp", 22, 22, v6("::/0"))),
		"RDP over UDP":              fail("3389 open to the internet by sgr-1 (udp 3389 from 0.0.0.0/0)", "udp 3389 from 0.0.0.0/0", rule("udp", 3389, 3389, v4("0.0.0.0/0"))),
		"protocol by number":        fail("22 open to the internet by sgr-1 (6 22 from 0.0.0.0/0)", "6 22 from 0.0.0.0/0", rule("6", 22, 22, v4("0.0.0.0/0"))),
		"all ports":                 fail("22, 3389 open to the internet by sgr-1 (tcp 0-65535 (65536 ports) from 0.0.0.0/0)", "tcp 0-65535 (65536 ports) from 0.0.0.0/0", rule("tcp", 0, 65535, v4("0.0.0.0/0"))),
		"all ports as -1":           fail("22, 3389 open to the internet by sgr-1 (all tcp from 0.0.0.0/0)", "all tcp from 0.0.0.0/0", rule("tcp", -1, -1, v4("0.0.0.0/0"))),
		"all traffic":               fail("22, 3389 open to the internet by sgr-1 (all traffic from ::/0)", "all traffic from ::/0", rule("-1", -1, -1, v6("::/0"))),
		"half of the internet":      fail("22 open to the internet by sgr-1 (tcp 22 from 128.0.0.0/1)", "tcp 22 from 128.0.0.0/1", rule("tcp", 22, 22, v4("128.0.0.0/1"))),
		"a 128th of it":             fail("22 open to the internet by sgr-1 (tcp 22 from 10.0.0.0/7)", "tcp 22 from 10.0.0.0/7", rule("tcp", 22, 22, v4("10.0.0.0/7"))),
		"all that IPv6 has":         fail("22 open to the internet by sgr-1 (tcp 22 from 2000::/3)", "tcp 22 from 2000::/3", rule("tcp", 22, 22, v6("2000::/3"))),
		"private IPv4":              pass(rule("tcp", 22, 22, v4("10.0.0.0/8"))),
		"private IPv6":              pass(rule("tcp", 22, 22, v6("fc00::/7"))),
		"one address":               pass(rule("tcp", 22, 22, v4("203.0.113.7/32")), rule("tcp", 22, 22, v6("2001:db8::/32"))),
		"another port":              pass(rule("tcp", 443, 443, v4("0.0.0.0/0")), rule("tcp", 23, 3388, v4("0.0.0.0/0"))),
		"ICMP":                      pass(rule("icmp", -1, -1, v4("0.0.0.0/0")), rule("icmpv6", 22, 22, v6("::/0"))),
		"a prefix list":             pass(rule("tcp", 22, 22, func(r *inventory.SecurityGroupRule) { r.PrefixList = "pl-1" })),
		"a group":                   pass(rule("tcp", 22, 22, func(r *inventory.SecurityGroupRule) { r.Group = "sg-2" })),
		"egress":                    pass(egress),
		"in use":                    counts,
		"in use by who knows":       unseen,
		"open to the internet's v6": fail("3389 open to the internet by sgr-1 (tcp 3389 from 2600::/12)", "tcp 3389 from 2600::/12", rule("tcp", 3389, 3389, v6("2600::/12"))),
	}, "ec2:DescribeSecurityGroups"))
}

func TestSGNoOpenDatabasePorts(t *testing.T) {
	declared := v1alpha1.Posture{Network: v1alpha1.NetworkPosture{SGNoOpenDatabasePorts: &v1alpha1.SGNoOpenDatabasePorts{Ports: []int32{5432, 27017}}}}
	check(t, sgNoOpenDatabasePorts, declared, refused(map[string]row[inventory.SecurityGroup]{
		"declared": {
			items: group("db", rule("tcp", 27017, 27017, v4("0.0.0.0/0"))), want: v1alpha1.Fail, reason: "OpenToInternet",
			says: "27017 open to the internet by sgr-1 (tcp 27017 from 0.0.0.0/0)", mends: []string{"revoke ingress rule sgr-1 of sg-1 (db): tcp 27017 from 0.0.0.0/0"},
		},
		"not declared": {items: group("db", rule("tcp", 3306, 3306, v4("0.0.0.0/0"))), want: v1alpha1.Pass, reason: "AsDeclared"},
	}, "ec2:DescribeSecurityGroupRules"))
	declared.Network.SGNoOpenDatabasePorts.Ports = nil
	check(t, sgNoOpenDatabasePorts, declared, map[string]row[inventory.SecurityGroup]{
		"by default": {
			items: group("db", rule("tcp", 1000, 4000, v4("0.0.0.0/0"))), want: v1alpha1.Fail, reason: "OpenToInternet",
			says:  "1433, 1434, 1521, 3306 open to the internet by sgr-1 (tcp 1000-4000 (3001 ports) from 0.0.0.0/0)",
			mends: []string{"revoke ingress rule sgr-1 of sg-1 (db): tcp 1000-4000 (3001 ports) from 0.0.0.0/0"},
		},
	})
}

func TestVPCDefaultSGClosed(t *testing.T) {
	declared := v1alpha1.Posture{Network: v1alpha1.NetworkPosture{VPCDefaultSGClosed: &v1alpha1.VPCDefaultSGClosed{}}}
	members := rule("-1", -1, -1, func(r *inventory.SecurityGroupRule) { r.Group = "sg-1" })
	out := rule("-1", -1, -1, v4("0.0.0.0/0"))
	out.ID, out.Egress = "sgr-2", true
	check(t, vpcDefaultSGClosed, declared, refused(map[string]row[inventory.SecurityGroup]{
		"closed": {items: group("default"), want: v1alpha1.Pass, reason: "AsDeclared"},
		"not it": {items: group("web", members), want: v1alpha1.NotApplicable, reason: "NotDefault", says: "it is not the default group of its VPC"},
		"as AWS has": {
			items: group("default", members, out), want: v1alpha1.Fail, reason: "HasRules",
			says:  "the default group of vpc-1 lets through sgr-1 (all traffic from sg-1), sgr-2 (all traffic to 0.0.0.0/0)",
			mends: []string{"revoke ingress rule sgr-1 of sg-1 (default): all traffic from sg-1", "revoke egress rule sgr-2 of sg-1 (default): all traffic to 0.0.0.0/0"},
		},
	}, "ec2:DescribeSecurityGroups"))
}
