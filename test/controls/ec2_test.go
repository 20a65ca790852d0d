package controls_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

var regions = []string{"eu-west-1", "us-east-1"}

// got returns a call's answer, or fails the test.
func got[O any](out O, err error) func(*testing.T) O {
	return func(t *testing.T) O {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// admin is an administrator of the account in one region.
func admin(cloud *fakeaws.Cloud, region string) *ec2.Client {
	return ec2.NewFromConfig(cloud.ConfigFor(roundtrip.Account), func(o *ec2.Options) { o.Region = region })
}

func defaultVPC(t *testing.T, client *ec2.Client) string {
	t.Helper()
	return *got(client.CreateDefaultVpc(t.Context(), &ec2.CreateDefaultVpcInput{}))(t).Vpc.VpcId
}

func launch(t *testing.T, client *ec2.Client, tags ...types.Tag) string {
	t.Helper()
	in := &ec2.RunInstancesInput{ImageId: aws.String("ami-0123456789abcdef0"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)}
	if len(tags) > 0 {
		in.TagSpecifications = []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: tags}}
	}
	return *got(client.RunInstances(t.Context(), in))(t).Instances[0].InstanceId
}

func openGroup(t *testing.T, client *ec2.Client, vpc, name string, permissions ...types.IpPermission) {
	t.Helper()
	id := *got(client.CreateSecurityGroup(t.Context(), &ec2.CreateSecurityGroupInput{GroupName: aws.String(name), Description: aws.String("a group"), VpcId: aws.String(vpc)}))(t).GroupId
	got(client.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: aws.String(id), IpPermissions: permissions}))(t)
}

func tcp(from, to int32, blocks ...string) types.IpPermission {
	p := types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(from), ToPort: aws.Int32(to)}
	for _, block := range blocks {
		if strings.Contains(block, ":") {
			p.Ipv6Ranges = append(p.Ipv6Ranges, types.Ipv6Range{CidrIpv6: aws.String(block)})
		} else {
			p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: aws.String(block), Description: aws.String("for now")})
		}
	}
	return p
}

// everything declares all controls of the package.
func everythingOfEC2() v1alpha1.Posture {
	return v1alpha1.Posture{
		DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{}, EBSSnapshotNotPublic: &v1alpha1.EBSSnapshotNotPublic{}},
		Compute:    v1alpha1.ComputePosture{EC2IMDSv2: &v1alpha1.EC2IMDSv2{}, EC2IMDSv2AccountDefault: &v1alpha1.EC2IMDSv2AccountDefault{}, AMINotPublic: &v1alpha1.AMINotPublic{}},
		Network: v1alpha1.NetworkPosture{
			VPCDefaultSGClosed: &v1alpha1.VPCDefaultSGClosed{}, SGNoOpenRemoteAdmin: &v1alpha1.SGNoOpenRemoteAdmin{}, SGNoOpenDatabasePorts: &v1alpha1.SGNoOpenDatabasePorts{},
		},
		Logging: v1alpha1.LoggingPosture{VPCFlowLogs: &v1alpha1.VPCFlowLogs{}},
	}
}

// neglected makes an account in which every control of the package fails in both regions.
func neglected(t *testing.T) *fakeaws.Cloud {
	t.Helper()
	cloud := fakeaws.New()
	for _, region := range regions {
		client := admin(cloud, region)
		vpc := defaultVPC(t, client)
		openGroup(t, client, vpc, "web", tcp(22, 22, "0.0.0.0/0", "::/0"), tcp(443, 443, "0.0.0.0/0"))
		openGroup(t, client, vpc, "db", tcp(0, 65535, "0.0.0.0/1", "128.0.0.0/1"))
		image := got(client.CreateImage(t.Context(), &ec2.CreateImageInput{InstanceId: aws.String(launch(t, client)), Name: aws.String("golden")}))(t).ImageId
		got(client.ModifyImageAttribute(t.Context(), &ec2.ModifyImageAttributeInput{ImageId: image, LaunchPermission: &types.LaunchPermissionModifications{
			Add: []types.LaunchPermission{{Group: types.PermissionGroupAll}, {UserId: aws.String("222222222222")}},
		}}))(t)
		snapshot := got(client.DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}}))(t).Snapshots[0].SnapshotId
		got(client.ModifySnapshotAttribute(t.Context(), &ec2.ModifySnapshotAttributeInput{SnapshotId: snapshot, CreateVolumePermission: &types.CreateVolumePermissionModifications{
			Add: []types.CreateVolumePermission{{Group: types.PermissionGroupAll}, {UserId: aws.String("222222222222")}},
		}}))(t)
	}
	return cloud
}

func rigOf(cloud *fakeaws.Cloud, declared v1alpha1.Posture) *roundtrip.Rig {
	return roundtrip.New(cloud.Config(), cloud.Now, declared)
}

func take(t *testing.T, rig *roundtrip.Rig) round.Result {
	t.Helper()
	return got(rig.Round(t.Context()))(t)
}

func changesFor(result round.Result, control string) []posture.Change {
	return slices.DeleteFunc(slices.Clone(result.Plan.Changes), func(c posture.Change) bool { return !slices.Contains(c.Controls, control) })
}

func controlIDs() []string {
	return []string{
		"ami-not-public", "ebs-default-encryption", "ebs-snapshot-not-public", "ec2-imdsv2", "ec2-imdsv2-account-default",
		"sg-no-open-database-ports", "sg-no-open-remote-admin", "vpc-default-sg-closed", "vpc-flow-logs",
	}
}

func TestEachControlIsMended(t *testing.T) {
	for _, id := range controlIDs() {
		t.Run(id, func(t *testing.T) {
			rigOf(neglected(t), everythingOfEC2()).Mends(t, id, v1alpha1.Pass)
		})
	}
}

func TestAllAreMendedAtOnceAndThenRest(t *testing.T) {
	cloud := neglected(t)
	rig := rigOf(cloud, everythingOfEC2())
	first := take(t, rig)
	for _, c := range first.Report.Controls {
		if c.Verdict() != v1alpha1.Fail {
			t.Errorf("%s at first: %s", c.Control.ID, c.Verdict())
		}
	}
	journal := got(rig.Apply(t.Context(), first.Plan))(t)
	for _, e := range journal.Entries {
		if e.Result != v1alpha1.CallDone && e.Result != v1alpha1.CallAlreadySo {
			t.Errorf("%s ended %s: %s", e.Call, e.Result, e.Message)
		}
	}
	cloud.Forget()
	second := take(t, rig)
	for _, c := range second.Report.Controls {
		if c.Verdict() != v1alpha1.Pass {
			t.Errorf("%s after the run: %s", c.Control.ID, c.Verdict())
		}
	}
	if len(second.Plan.Changes) > 0 || len(second.Plan.Held) > 0 {
		t.Errorf("still planned: %d, held: %d", len(second.Plan.Changes), len(second.Plan.Held))
	}
	got(rig.Apply(t.Context(), second.Plan))(t)
	if writes := cloud.Writes(); len(writes) > 0 {
		t.Errorf("%d writes in a round of rest, the first %s", len(writes), writes[0].Operation)
	}
}

func TestADeniedReadIsUnknownAndNamesThePermission(t *testing.T) {
	all := []string{"sg-no-open-database-ports", "sg-no-open-remote-admin", "vpc-default-sg-closed"}
	for operation, want := range map[string][]string{
		"ec2:DescribeSecurityGroups":      all,
		"ec2:DescribeSecurityGroupRules":  all,
		"ec2:DescribeNetworkInterfaces":   nil,
		"ec2:DescribeInstances":           {"ec2-imdsv2"},
		"ec2:GetInstanceMetadataDefaults": {"ec2-imdsv2-account-default"},
		"ec2:GetEbsEncryptionByDefault":   {"ebs-default-encryption"},
		"ec2:GetEbsDefaultKmsKeyId":       nil,
		"ec2:DescribeSnapshots":           {"ebs-snapshot-not-public"},
		"ec2:DescribeSnapshotAttribute":   nil,
		"ec2:DescribeImages":              {"ami-not-public"},
		"ec2:DescribeVpcs":                {"vpc-flow-logs"},
		"ec2:DescribeFlowLogs":            {"vpc-flow-logs"},
	} {
		t.Run(operation, func(t *testing.T) {
			cloud := neglected(t)
			cloud.Deny(operation)
			var unknown []string
			for _, c := range take(t, rigOf(cloud, everythingOfEC2())).Report.Controls {
				if c.Verdict() != v1alpha1.Unknown {
					continue
				}
				unknown = append(unknown, c.Control.ID)
				if v := c.Judged[0].Verdict; v.Reason != v1alpha1.VerdictReadDenied || !strings.Contains(v.Message, "missing permission "+operation) {
					t.Errorf("%s: %s %q", c.Control.ID, v.Reason, v.Message)
				}
			}
			if !slices.Equal(unknown, want) {
				t.Errorf("unknown: %v, want %v", unknown, want)
			}
		})
	}
}

func TestARoundTakesTheFewestCalls(t *testing.T) {
	cloud := fakeaws.New()
	client := admin(cloud, "us-east-1")
	vpc := defaultVPC(t, client)
	for i := range 100 {
		openGroup(t, client, vpc, fmt.Sprint("group", i), tcp(443, 443, "0.0.0.0/0"))
	}
	for range 20 {
		launch(t, client)
	}
	cloud.Forget()
	rig := rigOf(cloud, everythingOfEC2())
	rig.Regions = []string{"us-east-1"}
	take(t, rig)
	counts := map[string]int{}
	for _, call := range cloud.Calls() {
		counts[call.Operation]++
	}
	for operation, n := range counts {
		if n > 1 {
			t.Errorf("%s was called %d times", operation, n)
		}
	}
	if counts["ec2:DescribeSecurityGroups"] != 1 {
		t.Errorf("calls: %v", counts)
	}
}

func TestOneRuleOfTwoControlsIsOneChange(t *testing.T) {
	cloud := fakeaws.New()
	client := admin(cloud, "us-east-1")
	defaultVPC(t, client)
	group := got(client.DescribeSecurityGroups(t.Context(), &ec2.DescribeSecurityGroupsInput{}))(t).SecurityGroups[0]
	got(client.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group.GroupId, IpPermissions: []types.IpPermission{tcp(0, 65535, "0.0.0.0/0")}}))(t)
	result := take(t, rigOf(cloud, everythingOfEC2()))
	var merged []posture.Change
	for _, c := range result.Plan.Changes {
		if len(c.Controls) > 1 {
			merged = append(merged, c)
		}
	}
	want := []string{"sg-no-open-database-ports", "sg-no-open-remote-admin", "vpc-default-sg-closed"}
	if len(merged) != 1 || !slices.Equal(merged[0].Controls, want) {
		t.Fatalf("%d merged changes", len(merged))
	}
	if !strings.Contains(merged[0].To, "65536 ports") || !strings.Contains(merged[0].From, "for now") {
		t.Errorf("from %q to %q", merged[0].From, merged[0].To)
	}
}

func TestSharesByNameStay(t *testing.T) {
	cloud := neglected(t)
	rig := rigOf(cloud, everythingOfEC2())
	got(rig.Apply(t.Context(), take(t, rig).Plan))(t)
	client := admin(cloud, "eu-west-1")
	image := got(client.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}}))(t).Images[0]
	launches := got(client.DescribeImageAttribute(t.Context(), &ec2.DescribeImageAttributeInput{ImageId: image.ImageId, Attribute: types.ImageAttributeNameLaunchPermission}))(t).LaunchPermissions
	restores := got(client.DescribeSnapshotAttribute(t.Context(), &ec2.DescribeSnapshotAttributeInput{
		SnapshotId: image.BlockDeviceMappings[0].Ebs.SnapshotId, Attribute: types.SnapshotAttributeNameCreateVolumePermission,
	}))(t).CreateVolumePermissions
	if len(launches) != 1 || aws.ToString(launches[0].UserId) != "222222222222" || len(restores) != 1 || aws.ToString(restores[0].UserId) != "222222222222" {
		t.Errorf("left: %+v %+v", launches, restores)
	}
}

func TestWhatOthersManageOrOwnIsLeftAlone(t *testing.T) {
	cloud := fakeaws.New()
	client := admin(cloud, "us-east-1")
	defaultVPC(t, client)
	launch(t, client, types.Tag{Key: aws.String("eks:cluster-name"), Value: aws.String("prod")})
	cloud.ShareVPC(roundtrip.Account, "us-east-1", "222222222222")
	result := take(t, rigOf(cloud, everythingOfEC2()))
	if changes := changesFor(result, "ec2-imdsv2"); len(changes) > 0 {
		t.Errorf("planned on an instance of EKS: %s", changes[0].Title)
	}
	if !slices.ContainsFunc(result.Plan.Held, func(h posture.Held) bool { return h.ManagedElsewhere == "EKS prod" }) {
		t.Errorf("held: %+v", result.Plan.Held)
	}
	if changes := changesFor(result, "vpc-flow-logs"); len(changes) != 1 {
		t.Errorf("%d VPCs planned for, want the own one", len(changes))
	}
}

func TestPendingMetadataOptionsSettle(t *testing.T) {
	cloud := fakeaws.New()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return now })
	client := admin(cloud, "us-east-1")
	defaultVPC(t, client)
	launch(t, client)
	now = now.Add(time.Hour)
	cloud.DelayMetadataOptions(roundtrip.Account, "us-east-1", time.Minute)
	rig := rigOf(cloud, v1alpha1.Posture{Compute: v1alpha1.ComputePosture{EC2IMDSv2: &v1alpha1.EC2IMDSv2{}}})
	got(rig.Apply(t.Context(), take(t, rig).Plan))(t)
	pending := take(t, rig)
	if v := pending.Report.Controls[0].Judged[0].Verdict; v.Reason != "NotYetApplied" || len(pending.Plan.Changes) > 0 {
		t.Errorf("while pending: %+v, %d changes", v, len(pending.Plan.Changes))
	}
	now = now.Add(time.Minute)
	if v := take(t, rig).Report.Controls[0].Verdict(); v != v1alpha1.Pass {
		t.Errorf("after a minute: %s", v)
	}
}
