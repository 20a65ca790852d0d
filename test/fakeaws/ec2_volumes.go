package fakeaws

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// ebsDefaults are a region's settings of EBS.
type ebsDefaults struct {
	encrypt bool
	// key that was set, or "" for AWS's own.
	key string
}

// ebsKey is the AWS-managed key of EBS.
const ebsKey = "alias/aws/ebs"

func (d ebsDefaults) keyID() string {
	if d.key == "" {
		return ebsKey
	}
	return d.key
}

func serveVolumes(c *Cloud) {
	onEC2(c, createVolume)
	onEC2(c, describeVolumes)
	onEC2(c, func(r *Request, _ *ec2.GetEbsEncryptionByDefaultInput) (*ec2.GetEbsEncryptionByDefaultOutput, error) {
		on := ec2In(r).ebs.encrypt
		out := &ec2.GetEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: aws.Bool(on)}
		if on {
			out.SseType = types.SSETypeSseKms
		}
		return out, nil
	})
	onEC2(c, func(r *Request, _ *ec2.EnableEbsEncryptionByDefaultInput) (*ec2.EnableEbsEncryptionByDefaultOutput, error) {
		ec2In(r).ebs.encrypt = true
		return &ec2.EnableEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: aws.Bool(true)}, nil
	})
	onEC2(c, func(r *Request, _ *ec2.DisableEbsEncryptionByDefaultInput) (*ec2.DisableEbsEncryptionByDefaultOutput, error) {
		ec2In(r).ebs.encrypt = false
		return &ec2.DisableEbsEncryptionByDefaultOutput{EbsEncryptionByDefault: aws.Bool(false)}, nil
	})
	onEC2(c, func(r *Request, _ *ec2.GetEbsDefaultKmsKeyIdInput) (*ec2.GetEbsDefaultKmsKeyIdOutput, error) {
		return &ec2.GetEbsDefaultKmsKeyIdOutput{KmsKeyId: aws.String(ec2In(r).ebs.keyID())}, nil
	})
	onEC2(c, func(r *Request, in *ec2.ModifyEbsDefaultKmsKeyIdInput) (*ec2.ModifyEbsDefaultKmsKeyIdOutput, error) {
		ec2In(r).ebs.key = r.keyARN(aws.ToString(in.KmsKeyId))
		return &ec2.ModifyEbsDefaultKmsKeyIdOutput{KmsKeyId: aws.String(ec2In(r).ebs.key)}, nil
	})
	onEC2(c, func(r *Request, _ *ec2.ResetEbsDefaultKmsKeyIdInput) (*ec2.ResetEbsDefaultKmsKeyIdOutput, error) {
		ec2In(r).ebs.key = ""
		return &ec2.ResetEbsDefaultKmsKeyIdOutput{KmsKeyId: aws.String(ebsKey)}, nil
	})
}

// keyARN writes a key's id or alias as an ARN. EC2 does not look whether there is such a key:
// it finds out when a volume is made.
func (r *Request) keyARN(id string) string {
	switch {
	case strings.HasPrefix(id, "arn:"):
		return id
	case strings.HasPrefix(id, "alias/"):
		return r.ARN("kms", r.Region, id)
	}
	return r.ARN("kms", r.Region, "key/"+id)
}

func createVolume(r *Request, in *ec2.CreateVolumeInput) (*ec2.CreateVolumeOutput, error) {
	state := ec2In(r)
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeVolume)
	if err != nil {
		return nil, err
	}
	size := aws.ToInt32(in.Size)
	if id := aws.ToString(in.SnapshotId); id != "" {
		snapshot, ok := state.snapshots[id]
		if !ok {
			return nil, failure("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", id)
		}
		size = max(size, aws.ToInt32(snapshot.VolumeSize))
	}
	if size == 0 {
		return nil, failure("MissingParameter", "The request must contain the parameter size/snapshot")
	}
	volume := r.createVolume(aws.ToString(in.AvailabilityZone), size, aws.ToString(in.KmsKeyId), in.Encrypted)
	volume.SnapshotId = aws.String(aws.ToString(in.SnapshotId))
	state.volumes[*volume.VolumeId] = volume
	state.tag(*volume.VolumeId, tags[types.ResourceTypeVolume])
	return &ec2.CreateVolumeOutput{
		VolumeId: volume.VolumeId, Size: volume.Size, Encrypted: volume.Encrypted, KmsKeyId: volume.KmsKeyId, AvailabilityZone: volume.AvailabilityZone,
		State: types.VolumeStateCreating, CreateTime: volume.CreateTime, VolumeType: volume.VolumeType, SnapshotId: volume.SnapshotId, Tags: state.tagsOf(*volume.VolumeId),
	}, nil
}

// createVolume makes a volume that is encrypted if it is asked for or the region's default.
func (r *Request) createVolume(zone string, size int32, key string, encrypted *bool) types.Volume {
	state := ec2In(r)
	volume := types.Volume{
		VolumeId: aws.String(r.id("vol")), Size: aws.Int32(size), AvailabilityZone: aws.String(zone), CreateTime: aws.Time(r.Now), VolumeType: types.VolumeTypeGp2,
		State: types.VolumeStateAvailable, SnapshotId: aws.String(""), Encrypted: aws.Bool(aws.ToBool(encrypted) || state.ebs.encrypt), Attachments: []types.VolumeAttachment{},
	}
	if *volume.Encrypted {
		if key == "" {
			key = state.ebs.keyID()
		}
		volume.KmsKeyId = aws.String(r.keyARN(key))
	}
	state.volumes[*volume.VolumeId] = volume
	return volume
}

func describeVolumes(r *Request, in *ec2.DescribeVolumesInput) (*ec2.DescribeVolumesOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.Volume]{
		ids: in.VolumeIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 500,
		missing: "InvalidVolume.NotFound", id: func(v types.Volume) *string { return v.VolumeId }, tags: state.tagsOf,
		values: func(v types.Volume, filter string) ([]string, bool) {
			switch filter {
			case "volume-id":
				return []string{*v.VolumeId}, true
			case "status":
				return []string{string(v.State)}, true
			case "availability-zone":
				return []string{*v.AvailabilityZone}, true
			case "snapshot-id":
				return []string{*v.SnapshotId}, true
			}
			return nil, false
		},
	}.from(inOrder(state.volumes))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Tags = state.tagsOf(*found[i].VolumeId)
	}
	return &ec2.DescribeVolumesOutput{Volumes: found, NextToken: next}, nil
}
