package fakeaws

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func serveImages(c *Cloud) {
	onEC2(c, createImage)
	onEC2(c, registerImage)
	onEC2(c, describeImages)
	onEC2(c, modifyImageAttribute)
	onEC2(c, func(r *Request, in *ec2.DescribeImageAttributeInput) (*ec2.DescribeImageAttributeOutput, error) {
		image, err := r.ownImage(in.ImageId)
		if err != nil {
			return nil, err
		}
		out := &ec2.DescribeImageAttributeOutput{ImageId: image.ImageId}
		if in.Attribute != types.ImageAttributeNameLaunchPermission {
			return out, nil
		}
		out.LaunchPermissions = []types.LaunchPermission{}
		shared := ec2In(r).shares[*image.ImageId]
		if shared.public {
			out.LaunchPermissions = append(out.LaunchPermissions, types.LaunchPermission{Group: types.PermissionGroupAll})
		}
		for _, user := range shared.users {
			out.LaunchPermissions = append(out.LaunchPermissions, types.LaunchPermission{UserId: aws.String(user)})
		}
		return out, nil
	})
	onEC2(c, func(r *Request, in *ec2.DeregisterImageInput) (*ec2.DeregisterImageOutput, error) {
		image, err := r.ownImage(in.ImageId)
		if err != nil {
			return nil, err
		}
		delete(ec2In(r).images, *image.ImageId)
		delete(ec2In(r).shares, *image.ImageId)
		return &ec2.DeregisterImageOutput{Return: aws.Bool(true)}, nil
	})
}

// createImage makes an image of an instance, with a snapshot of each of its volumes.
func createImage(r *Request, in *ec2.CreateImageInput) (*ec2.CreateImageOutput, error) {
	state, id := ec2In(r), aws.ToString(in.InstanceId)
	source, ok := state.instances[id]
	if !ok {
		return nil, failure("InvalidInstanceID.NotFound", "The instance ID '%s' does not exist", id)
	}
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeImage, types.ResourceTypeSnapshot)
	if err != nil {
		return nil, err
	}
	var mappings []types.BlockDeviceMapping
	for _, mapping := range source.BlockDeviceMappings {
		volume := state.volumes[*mapping.Ebs.VolumeId]
		snapshot := r.createSnapshot(volume, "Created by CreateImage("+id+")")
		state.tag(*snapshot.SnapshotId, tags[types.ResourceTypeSnapshot])
		mappings = append(mappings, types.BlockDeviceMapping{DeviceName: mapping.DeviceName, Ebs: &types.EbsBlockDevice{
			SnapshotId: snapshot.SnapshotId, VolumeSize: volume.Size, Encrypted: volume.Encrypted, VolumeType: volume.VolumeType, DeleteOnTermination: aws.Bool(true),
		}})
	}
	image, err := r.createImage(aws.ToString(in.Name), aws.ToString(in.Description), mappings)
	if err != nil {
		return nil, err
	}
	state.tag(*image.ImageId, tags[types.ResourceTypeImage])
	return &ec2.CreateImageOutput{ImageId: image.ImageId}, nil
}

func registerImage(r *Request, in *ec2.RegisterImageInput) (*ec2.RegisterImageOutput, error) {
	state := ec2In(r)
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeImage, types.ResourceTypeSnapshot)
	if err != nil {
		return nil, err
	}
	for _, mapping := range in.BlockDeviceMappings {
		if mapping.Ebs == nil || mapping.Ebs.SnapshotId == nil {
			continue
		}
		if _, ok := state.snapshots[*mapping.Ebs.SnapshotId]; !ok {
			return nil, failure("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", *mapping.Ebs.SnapshotId)
		}
	}
	image, err := r.createImage(aws.ToString(in.Name), aws.ToString(in.Description), slices.Clone(in.BlockDeviceMappings))
	if err != nil {
		return nil, err
	}
	image.ImdsSupport = in.ImdsSupport
	state.images[*image.ImageId] = image
	state.tag(*image.ImageId, tags[types.ResourceTypeImage])
	return &ec2.RegisterImageOutput{ImageId: image.ImageId}, nil
}

func (r *Request) createImage(name, description string, mappings []types.BlockDeviceMapping) (types.Image, error) {
	for _, other := range ec2In(r).images {
		if *other.Name == name {
			return types.Image{}, failure("InvalidAMIName.Duplicate", "AMI name %s is already in use by AMI %s", name, *other.ImageId)
		}
	}
	image := types.Image{
		ImageId: aws.String(r.id("ami")), Name: aws.String(name), Description: aws.String(description), OwnerId: aws.String(r.Account), State: types.ImageStateAvailable,
		CreationDate: aws.String(r.Now.UTC().Format(time.RFC3339)), BlockDeviceMappings: mappings, ImageType: types.ImageTypeValuesMachine, Architecture: types.ArchitectureValuesX8664,
		ImageLocation: aws.String(r.Account + "/" + name), RootDeviceType: types.DeviceTypeEbs, RootDeviceName: aws.String("/dev/xvda"), VirtualizationType: types.VirtualizationTypeHvm,
	}
	ec2In(r).images[*image.ImageId] = image
	return image, nil
}

func (r *Request) ownImage(id *string) (types.Image, error) {
	if err := imageID.of(aws.ToString(id)); err != nil {
		return types.Image{}, err
	}
	image, ok := ec2In(r).images[aws.ToString(id)]
	if !ok {
		return image, failure("InvalidAMIID.NotFound", "The image id '[%s]' does not exist", aws.ToString(id))
	}
	return image, nil
}

// modifyImageAttribute shares an image or takes the share back.
func modifyImageAttribute(r *Request, in *ec2.ModifyImageAttributeInput) (*ec2.ModifyImageAttributeOutput, error) {
	image, err := r.ownImage(in.ImageId)
	if err != nil {
		return nil, err
	}
	shared := ec2In(r).shares[*image.ImageId]
	if in.OperationType != "" {
		shared = shared.with(in.OperationType == types.OperationTypeAdd, in.UserGroups, in.UserIds)
	}
	if change := in.LaunchPermission; change != nil {
		groups, users := launchGrantees(change.Add)
		shared = shared.with(true, groups, users)
		groups, users = launchGrantees(change.Remove)
		shared = shared.with(false, groups, users)
	}
	ec2In(r).shares[*image.ImageId] = shared
	return &ec2.ModifyImageAttributeOutput{}, nil
}

func launchGrantees(permissions []types.LaunchPermission) (groups, users []string) {
	for _, p := range permissions {
		if p.UserId != nil {
			users = append(users, *p.UserId)
		}
		groups = append(groups, string(p.Group))
	}
	return groups, users
}

// visibleImages are own images and those that others share, by who owns and who may launch them.
func (r *Request) visibleImages(in *ec2.DescribeImagesInput) (visible []types.Image) {
	r.everywhere(func(owner string, theirs *ec2State) {
		for id, image := range theirs.images {
			shared := theirs.shares[id]
			if owner != r.Account && !shared.usableBy("all") && !shared.usableBy(r.Account) {
				continue
			}
			if r.asked(in.Owners, func(who string) bool { return who == owner }) && r.asked(in.ExecutableUsers, shared.usableBy) {
				image.Public = aws.Bool(shared.public)
				visible = append(visible, image)
			}
		}
	})
	slices.SortFunc(visible, func(a, b types.Image) int { return strings.Compare(*a.ImageId, *b.ImageId) })
	return visible
}

func describeImages(r *Request, in *ec2.DescribeImagesInput) (*ec2.DescribeImagesOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.Image]{
		ids: in.ImageIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 1, most: 1000,
		missing: "InvalidAMIID.NotFound", shape: imageID, id: func(i types.Image) *string { return i.ImageId }, tags: state.tagsOf,
		values: func(i types.Image, filter string) ([]string, bool) {
			switch filter {
			case "image-id":
				return []string{*i.ImageId}, true
			case "is-public":
				return []string{strconv.FormatBool(*i.Public)}, true
			case "name":
				return []string{*i.Name}, true
			case "owner-id":
				return []string{*i.OwnerId}, true
			case "state":
				return []string{string(i.State)}, true
			}
			return nil, false
		},
	}.from(r.visibleImages(in))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Tags = state.tagsOf(*found[i].ImageId)
	}
	return &ec2.DescribeImagesOutput{Images: found, NextToken: next}, nil
}
