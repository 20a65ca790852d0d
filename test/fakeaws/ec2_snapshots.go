package fakeaws

import (
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// share says who besides its owner may use a snapshot or an image. It is replaced, never edited.
type share struct {
	public bool
	users  []string
}

// with adds groups and accounts, or takes them away; what is not there is no error.
func (s share) with(add bool, groups []string, users []string) share {
	if slices.Contains(groups, "all") {
		s.public = add
	}
	kept := slices.DeleteFunc(slices.Clone(s.users), func(user string) bool { return slices.Contains(users, user) })
	if add {
		kept = append(kept, users...)
	}
	slices.Sort(kept)
	s.users = kept
	return s
}

// usableBy says whether an account, or everyone by the name all, may use what is shared.
func (s share) usableBy(user string) bool {
	return s.public && user == "all" || slices.Contains(s.users, user)
}

func serveSnapshots(c *Cloud) {
	onEC2(c, createSnapshot)
	onEC2(c, describeSnapshots)
	onEC2(c, modifySnapshotAttribute)
	onEC2(c, func(r *Request, in *ec2.DescribeSnapshotAttributeInput) (*ec2.DescribeSnapshotAttributeOutput, error) {
		snapshot, err := r.ownSnapshot(in.SnapshotId)
		if err != nil {
			return nil, err
		}
		out := &ec2.DescribeSnapshotAttributeOutput{SnapshotId: snapshot.SnapshotId}
		if in.Attribute != types.SnapshotAttributeNameCreateVolumePermission {
			return out, nil
		}
		out.CreateVolumePermissions = []types.CreateVolumePermission{}
		shared := ec2In(r).shares[*snapshot.SnapshotId]
		if shared.public {
			out.CreateVolumePermissions = append(out.CreateVolumePermissions, types.CreateVolumePermission{Group: types.PermissionGroupAll})
		}
		for _, user := range shared.users {
			out.CreateVolumePermissions = append(out.CreateVolumePermissions, types.CreateVolumePermission{UserId: aws.String(user)})
		}
		return out, nil
	})
	onEC2(c, func(r *Request, in *ec2.DeleteSnapshotInput) (*ec2.DeleteSnapshotOutput, error) {
		snapshot, err := r.ownSnapshot(in.SnapshotId)
		if err != nil {
			return nil, err
		}
		for _, image := range ec2In(r).images {
			for _, mapping := range image.BlockDeviceMappings {
				if mapping.Ebs != nil && aws.ToString(mapping.Ebs.SnapshotId) == *snapshot.SnapshotId {
					return nil, failure("InvalidSnapshot.InUse", "The snapshot %s is currently in use by %s", *snapshot.SnapshotId, *image.ImageId)
				}
			}
		}
		delete(ec2In(r).snapshots, *snapshot.SnapshotId)
		delete(ec2In(r).shares, *snapshot.SnapshotId)
		return &ec2.DeleteSnapshotOutput{}, nil
	})
}

func createSnapshot(r *Request, in *ec2.CreateSnapshotInput) (*ec2.CreateSnapshotOutput, error) {
	state := ec2In(r)
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeSnapshot)
	if err != nil {
		return nil, err
	}
	volume, ok := state.volumes[aws.ToString(in.VolumeId)]
	if !ok {
		return nil, failure("InvalidVolume.NotFound", "The volume '%s' does not exist.", aws.ToString(in.VolumeId))
	}
	snapshot := r.createSnapshot(volume, aws.ToString(in.Description))
	state.tag(*snapshot.SnapshotId, tags[types.ResourceTypeSnapshot])
	return &ec2.CreateSnapshotOutput{
		SnapshotId: snapshot.SnapshotId, VolumeId: snapshot.VolumeId, VolumeSize: snapshot.VolumeSize, OwnerId: snapshot.OwnerId, StartTime: snapshot.StartTime,
		State: types.SnapshotStatePending, Encrypted: snapshot.Encrypted, KmsKeyId: snapshot.KmsKeyId, Description: snapshot.Description, Progress: aws.String(""),
		Tags: state.tagsOf(*snapshot.SnapshotId),
	}, nil
}

func (r *Request) createSnapshot(volume types.Volume, description string) types.Snapshot {
	snapshot := types.Snapshot{
		SnapshotId: aws.String(r.id("snap")), VolumeId: volume.VolumeId, VolumeSize: volume.Size, OwnerId: aws.String(r.Account), StartTime: aws.Time(r.Now),
		State: types.SnapshotStateCompleted, Progress: aws.String("100%"), Encrypted: volume.Encrypted, KmsKeyId: volume.KmsKeyId,
		Description: aws.String(description), StorageTier: types.StorageTierStandard,
	}
	ec2In(r).snapshots[*snapshot.SnapshotId] = snapshot
	return snapshot
}

func (r *Request) ownSnapshot(id *string) (types.Snapshot, error) {
	if err := snapshotID.of(aws.ToString(id)); err != nil {
		return types.Snapshot{}, err
	}
	snapshot, ok := ec2In(r).snapshots[aws.ToString(id)]
	if !ok {
		return snapshot, failure("InvalidSnapshot.NotFound", "The snapshot '%s' does not exist.", aws.ToString(id))
	}
	return snapshot, nil
}

// modifySnapshotAttribute shares a snapshot or takes the share back. An encrypted snapshot
// cannot be shared with everyone.
func modifySnapshotAttribute(r *Request, in *ec2.ModifySnapshotAttributeInput) (*ec2.ModifySnapshotAttributeOutput, error) {
	snapshot, err := r.ownSnapshot(in.SnapshotId)
	if err != nil {
		return nil, err
	}
	shared := ec2In(r).shares[*snapshot.SnapshotId]
	if in.OperationType != "" {
		shared = shared.with(in.OperationType == types.OperationTypeAdd, in.GroupNames, in.UserIds)
	}
	if change := in.CreateVolumePermission; change != nil {
		groups, users := volumeGrantees(change.Add)
		shared = shared.with(true, groups, users)
		groups, users = volumeGrantees(change.Remove)
		shared = shared.with(false, groups, users)
	}
	if shared.public && *snapshot.Encrypted {
		return nil, failure("OperationNotPermitted", "Encrypted snapshots cannot be made public.")
	}
	ec2In(r).shares[*snapshot.SnapshotId] = shared
	return &ec2.ModifySnapshotAttributeOutput{}, nil
}

func volumeGrantees(permissions []types.CreateVolumePermission) (groups, users []string) {
	for _, p := range permissions {
		if p.UserId != nil {
			users = append(users, *p.UserId)
		}
		groups = append(groups, string(p.Group))
	}
	return groups, users
}

// everywhere calls visit with the EC2 of every account in the called region.
func (r *Request) everywhere(visit func(account string, state *ec2State)) {
	for key, state := range r.Cloud.states {
		if ec2, ok := state.(*ec2State); ok && key.region == r.Region {
			visit(key.account, ec2)
		}
	}
}

// visibleSnapshots are own snapshots and those that others share, by who owns them and who may
// restore them.
func (r *Request) visibleSnapshots(in *ec2.DescribeSnapshotsInput) (visible []types.Snapshot) {
	r.everywhere(func(owner string, theirs *ec2State) {
		for id, snapshot := range theirs.snapshots {
			shared := theirs.shares[id]
			if owner != r.Account && !shared.usableBy("all") && !shared.usableBy(r.Account) {
				continue
			}
			restorable := func(who string) bool { return shared.usableBy(who) || who == r.Account && owner == r.Account }
			if r.asked(in.OwnerIds, func(who string) bool { return who == owner }) && r.asked(in.RestorableByUserIds, restorable) {
				visible = append(visible, snapshot)
			}
		}
	})
	slices.SortFunc(visible, func(a, b types.Snapshot) int { return strings.Compare(*a.SnapshotId, *b.SnapshotId) })
	return visible
}

func describeSnapshots(r *Request, in *ec2.DescribeSnapshotsInput) (*ec2.DescribeSnapshotsOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.Snapshot]{
		ids: in.SnapshotIds, filters: in.Filters, token: in.NextToken, size: in.MaxResults, least: 5, most: 1000,
		missing: "InvalidSnapshot.NotFound", shape: snapshotID, id: func(s types.Snapshot) *string { return s.SnapshotId }, tags: state.tagsOf,
		values: func(s types.Snapshot, filter string) ([]string, bool) {
			switch filter {
			case "snapshot-id":
				return []string{*s.SnapshotId}, true
			case "volume-id":
				return []string{*s.VolumeId}, true
			case "owner-id":
				return []string{*s.OwnerId}, true
			case "status":
				return []string{string(s.State)}, true
			}
			return nil, false
		},
	}.from(r.visibleSnapshots(in))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Tags = state.tagsOf(*found[i].SnapshotId)
	}
	return &ec2.DescribeSnapshotsOutput{Snapshots: found, NextToken: next}, nil
}

// asked says whether any of the accounts that a call names is the one; self is the caller, and
// no name is everyone.
func (r *Request) asked(names []string, is func(string) bool) bool {
	return len(names) == 0 || slices.ContainsFunc(names, func(name string) bool {
		if name == "self" {
			name = r.Account
		}
		return is(name)
	})
}
