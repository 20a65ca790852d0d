package contract

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func playEC2Groups(p *play, home *ec2.Client, net network) {
	here, none := where("vpc-id", *net.vpc), aws.String("sg-00000000000000fff")
	closed := call(p, "read the default group", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{Filters: here})
	byDefault := closed.SecurityGroups[0].GroupId
	call(p, "read the default group's rules", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: where("group-id", *byDefault)})

	group := func(name string) *ec2.CreateSecurityGroupInput {
		return &ec2.CreateSecurityGroupInput{GroupName: aws.String(name), Description: aws.String("of the contract"), VpcId: net.vpc}
	}
	tagged := group("web")
	tagged.TagSpecifications = []types.TagSpecification{{ResourceType: types.ResourceTypeSecurityGroup, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}}}
	web := call(p, "create web", home.CreateSecurityGroup, tagged).GroupId
	peer := call(p, "create peer", home.CreateSecurityGroup, group("peer")).GroupId
	call(p, "create web again", home.CreateSecurityGroup, group("web"))
	call(p, "read web", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*web}})
	call(p, "list groups of the VPC", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{Filters: here, MaxResults: aws.Int32(1000)})
	call(p, "read no group", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*none}})
	call(p, "read a malformed group", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{"web"}})

	playEC2Rules(p, home, web, peer, none)

	for i := range 4 {
		call(p, fmt.Sprintf("create group %d more", i+1), home.CreateSecurityGroup, group(fmt.Sprintf("more-%d", i+1)))
	}
	first := call(p, "list a first page of groups", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{Filters: here, MaxResults: aws.Int32(5)})
	call(p, "list the next page of groups", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{Filters: here, MaxResults: aws.Int32(5), NextToken: first.NextToken})
	call(p, "delete a group that is referred to", home.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: peer})
	call(p, "delete web", home.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: web})
	call(p, "delete web again", home.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: web})
	call(p, "read web deleted", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*web}})
	call(p, "read the rules of web deleted", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: where("group-id", *web)})

	// What only AWS refuses comes last: afterwards the two sides have not the same groups.
	call(p, "create a group named default", home.CreateSecurityGroup, group("default"))
	call(p, "create a group named as an id", home.CreateSecurityGroup, group("sg-web"))
	homeless := group("lost")
	homeless.VpcId = aws.String("vpc-00000000000000fff")
	call(p, "create a group in no VPC", home.CreateSecurityGroup, homeless)
	authorize := func(step string, permission types.IpPermission) {
		call(p, step, home.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: byDefault, IpPermissions: []types.IpPermission{permission}})
	}
	authorize("let a block in", ports(22, 22, "10.1.2.3/8"))
	authorize("let the block in by its proper name", ports(22, 22, "10.0.0.0/8"))
	authorize("let one and the same in", ports(25, 25, "10.0.0.0/8", "10.0.0.0/8"))
	authorize("let no ports in", ports(23, 22, "10.0.0.0/8"))
	authorize("let a port too many in", ports(22, 65536, "10.0.0.0/8"))
	call(p, "delete the default group", home.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: byDefault})
}

// ports is a permission for TCP from anywhere that the ranges say.
func ports(from, to int32, ranges ...string) types.IpPermission {
	permission := types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(from), ToPort: aws.Int32(to)}
	for _, block := range ranges {
		permission.IpRanges = append(permission.IpRanges, types.IpRange{CidrIp: aws.String(block)})
	}
	return permission
}

func playEC2Rules(p *play, home *ec2.Client, web, peer, none *string) {
	authorize := func(step string, group *string, permissions ...types.IpPermission) []types.SecurityGroupRule {
		return call(p, step, home.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group, IpPermissions: permissions}).SecurityGroupRules
	}
	revoke := func(step string, group *string, ids ...string) {
		call(p, step, home.RevokeSecurityGroupIngress, &ec2.RevokeSecurityGroupIngressInput{GroupId: group, SecurityGroupRuleIds: ids})
	}
	described := ports(443, 443, "0.0.0.0/0")
	described.IpRanges[0].Description = aws.String("everyone")
	described.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: aws.String("::/0")}}
	open := authorize("let everyone in", web, described)
	ssh := authorize("let SSH in", web, ports(22, 22, "10.1.2.3/8"))
	authorize("let SSH in again", web, ports(22, 22, "10.1.2.3/8"))
	members := ports(0, 65535)
	members.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: peer}}
	authorize("let a group in", web, members)
	authorize("let all protocols in", web, types.IpPermission{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("192.168.0.0/16")}}})
	authorize("let pings in", web, types.IpPermission{IpProtocol: aws.String("icmp"), FromPort: aws.Int32(-1), ToPort: aws.Int32(-1), IpRanges: []types.IpRange{{CidrIp: aws.String("192.168.0.0/16")}}})
	authorize("let a number's protocol in", web, types.IpPermission{IpProtocol: aws.String("17"), FromPort: aws.Int32(53), ToPort: aws.Int32(53), IpRanges: []types.IpRange{{CidrIp: aws.String("192.168.0.0/16")}}})
	authorize("let no block in", web, ports(22, 22, "everyone"))
	authorize("let in where no group is", none, ports(22, 22, "10.0.0.0/8"))
	out := call(p, "let out", home.AuthorizeSecurityGroupEgress, &ec2.AuthorizeSecurityGroupEgressInput{GroupId: web, IpPermissions: []types.IpPermission{ports(443, 443, "10.0.0.0/8")}})

	ofWeb := where("group-id", *web)
	call(p, "read web with rules", home.DescribeSecurityGroups, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*web}})
	call(p, "list web's rules", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: ofWeb, MaxResults: aws.Int32(1000)})
	first := call(p, "list a first page of web's rules", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: ofWeb, MaxResults: aws.Int32(5)})
	call(p, "list the next page of web's rules", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: ofWeb, MaxResults: aws.Int32(5), NextToken: first.NextToken})
	call(p, "read the rule for SSH", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{*ssh[0].SecurityGroupRuleId}})
	call(p, "read no rule", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{"sgr-00000000000000fff"}})
	call(p, "read a malformed rule", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{"ssh"}})

	revoke("revoke the rule for SSH", web, *ssh[0].SecurityGroupRuleId)
	revoke("revoke the rule for SSH again", web, *ssh[0].SecurityGroupRuleId)
	call(p, "read the rule revoked", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{SecurityGroupRuleIds: []string{*ssh[0].SecurityGroupRuleId}})
	revoke("revoke a rule of another group", peer, *open[0].SecurityGroupRuleId)
	revoke("revoke a rule of no group", none, *open[0].SecurityGroupRuleId)
	revoke("revoke a malformed rule", web, "ssh")
	revoke("revoke a rule that lets out as one that lets in", web, *out.SecurityGroupRules[0].SecurityGroupRuleId)
	call(p, "revoke by what it is", home.RevokeSecurityGroupIngress, &ec2.RevokeSecurityGroupIngressInput{GroupId: web, IpPermissions: []types.IpPermission{ports(443, 443, "0.0.0.0/0")}})
	call(p, "revoke by what is none", home.RevokeSecurityGroupIngress, &ec2.RevokeSecurityGroupIngressInput{GroupId: web, IpPermissions: []types.IpPermission{ports(443, 443, "0.0.0.0/0")}})
	revokeOut := func(step string, ids ...string) {
		call(p, step, home.RevokeSecurityGroupEgress, &ec2.RevokeSecurityGroupEgressInput{GroupId: web, SecurityGroupRuleIds: ids})
	}
	revokeOut("revoke what lets out", *out.SecurityGroupRules[0].SecurityGroupRuleId)
	revokeOut("revoke what lets out again", *out.SecurityGroupRules[0].SecurityGroupRuleId)
	call(p, "try to revoke", home.RevokeSecurityGroupEgress, &ec2.RevokeSecurityGroupEgressInput{GroupId: web, SecurityGroupRuleIds: []string{"sgr-00000000000000fff"}, DryRun: aws.Bool(true)})
	call(p, "list web's rules left", home.DescribeSecurityGroupRules, &ec2.DescribeSecurityGroupRulesInput{Filters: ofWeb})

	// In a default VPC what does not match is no error.
	easy := call(p, "create a group in the default VPC", home.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{GroupName: aws.String("easy"), Description: aws.String("in the default VPC")}).GroupId
	call(p, "revoke by what is none in the default VPC", home.RevokeSecurityGroupIngress, &ec2.RevokeSecurityGroupIngressInput{GroupId: easy, IpPermissions: []types.IpPermission{ports(443, 443, "0.0.0.0/0")}})
	call(p, "let in by the group's name", home.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupName: aws.String("easy"), IpProtocol: aws.String("tcp"), FromPort: aws.Int32(80), ToPort: aws.Int32(80), CidrIp: aws.String("0.0.0.0/0")})
	call(p, "delete the group by its name", home.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupName: aws.String("easy")})
}
