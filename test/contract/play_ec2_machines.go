package contract

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func playEC2Instances(p *play, home *ec2.Client, net network) (machine *string) {
	// AWS has images to launch from; neither side does before somebody registers one.
	base := unrecorded(p, home.RegisterImage, &ec2.RegisterImageInput{Name: aws.String("base"), RootDeviceName: aws.String("/dev/xvda")})
	run := func(image string, more ...func(*ec2.RunInstancesInput)) *ec2.RunInstancesInput {
		in := &ec2.RunInstancesInput{ImageId: aws.String(image), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), SubnetId: net.subnet, InstanceType: types.InstanceTypeT3Micro}
		for _, change := range more {
			change(in)
		}
		return in
	}
	call(p, "list no instances", home.DescribeInstances, &ec2.DescribeInstancesInput{})
	call(p, "list no interfaces", home.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{})
	ran := call(p, "run an instance", home.RunInstances, run(*base.ImageId, func(in *ec2.RunInstancesInput) {
		in.TagSpecifications = []types.TagSpecification{{ResourceType: types.ResourceTypeInstance, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}}}
	}))
	machine = ran.Instances[0].InstanceId
	call(p, "run in no subnet", home.RunInstances, run(*base.ImageId, func(in *ec2.RunInstancesInput) { in.SubnetId = aws.String("subnet-00000000000000fff") }))
	call(p, "run in no group", home.RunInstances, run(*base.ImageId, func(in *ec2.RunInstancesInput) { in.SecurityGroupIds = []string{"sg-00000000000000fff"} }))
	running := where("instance-state-name", "running")
	call(p, "read the instance", home.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{*machine}})
	call(p, "list running instances", home.DescribeInstances, &ec2.DescribeInstancesInput{Filters: running, MaxResults: aws.Int32(1000)})
	call(p, "read no instance", home.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{"i-00000000000000fff"}})
	call(p, "read a malformed instance", home.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{"web"}})
	call(p, "read an instance by pages", home.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{*machine}, MaxResults: aws.Int32(5)})

	call(p, "require tokens", home.ModifyInstanceMetadataOptions, &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: machine, HttpTokens: types.HttpTokensStateRequired})
	call(p, "read the instance that requires tokens", home.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{*machine}})
	call(p, "require tokens of no instance", home.ModifyInstanceMetadataOptions, &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: aws.String("i-00000000000000fff"), HttpTokens: types.HttpTokensStateRequired})
	call(p, "require tokens of a malformed instance", home.ModifyInstanceMetadataOptions, &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: aws.String("web"), HttpTokens: types.HttpTokensStateRequired})
	call(p, "require nothing", home.ModifyInstanceMetadataOptions, &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: machine})

	for i := range 5 {
		call(p, fmt.Sprintf("run instance %d more", i+1), home.RunInstances, run(*base.ImageId))
	}
	first := call(p, "list a first page of instances", home.DescribeInstances, &ec2.DescribeInstancesInput{MaxResults: aws.Int32(5)})
	call(p, "list the next page of instances", home.DescribeInstances, &ec2.DescribeInstancesInput{MaxResults: aws.Int32(5), NextToken: first.NextToken})
	call(p, "list too few instances", home.DescribeInstances, &ec2.DescribeInstancesInput{MaxResults: aws.Int32(4)})
	interfaces := call(p, "list a first page of interfaces", home.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{MaxResults: aws.Int32(5)})
	call(p, "list the next page of interfaces", home.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{MaxResults: aws.Int32(5), NextToken: interfaces.NextToken})
	call(p, "read the interface", home.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{Filters: where("attachment.instance-id", *machine)})
	call(p, "read no interface", home.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{"eni-00000000000000fff"}})
	call(p, "read a malformed interface", home.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{NetworkInterfaceIds: []string{"web"}})
	return machine
}

func playEC2Terminated(p *play, home *ec2.Client, machine *string) {
	call(p, "terminate the instance", home.TerminateInstances, &ec2.TerminateInstancesInput{InstanceIds: []string{*machine}})
	call(p, "terminate no instance", home.TerminateInstances, &ec2.TerminateInstancesInput{InstanceIds: []string{"i-00000000000000fff"}})
	call(p, "read the instance terminated", home.DescribeInstances, &ec2.DescribeInstancesInput{InstanceIds: []string{*machine}})
	call(p, "require tokens of an instance terminated", home.ModifyInstanceMetadataOptions, &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: machine, HttpTokens: types.HttpTokensStateRequired})
	call(p, "run what is no image", home.RunInstances, &ec2.RunInstancesInput{ImageId: aws.String("base"), MinCount: aws.Int32(1), MaxCount: aws.Int32(1)})
	call(p, "read the interface of an instance terminated", home.DescribeNetworkInterfaces, &ec2.DescribeNetworkInterfacesInput{Filters: where("attachment.instance-id", *machine)})
}

func playEC2Images(p *play, home *ec2.Client, machine *string) {
	own := []string{"self"}
	golden := call(p, "create an image", home.CreateImage, &ec2.CreateImageInput{InstanceId: machine, Name: aws.String("golden"), Description: aws.String("of the contract")}).ImageId
	call(p, "create an image of no instance", home.CreateImage, &ec2.CreateImageInput{InstanceId: aws.String("i-00000000000000fff"), Name: aws.String("lost")})
	call(p, "read the image", home.DescribeImages, &ec2.DescribeImagesInput{ImageIds: []string{*golden}, Owners: own})
	call(p, "list images", home.DescribeImages, &ec2.DescribeImagesInput{Owners: own, MaxResults: aws.Int32(1000)})
	share := func(step string, id *string, change types.LaunchPermissionModifications) {
		call(p, step, home.ModifyImageAttribute, &ec2.ModifyImageAttributeInput{ImageId: id, Attribute: aws.String("launchPermission"), LaunchPermission: &change})
	}
	all := []types.LaunchPermission{{Group: types.PermissionGroupAll}}
	none := aws.String("ami-00000000000000fff")
	share("share the image with all", golden, types.LaunchPermissionModifications{Add: all})
	call(p, "read the image shared", home.DescribeImages, &ec2.DescribeImagesInput{ImageIds: []string{*golden}, Owners: own})
	call(p, "list public images", home.DescribeImages, &ec2.DescribeImagesInput{Owners: own, Filters: where("is-public", "true")})
	call(p, "read who may launch the image", home.DescribeImageAttribute, &ec2.DescribeImageAttributeInput{ImageId: golden, Attribute: types.ImageAttributeNameLaunchPermission})
	share("share the image with one", golden, types.LaunchPermissionModifications{Add: []types.LaunchPermission{{UserId: aws.String(stranger)}}})
	share("unshare the image", golden, types.LaunchPermissionModifications{Remove: all})
	share("unshare the image again", golden, types.LaunchPermissionModifications{Remove: all})
	call(p, "read who may launch the image unshared", home.DescribeImageAttribute, &ec2.DescribeImageAttributeInput{ImageId: golden, Attribute: types.ImageAttributeNameLaunchPermission})
	call(p, "read the image unshared", home.DescribeImages, &ec2.DescribeImagesInput{ImageIds: []string{*golden}, Owners: own})
	share("unshare no image", none, types.LaunchPermissionModifications{Remove: all})
	share("unshare a malformed image", aws.String("golden"), types.LaunchPermissionModifications{Remove: all})
	call(p, "read no image", home.DescribeImages, &ec2.DescribeImagesInput{ImageIds: []string{*none}, Owners: own})
	call(p, "read a malformed image", home.DescribeImages, &ec2.DescribeImagesInput{ImageIds: []string{"golden"}, Owners: own})
	first := call(p, "list a first page of images", home.DescribeImages, &ec2.DescribeImagesInput{Owners: own, MaxResults: aws.Int32(1)})
	call(p, "list the next page of images", home.DescribeImages, &ec2.DescribeImagesInput{Owners: own, MaxResults: aws.Int32(1), NextToken: first.NextToken})
	call(p, "create the image again", home.CreateImage, &ec2.CreateImageInput{InstanceId: machine, Name: aws.String("golden")})
	call(p, "deregister the image", home.DeregisterImage, &ec2.DeregisterImageInput{ImageId: golden})
	call(p, "read the image deregistered", home.DescribeImages, &ec2.DescribeImagesInput{ImageIds: []string{*golden}, Owners: own})
	share("unshare the image deregistered", golden, types.LaunchPermissionModifications{Remove: all})
}

func playEC2Snapshots(p *play, home *ec2.Client) {
	own, all := []string{"self"}, []string{string(types.PermissionGroupAll)}
	unrecorded(p, home.EnableEbsEncryptionByDefault, &ec2.EnableEbsEncryptionByDefaultInput{})
	call(p, "create a volume where they are encrypted", home.CreateVolume, &ec2.CreateVolumeInput{AvailabilityZone: aws.String("us-east-1a"), Size: aws.Int32(1)})
	unrecorded(p, home.DisableEbsEncryptionByDefault, &ec2.DisableEbsEncryptionByDefaultInput{})
	volume := call(p, "create a volume", home.CreateVolume, &ec2.CreateVolumeInput{AvailabilityZone: aws.String("us-east-1a"), Size: aws.Int32(1)}).VolumeId
	secret := call(p, "create an encrypted volume", home.CreateVolume, &ec2.CreateVolumeInput{AvailabilityZone: aws.String("us-east-1a"), Size: aws.Int32(1), Encrypted: aws.Bool(true), KmsKeyId: aws.String("arn:aws:kms:us-east-1:" + p.script.Account + ":key/11111111-2222-3333-4444-555555555555")}).VolumeId
	plain := call(p, "create a snapshot", home.CreateSnapshot, &ec2.CreateSnapshotInput{VolumeId: volume, Description: aws.String("of the contract"), TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeSnapshot, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}}}}).SnapshotId
	sealed := call(p, "create an encrypted snapshot", home.CreateSnapshot, &ec2.CreateSnapshotInput{VolumeId: secret}).SnapshotId
	call(p, "create a snapshot of no volume", home.CreateSnapshot, &ec2.CreateSnapshotInput{VolumeId: aws.String("vol-00000000000000fff")})
	call(p, "read the snapshot", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{SnapshotIds: []string{*plain}})
	call(p, "list snapshots of the volume", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{OwnerIds: own, Filters: where("volume-id", *volume), MaxResults: aws.Int32(1000)})
	who := func(step string, id *string) {
		call(p, step, home.DescribeSnapshotAttribute, &ec2.DescribeSnapshotAttributeInput{SnapshotId: id, Attribute: types.SnapshotAttributeNameCreateVolumePermission})
	}
	share := func(step string, id *string, operation types.OperationType, groups, users []string) {
		call(p, step, home.ModifySnapshotAttribute, &ec2.ModifySnapshotAttributeInput{SnapshotId: id, Attribute: types.SnapshotAttributeNameCreateVolumePermission, OperationType: operation, GroupNames: groups, UserIds: users})
	}
	none := aws.String("snap-00000000000000fff")
	who("read who may restore a new snapshot", plain)
	share("share the snapshot with all", plain, types.OperationTypeAdd, all, nil)
	who("read who may restore the snapshot shared", plain)
	call(p, "list public snapshots", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{OwnerIds: own, RestorableByUserIds: all})
	share("share the snapshot with one", plain, types.OperationTypeAdd, nil, []string{stranger})
	share("unshare the snapshot", plain, types.OperationTypeRemove, all, nil)
	share("unshare the snapshot again", plain, types.OperationTypeRemove, all, nil)
	who("read who may restore the snapshot unshared", plain)
	call(p, "list no public snapshots", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{OwnerIds: own, RestorableByUserIds: all})
	share("share an encrypted snapshot with all", sealed, types.OperationTypeAdd, all, nil)
	share("unshare no snapshot", none, types.OperationTypeRemove, all, nil)
	share("unshare a malformed snapshot", aws.String("backup"), types.OperationTypeRemove, all, nil)
	who("read who may restore no snapshot", none)
	who("read who may restore a malformed snapshot", aws.String("backup"))
	call(p, "read no snapshot", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{SnapshotIds: []string{*none}})
	call(p, "read a malformed snapshot", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{SnapshotIds: []string{"backup"}})
	for i := range 5 {
		unrecorded(p, home.CreateSnapshot, &ec2.CreateSnapshotInput{VolumeId: volume, Description: aws.String(fmt.Sprintf("one of more: %d", i+1))})
	}
	ofVolume := where("volume-id", *volume)
	first := call(p, "list a first page of snapshots", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{OwnerIds: own, Filters: ofVolume, MaxResults: aws.Int32(5)})
	call(p, "list the next page of snapshots", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{OwnerIds: own, Filters: ofVolume, MaxResults: aws.Int32(5), NextToken: first.NextToken})
	call(p, "delete the snapshot", home.DeleteSnapshot, &ec2.DeleteSnapshotInput{SnapshotId: plain})
	call(p, "delete the snapshot again", home.DeleteSnapshot, &ec2.DeleteSnapshotInput{SnapshotId: plain})
	call(p, "read the snapshot deleted", home.DescribeSnapshots, &ec2.DescribeSnapshotsInput{SnapshotIds: []string{*plain}})
	who("read who may restore the snapshot deleted", plain)
	share("unshare the snapshot deleted", plain, types.OperationTypeRemove, all, nil)
}
