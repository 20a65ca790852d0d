package scenes

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var ec2Scenes = []Scene{
	{
		Control: "ebs-default-encryption", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{}}},
	},
	{
		Control: "ebs-snapshot-not-public", Settled: v1alpha1.Pass, set: publicSnapshot,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSSnapshotNotPublic: &v1alpha1.EBSSnapshotNotPublic{}}},
		OffWire: "Moto ignores RestorableByUserIds in DescribeSnapshots and CreateVolumePermission in ModifySnapshotAttribute", OnWire: v1alpha1.Fail,
	},
	{
		Control: "ebs-snapshot-block-public-access", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSSnapshotBlockPublicAccess: &v1alpha1.EBSSnapshotBlockPublicAccess{}}},
		OffWire: "Moto does not know GetSnapshotBlockPublicAccessState", OnWire: v1alpha1.Unknown,
	},
	{
		Control: "ec2-imdsv2", Settled: v1alpha1.Pass, set: func(s *stage) { instance(s) },
		Posture: v1alpha1.Posture{Compute: v1alpha1.ComputePosture{EC2IMDSv2: &v1alpha1.EC2IMDSv2{}}},
	},
	{
		Control: "ec2-imdsv2-account-default", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{Compute: v1alpha1.ComputePosture{EC2IMDSv2AccountDefault: &v1alpha1.EC2IMDSv2AccountDefault{}}},
		OffWire: "Moto does not know GetInstanceMetadataDefaults and ModifyInstanceMetadataDefaults", OnWire: v1alpha1.Unknown,
	},
	{
		Control: "ami-not-public", Settled: v1alpha1.Pass, set: publicImage,
		Posture: v1alpha1.Posture{Compute: v1alpha1.ComputePosture{AMINotPublic: &v1alpha1.AMINotPublic{}}},
	},
	{
		Control: "ami-block-public-access", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{Compute: v1alpha1.ComputePosture{AMIBlockPublicAccess: &v1alpha1.Presence{}}},
		OffWire: "Moto does not know GetImageBlockPublicAccessState", OnWire: v1alpha1.Unknown,
	},
	{
		Control: "subnet-no-auto-public-ip", Settled: v1alpha1.Pass, set: publicSubnet,
		Posture: v1alpha1.Posture{Network: v1alpha1.NetworkPosture{SubnetNoAutoPublicIP: &v1alpha1.Presence{}}},
	},
	{
		Control: "vpc-default-sg-closed", Settled: v1alpha1.Pass, set: func(s *stage) { vpc(s) },
		Posture: v1alpha1.Posture{Network: v1alpha1.NetworkPosture{VPCDefaultSGClosed: &v1alpha1.VPCDefaultSGClosed{}}},
	},
	{
		Control: "sg-no-open-remote-admin", Settled: v1alpha1.Pass, set: openGroups,
		Posture: v1alpha1.Posture{Network: v1alpha1.NetworkPosture{SGNoOpenRemoteAdmin: &v1alpha1.SGNoOpenRemoteAdmin{Ports: []int32{22, 3389}}}},
	},
	{
		Control: "sg-no-open-database-ports", Settled: v1alpha1.Pass, set: openGroups,
		Posture: v1alpha1.Posture{Network: v1alpha1.NetworkPosture{SGNoOpenDatabasePorts: &v1alpha1.SGNoOpenDatabasePorts{Ports: []int32{1433, 1434, 1521, 3306, 5432}}}},
	},
	{
		Control: "vpc-flow-logs", Settled: v1alpha1.Pass, set: func(s *stage) { vpc(s) },
		Posture: v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{VPCFlowLogs: &v1alpha1.VPCFlowLogs{TrafficType: "REJECT"}}},
	},
}

// defaultVPC sees that the region has the VPC that AWS gives every new account.
func defaultVPC(s *stage) {
	client := ec2.NewFromConfig(s.in("us-east-1"))
	there := do(s, client.DescribeVpcs, &ec2.DescribeVpcsInput{Filters: []types.Filter{{Name: aws.String("is-default"), Values: []string{"true"}}}})
	if len(there.Vpcs) == 0 {
		do(s, client.CreateDefaultVpc, &ec2.CreateDefaultVpcInput{})
	}
}

func vpc(s *stage) *string {
	made := do(s, ec2.NewFromConfig(s.in("us-east-1")).CreateVpc, &ec2.CreateVpcInput{CidrBlock: aws.String("10.1.0.0/16")})
	if made.Vpc == nil {
		return nil
	}
	return made.Vpc.VpcId
}

// publicSubnet gives an address to whatever is launched in it.
func publicSubnet(s *stage) {
	client := ec2.NewFromConfig(s.in("us-east-1"))
	made := do(s, client.CreateSubnet, &ec2.CreateSubnetInput{VpcId: vpc(s), CidrBlock: aws.String("10.1.1.0/24")})
	if made.Subnet != nil {
		do(s, client.ModifySubnetAttribute, &ec2.ModifySubnetAttributeInput{SubnetId: made.Subnet.SubnetId, MapPublicIpOnLaunch: &types.AttributeBooleanValue{Value: aws.Bool(true)}})
	}
}

// instance launches one that answers to IMDSv1.
func instance(s *stage) *string {
	defaultVPC(s)
	made := do(s, ec2.NewFromConfig(s.in("us-east-1")).RunInstances, &ec2.RunInstancesInput{ImageId: aws.String("ami-0123456789abcdef0"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
	if len(made.Instances) == 0 {
		return nil
	}
	return made.Instances[0].InstanceId
}

// publicSnapshot is shared with everyone, and with one account.
func publicSnapshot(s *stage) {
	client := ec2.NewFromConfig(s.in("us-east-1"))
	volume := do(s, client.CreateVolume, &ec2.CreateVolumeInput{AvailabilityZone: aws.String("us-east-1a"), Size: aws.Int32(8)})
	snapshot := do(s, client.CreateSnapshot, &ec2.CreateSnapshotInput{VolumeId: volume.VolumeId})
	do(s, client.ModifySnapshotAttribute, &ec2.ModifySnapshotAttributeInput{
		SnapshotId: snapshot.SnapshotId, OperationType: types.OperationTypeAdd, GroupNames: []string{"all"}, UserIds: []string{"222222222222"},
	})
}

// publicImage is shared with everyone, and with one account.
func publicImage(s *stage) {
	client := ec2.NewFromConfig(s.in("us-east-1"))
	image := do(s, client.CreateImage, &ec2.CreateImageInput{InstanceId: instance(s), Name: aws.String("golden")})
	do(s, client.ModifyImageAttribute, &ec2.ModifyImageAttributeInput{ImageId: image.ImageId, LaunchPermission: &types.LaunchPermissionModifications{
		Add: []types.LaunchPermission{{Group: types.PermissionGroupAll}, {UserId: aws.String("222222222222")}},
	}})
}

// openGroups let the internet in to administer, to databases, and to a web server.
func openGroups(s *stage) {
	network := vpc(s)
	openGroup(s, network, "web", tcp(22, 22, "0.0.0.0/0", "::/0"), tcp(443, 443, "0.0.0.0/0"))
	openGroup(s, network, "all", tcp(1000, 6000, "0.0.0.0/0", "10.0.0.0/8"), types.IpPermission{IpProtocol: aws.String("-1"), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}})
	openGroup(s, network, "halves", tcp(0, 65535, "0.0.0.0/1", "128.0.0.0/1"))
}

func openGroup(s *stage, network *string, name string, rules ...types.IpPermission) {
	client := ec2.NewFromConfig(s.in("us-east-1"))
	group := do(s, client.CreateSecurityGroup, &ec2.CreateSecurityGroupInput{GroupName: aws.String(name), Description: aws.String("a group"), VpcId: network})
	do(s, client.AuthorizeSecurityGroupIngress, &ec2.AuthorizeSecurityGroupIngressInput{GroupId: group.GroupId, IpPermissions: rules})
}

func tcp(from, to int32, blocks ...string) types.IpPermission {
	p := types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(from), ToPort: aws.Int32(to)}
	for _, block := range blocks {
		if block == "::/0" {
			p.Ipv6Ranges = append(p.Ipv6Ranges, types.Ipv6Range{CidrIpv6: aws.String(block)})
			continue
		}
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: aws.String(block)})
	}
	return p
}
