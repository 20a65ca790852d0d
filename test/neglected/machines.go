package neglected

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// networks are the default VPC and one more in each region, with groups of which some are open to the world.
func (a *account) networks(ctx context.Context) {
	for r, region := range a.cloud.Regions {
		client := ec2.NewFromConfig(a.in(region))
		must[*ec2.CreateDefaultVpcOutput](a, "default VPC")(client.CreateDefaultVpc(ctx, &ec2.CreateDefaultVpcInput{}))
		vpc := must[*ec2.CreateVpcOutput](a, "VPC")(client.CreateVpc(ctx, &ec2.CreateVpcInput{CidrBlock: aws.String(fmt.Sprintf("10.%d.0.0/16", r))}))
		if vpc == nil {
			return
		}
		subnet := must[*ec2.CreateSubnetOutput](a, "subnet")(client.CreateSubnet(ctx, &ec2.CreateSubnetInput{VpcId: vpc.Vpc.VpcId, CidrBlock: aws.String(fmt.Sprintf("10.%d.0.0/20", r))}))
		if subnet == nil {
			return
		}
		a.subnets = append(a.subnets, subnet.Subnet.SubnetId)
		for i := range a.size.Groups / len(a.cloud.Regions) {
			a.group(ctx, client, vpc.Vpc.VpcId, i)
		}
	}
}

// opened are the ports that groups let the world in on; most do not.
var opened = map[int]int32{0: 22, 1: 3389, 2: 3306, 3: 443, 4: 5432}

func (a *account) group(ctx context.Context, client *ec2.Client, vpc *string, i int) {
	name := fmt.Sprintf("app-%d", i)
	out := must[*ec2.CreateSecurityGroupOutput](a, "group "+name)(client.CreateSecurityGroup(ctx, &ec2.CreateSecurityGroupInput{GroupName: aws.String(name), Description: aws.String(name), VpcId: vpc}))
	if out == nil {
		return
	}
	port, cidr := int32(443), "10.0.0.0/8"
	if p, ok := opened[i]; ok {
		port, cidr = p, "0.0.0.0/0"
	}
	must[*ec2.AuthorizeSecurityGroupIngressOutput](a, "rule of "+name)(client.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: out.GroupId, IpPermissions: []types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(port), ToPort: aws.Int32(port), IpRanges: []types.IpRange{{CidrIp: aws.String(cidr)}}}},
	}))
}

// machines answer the metadata requests of 2012; some snapshots and images are public.
func (a *account) machines(ctx context.Context) {
	for i := range max(a.size.Instances, a.size.Volumes) {
		client := ec2.NewFromConfig(a.in(a.region(i)))
		if i < a.size.Instances {
			must[*ec2.RunInstancesOutput](a, "instance")(client.RunInstances(ctx, &ec2.RunInstancesInput{
				ImageId: aws.String("ami-0123456789abcdef0"), SubnetId: a.subnets[i%len(a.subnets)], InstanceType: types.InstanceTypeT3Micro, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
				MetadataOptions: &types.InstanceMetadataOptionsRequest{HttpTokens: types.HttpTokensStateOptional},
			}))
		}
		if i < a.size.Volumes {
			must[*ec2.CreateVolumeOutput](a, "volume")(client.CreateVolume(ctx, &ec2.CreateVolumeInput{AvailabilityZone: aws.String(a.region(i) + "a"), Size: aws.Int32(8)}))
		}
	}
	for i := range a.size.Snapshots {
		a.snapshot(ctx, ec2.NewFromConfig(a.in(a.region(i))), a.region(i), i%7 == 0)
	}
	for i := range a.size.Images {
		a.image(ctx, ec2.NewFromConfig(a.in(a.region(i))), i)
	}
}

func (a *account) snapshot(ctx context.Context, client *ec2.Client, region string, public bool) {
	volume := must[*ec2.CreateVolumeOutput](a, "volume")(client.CreateVolume(ctx, &ec2.CreateVolumeInput{AvailabilityZone: aws.String(region + "a"), Size: aws.Int32(8)}))
	if volume == nil {
		return
	}
	out := must[*ec2.CreateSnapshotOutput](a, "snapshot")(client.CreateSnapshot(ctx, &ec2.CreateSnapshotInput{VolumeId: volume.VolumeId}))
	if public && out != nil {
		must[*ec2.ModifySnapshotAttributeOutput](a, "public snapshot")(client.ModifySnapshotAttribute(ctx, &ec2.ModifySnapshotAttributeInput{
			SnapshotId: out.SnapshotId, Attribute: types.SnapshotAttributeNameCreateVolumePermission, OperationType: types.OperationTypeAdd, GroupNames: []string{"all"},
		}))
	}
}

func (a *account) image(ctx context.Context, client *ec2.Client, i int) {
	out := must[*ec2.RegisterImageOutput](a, "image")(client.RegisterImage(ctx, &ec2.RegisterImageInput{Name: aws.String(fmt.Sprintf("golden-%d", i)), RootDeviceName: aws.String("/dev/xvda")}))
	if i == 0 && out != nil {
		must[*ec2.ModifyImageAttributeOutput](a, "public image")(client.ModifyImageAttribute(ctx, &ec2.ModifyImageAttributeInput{
			ImageId: out.ImageId, LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{Group: types.PermissionGroupAll}}},
		}))
	}
}
