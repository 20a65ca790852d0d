package fakeaws_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const ec2Account = "111111111111"

func newEC2(t *testing.T) (*fakeaws.Cloud, *ec2.Client) {
	t.Helper()
	cloud := fakeaws.New()
	return cloud, ec2.NewFromConfig(cloud.ConfigFor(ec2Account))
}

// answered returns a call's answer, or fails the test.
func answered[O any](out O, err error) func(*testing.T) O {
	return func(t *testing.T) O {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// refusedWith fails the test unless a call's error has the code.
func refusedWith[O any](_ O, err error) func(*testing.T, string) {
	return func(t *testing.T, code string) {
		t.Helper()
		var api smithy.APIError
		if !errors.As(err, &api) || api.ErrorCode() != code {
			t.Errorf("got %v, want code %s", err, code)
		}
	}
}

func newVPC(t *testing.T, client *ec2.Client) string {
	t.Helper()
	return *answered(client.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")}))(t).Vpc.VpcId
}

func newGroup(t *testing.T, client *ec2.Client, vpc, name string) string {
	t.Helper()
	return *answered(client.CreateSecurityGroup(t.Context(), &ec2.CreateSecurityGroupInput{GroupName: aws.String(name), Description: aws.String("a group"), VpcId: aws.String(vpc)}))(t).GroupId
}

func tcp(port int32, v4 ...string) types.IpPermission {
	p := types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(port), ToPort: aws.Int32(port)}
	for _, block := range v4 {
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: aws.String(block)})
	}
	return p
}

func rulesOf(t *testing.T, client *ec2.Client, group string) []types.SecurityGroupRule {
	t.Helper()
	return answered(client.DescribeSecurityGroupRules(t.Context(), &ec2.DescribeSecurityGroupRulesInput{
		Filters: []types.Filter{{Name: aws.String("group-id"), Values: []string{group}}},
	}))(t).SecurityGroupRules
}

func TestVPCHasADefaultGroupThatNobodyCanDelete(t *testing.T) {
	_, client := newEC2(t)
	vpc := newVPC(t, client)
	groups := answered(client.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{}))(t).SecurityGroups
	if len(groups) != 1 || *groups[0].GroupName != "default" || *groups[0].VpcId != vpc {
		t.Fatalf("got %d groups", len(groups))
	}
	in, out := groups[0].IpPermissions, groups[0].IpPermissionsEgress
	if len(in) != 1 || in[0].FromPort != nil || *in[0].UserIdGroupPairs[0].GroupId != *groups[0].GroupId || in[0].IpRanges == nil {
		t.Errorf("ingress: %+v", in)
	}
	if len(out) != 1 || *out[0].IpProtocol != "-1" || *out[0].IpRanges[0].CidrIp != "0.0.0.0/0" {
		t.Errorf("egress: %+v", out)
	}
	for _, rule := range rulesOf(t, client, *groups[0].GroupId) {
		if *rule.FromPort != -1 || *rule.ToPort != -1 {
			t.Errorf("a rule on all ports shows %d-%d", *rule.FromPort, *rule.ToPort)
		}
	}
	refusedWith(client.DeleteSecurityGroup(t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: groups[0].GroupId}))(t, "CannotDelete")
	refusedWith(client.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{VpcIds: []string{"vpc-0"}}))(t, "InvalidVpcID.NotFound")
}

func TestSecurityGroupRulesAreCanonicalAndUnique(t *testing.T) {
	_, client := newEC2(t)
	group := newGroup(t, client, newVPC(t, client), "web")
	authorize := func(p ...types.IpPermission) (*ec2.AuthorizeSecurityGroupIngressOutput, error) {
		return client.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: aws.String(group), IpPermissions: p})
	}
	added := answered(authorize(tcp(22, "100.68.0.18/18")))(t).SecurityGroupRules
	if len(added) != 1 || *added[0].CidrIpv4 != "100.68.0.0/18" {
		t.Fatalf("got %+v", added)
	}
	byNumber := tcp(22, "100.68.1.1/18")
	byNumber.IpProtocol = aws.String("6")
	for code, p := range map[string][]types.IpPermission{
		"InvalidPermission.Duplicate": {tcp(80, "0.0.0.0/0"), byNumber},
		"InvalidParameterValue":       {tcp(80, "::/0")},
		"MissingParameter":            {{IpProtocol: aws.String("tcp"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}},
		"InvalidGroup.NotFound":       {{IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: aws.String("sg-0")}}}},
	} {
		refusedWith(authorize(p...))(t, code)
	}
	if n := len(rulesOf(t, client, group)); n != 2 {
		t.Errorf("%d rules after refused calls, want the one and the egress rule", n)
	}
	var many []types.IpPermission
	for port := range int32(60) {
		many = append(many, tcp(1000+port, "0.0.0.0/0"))
	}
	refusedWith(authorize(many...))(t, "RulesPerSecurityGroupLimitExceeded")
}

func TestRevokeByWhatDoesNotMatchIsSilentInADefaultVPCOnly(t *testing.T) {
	_, client := newEC2(t)
	own := answered(client.CreateDefaultVpc(t.Context(), &ec2.CreateDefaultVpcInput{}))(t).Vpc
	byDefault, other := newGroup(t, client, *own.VpcId, "a"), newGroup(t, client, newVPC(t, client), "b")
	revoke := func(group string, ids []string, p ...types.IpPermission) (*ec2.RevokeSecurityGroupIngressOutput, error) {
		return client.RevokeSecurityGroupIngress(t.Context(), &ec2.RevokeSecurityGroupIngressInput{GroupId: aws.String(group), SecurityGroupRuleIds: ids, IpPermissions: p})
	}
	out := answered(revoke(byDefault, nil, tcp(22, "0.0.0.0/0")))(t)
	if len(out.UnknownIpPermissions) != 1 || !*out.Return {
		t.Errorf("got %+v", out)
	}
	refusedWith(revoke(other, nil, tcp(22, "0.0.0.0/0")))(t, "InvalidPermission.NotFound")
	refusedWith(revoke(other, []string{"sgr-0"}))(t, "InvalidSecurityGroupRuleId.NotFound")
	added := answered(client.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: aws.String(other), IpPermissions: []types.IpPermission{tcp(22, "0.0.0.0/0")}}))(t)
	answered(revoke(other, []string{*added.SecurityGroupRules[0].SecurityGroupRuleId}))(t)
	if n := len(rulesOf(t, client, other)); n != 1 {
		t.Errorf("%d rules left, want the egress rule", n)
	}
}

func TestReferencedGroupCannotBeDeleted(t *testing.T) {
	_, client := newEC2(t)
	vpc := newVPC(t, client)
	a, b := newGroup(t, client, vpc, "a"), newGroup(t, client, vpc, "b")
	answered(client.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: aws.String(a), IpPermissions: []types.IpPermission{{
		IpProtocol: aws.String("-1"), UserIdGroupPairs: []types.UserIdGroupPair{{GroupId: aws.String(b)}},
	}}}))(t)
	refusedWith(client.DeleteSecurityGroup(t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: aws.String(b)}))(t, "DependencyViolation")
	refusedWith(client.DeleteVpc(t.Context(), &ec2.DeleteVpcInput{VpcId: aws.String(vpc)}))(t, "DependencyViolation")
	for _, group := range []string{a, b} {
		answered(client.DeleteSecurityGroup(t.Context(), &ec2.DeleteSecurityGroupInput{GroupId: aws.String(group)}))(t)
	}
	answered(client.DeleteVpc(t.Context(), &ec2.DeleteVpcInput{VpcId: aws.String(vpc)}))(t)
}

func TestEC2ListsPageTagAndFilter(t *testing.T) {
	_, client := newEC2(t)
	vpc := newVPC(t, client)
	for i := range 12 {
		newGroup(t, client, vpc, fmt.Sprintf("g%d", i))
	}
	last := newGroup(t, client, vpc, "last")
	answered(client.CreateTags(t.Context(), &ec2.CreateTagsInput{Resources: []string{last}, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("red")}}}))(t)
	pages := ec2.NewDescribeSecurityGroupsPaginator(client, &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(5)})
	seen := 0
	for pages.HasMorePages() {
		seen += len(answered(pages.NextPage(t.Context()))(t).SecurityGroups)
	}
	if seen != 14 {
		t.Errorf("paged %d groups, want 14", seen)
	}
	refusedWith(client.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{MaxResults: aws.Int32(4)}))(t, "InvalidParameterValue")
	find := func(name, value string) (*ec2.DescribeSecurityGroupsOutput, error) {
		return client.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String(name), Values: []string{value}}}})
	}
	for name, value := range map[string]string{"tag:team": "r*", "tag-key": "team", "group-name": "last"} {
		if got := answered(find(name, value))(t).SecurityGroups; len(got) != 1 || *got[0].GroupId != last {
			t.Errorf("%s=%s found %d groups", name, value, len(got))
		}
	}
	refusedWith(find("nonsense", "x"))(t, "InvalidParameterValue")
}

func TestDryRunAndRegions(t *testing.T) {
	cloud, client := newEC2(t)
	refusedWith(client.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), DryRun: aws.Bool(true)}))(t, "DryRunOperation")
	regions := answered(client.DescribeRegions(t.Context(), &ec2.DescribeRegionsInput{}))(t).Regions
	if len(regions) != len(cloud.Regions) {
		t.Errorf("got %d regions", len(regions))
	}
	cloud.ShareVPC(ec2Account, "us-east-1", "222222222222")
	vpcs := answered(client.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{}))(t).Vpcs
	if len(vpcs) != 1 || *vpcs[0].OwnerId != "222222222222" {
		t.Errorf("got %+v", vpcs)
	}
}
