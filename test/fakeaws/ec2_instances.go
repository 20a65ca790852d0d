package fakeaws

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// instance is an instance with what DescribeInstances groups it by, and since when its
// metadata options are what they are.
type instance struct {
	types.Instance
	reservation string
	optionsSet  time.Time
}

func serveInstances(c *Cloud) {
	onEC2(c, runInstances)
	onEC2(c, describeInstances)
	onEC2(c, terminateInstances)
}

// runInstances launches from own images, and from any other image id: those of others are
// taken at their word.
func runInstances(r *Request, in *ec2.RunInstancesInput) (*ec2.RunInstancesOutput, error) {
	state := ec2In(r)
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeInstance, types.ResourceTypeVolume, types.ResourceTypeNetworkInterface)
	if err != nil {
		return nil, err
	}
	if err := imageID.of(aws.ToString(in.ImageId)); err != nil {
		return nil, err
	}
	subnet, err := r.subnet(in.SubnetId)
	if err != nil {
		return nil, err
	}
	groups, err := r.launchGroups(*subnet.VpcId, in.SecurityGroupIds)
	if err != nil {
		return nil, err
	}
	options, err := state.launchOptions(in)
	if err != nil {
		return nil, err
	}
	out := &ec2.RunInstancesOutput{OwnerId: aws.String(r.Account), ReservationId: aws.String(r.id("r")), Groups: []types.GroupIdentifier{}, Instances: []types.Instance{}}
	for range max(1, aws.ToInt32(in.MaxCount)) {
		made := r.launch(in, subnet, groups, options, *out.ReservationId)
		id := *made.InstanceId
		state.tag(id, tags[types.ResourceTypeInstance])
		state.tag(*made.BlockDeviceMappings[0].Ebs.VolumeId, tags[types.ResourceTypeVolume])
		made.Tags, made.State = state.tagsOf(id), &types.InstanceState{Name: types.InstanceStateNamePending, Code: aws.Int32(0)}
		out.Instances = append(out.Instances, made)
	}
	return out, nil
}

func (r *Request) launch(in *ec2.RunInstancesInput, subnet types.Subnet, groups []types.GroupIdentifier, options *types.InstanceMetadataOptionsResponse, reservation string) types.Instance {
	state, id := ec2In(r), r.id("i")
	eni := r.createInterface(id, subnet, groups)
	volume := r.createVolume(*subnet.AvailabilityZone, 8, "", nil)
	attached := types.VolumeAttachment{
		VolumeId: volume.VolumeId, InstanceId: aws.String(id), Device: aws.String("/dev/xvda"), DeleteOnTermination: aws.Bool(true),
		State: types.VolumeAttachmentStateAttached, AttachTime: aws.Time(r.Now),
	}
	volume.Attachments, volume.State = []types.VolumeAttachment{attached}, types.VolumeStateInUse
	state.volumes[*volume.VolumeId] = volume
	kind := in.InstanceType
	if kind == "" {
		kind = types.InstanceTypeM1Small
	}
	made := types.Instance{
		InstanceId: aws.String(id), ImageId: in.ImageId, InstanceType: kind, LaunchTime: aws.Time(r.Now), KeyName: in.KeyName,
		State:    &types.InstanceState{Name: types.InstanceStateNameRunning, Code: aws.Int32(16)},
		SubnetId: subnet.SubnetId, VpcId: subnet.VpcId, SecurityGroups: groups, PrivateIpAddress: eni.PrivateIpAddress,
		Placement: &types.Placement{AvailabilityZone: subnet.AvailabilityZone, Tenancy: types.TenancyDefault}, MetadataOptions: options,
		RootDeviceName: aws.String("/dev/xvda"), RootDeviceType: types.DeviceTypeEbs, EbsOptimized: aws.Bool(false),
		BlockDeviceMappings: []types.InstanceBlockDeviceMapping{{
			DeviceName: attached.Device,
			Ebs:        &types.EbsInstanceBlockDevice{VolumeId: volume.VolumeId, AttachTime: attached.AttachTime, DeleteOnTermination: aws.Bool(true), Status: types.AttachmentStatusAttached},
		}},
		NetworkInterfaces: []types.InstanceNetworkInterface{{
			NetworkInterfaceId: eni.NetworkInterfaceId, SubnetId: eni.SubnetId, VpcId: eni.VpcId, Groups: groups, OwnerId: eni.OwnerId,
			PrivateIpAddress: eni.PrivateIpAddress, Status: types.NetworkInterfaceStatusInUse,
		}},
	}
	state.instances[id] = instance{Instance: made, reservation: reservation}
	return made
}

// launchGroups names the groups of a launch; left out, it is the VPC's default group.
func (r *Request) launchGroups(vpc string, ids []string) ([]types.GroupIdentifier, error) {
	var named []types.GroupIdentifier
	for _, group := range inOrder(ec2In(r).groups) {
		if *group.VpcId == vpc && (slices.Contains(ids, *group.GroupId) || len(ids) == 0 && *group.GroupName == "default") {
			named = append(named, types.GroupIdentifier{GroupId: group.GroupId, GroupName: group.GroupName})
		}
	}
	if len(named) < len(ids) {
		return nil, failure("InvalidGroup.NotFound", "The security group of %v does not exist in VPC '%s'", ids, vpc)
	}
	return named, nil
}

func describeInstances(r *Request, in *ec2.DescribeInstancesInput) (*ec2.DescribeInstancesOutput, error) {
	state := ec2In(r)
	found, next, err := listing[instance]{
		ids: in.InstanceIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 1000, alone: true,
		missing: "InvalidInstanceID.NotFound", shape: instanceID, id: func(i instance) *string { return i.InstanceId }, tags: state.tagsOf, values: valuesOfInstance,
	}.from(inOrder(state.instances))
	if err != nil {
		return nil, err
	}
	reservations := []types.Reservation{}
	for _, one := range found {
		one.Tags = state.tagsOf(*one.InstanceId)
		one.MetadataOptions = state.shown(one, r.Now)
		at := slices.IndexFunc(reservations, func(r types.Reservation) bool { return *r.ReservationId == one.reservation })
		if at < 0 {
			at = len(reservations)
			reservations = append(reservations, types.Reservation{ReservationId: aws.String(one.reservation), OwnerId: aws.String(r.Account), Groups: []types.GroupIdentifier{}})
		}
		reservations[at].Instances = append(reservations[at].Instances, one.Instance)
	}
	return &ec2.DescribeInstancesOutput{Reservations: reservations, NextToken: next}, nil
}

func valuesOfInstance(i instance, filter string) ([]string, bool) {
	switch filter {
	case "instance-id":
		return []string{*i.InstanceId}, true
	case "instance-state-name":
		return []string{string(i.State.Name)}, true
	case "vpc-id":
		return []string{aws.ToString(i.VpcId)}, true
	case "image-id":
		return []string{*i.ImageId}, true
	case "metadata-options.http-tokens":
		return []string{string(i.MetadataOptions.HttpTokens)}, true
	}
	return nil, false
}

// terminateInstances leaves the instances to be seen as terminated, as EC2 does for an hour,
// and takes their interfaces and volumes away.
func terminateInstances(r *Request, in *ec2.TerminateInstancesInput) (*ec2.TerminateInstancesOutput, error) {
	state := ec2In(r)
	out := &ec2.TerminateInstancesOutput{}
	for _, id := range in.InstanceIds {
		if _, ok := state.instances[id]; !ok {
			return nil, failure("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
		}
	}
	for _, id := range in.InstanceIds {
		gone := state.instances[id]
		previous := gone.State
		for _, eni := range gone.NetworkInterfaces {
			delete(state.interfaces, *eni.NetworkInterfaceId)
		}
		for _, mapping := range gone.BlockDeviceMappings {
			delete(state.volumes, *mapping.Ebs.VolumeId)
		}
		gone.State = &types.InstanceState{Name: types.InstanceStateNameTerminated, Code: aws.Int32(48)}
		gone.NetworkInterfaces, gone.BlockDeviceMappings, gone.SecurityGroups = nil, nil, nil
		gone.VpcId, gone.SubnetId = nil, nil
		state.instances[id] = gone
		out.TerminatingInstances = append(out.TerminatingInstances, types.InstanceStateChange{
			InstanceId: aws.String(id), PreviousState: previous, CurrentState: &types.InstanceState{Name: types.InstanceStateNameShuttingDown, Code: aws.Int32(32)},
		})
	}
	return out, nil
}
