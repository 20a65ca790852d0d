package fakeaws_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

const amazonImage = "ami-0123456789abcdef0"

// run launches one instance into the default VPC.
func run(t *testing.T, client *ec2.Client, options *types.InstanceMetadataOptionsRequest) types.Instance {
	t.Helper()
	return answered(client.RunInstances(t.Context(), &ec2.RunInstancesInput{ImageId: aws.String(amazonImage), MinCount: aws.Int32(1), MaxCount: aws.Int32(1), MetadataOptions: options}))(t).Instances[0]
}

func describe(t *testing.T, client *ec2.Client, id string) types.Instance {
	t.Helper()
	return answered(client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}}))(t).Reservations[0].Instances[0]
}

func TestInstancesLiveAndAreSeenTerminated(t *testing.T) {
	_, client := newEC2(t)
	launch := &ec2.RunInstancesInput{ImageId: aws.String(amazonImage), MinCount: aws.Int32(1), MaxCount: aws.Int32(2)}
	refusedWith(client.RunInstances(t.Context(), launch))(t, "MissingInput")
	answered(client.CreateDefaultVpc(t.Context(), &ec2.CreateDefaultVpcInput{}))(t)
	launched := answered(client.RunInstances(t.Context(), launch))(t).Instances
	got := answered(client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{}))(t).Reservations
	if len(got) != 1 || len(got[0].Instances) != 2 {
		t.Fatalf("got %d reservations", len(got))
	}
	group := got[0].Instances[0].SecurityGroups[0]
	if *group.GroupName != "default" {
		t.Errorf("launched into %s", *group.GroupName)
	}
	interfaces := answered(client.DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{Filters: []types.Filter{{Name: aws.String("group-id"), Values: []string{*group.GroupId}}}}))(t).NetworkInterfaces
	if len(interfaces) != 2 {
		t.Errorf("%d interfaces in the group", len(interfaces))
	}
	refusedWith(client.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{*launched[0].InstanceId}, MaxResults: aws.Int32(1000)}))(t, "InvalidParameterCombination")
	answered(client.TerminateInstances(t.Context(), &ec2.TerminateInstancesInput{InstanceIds: []string{*launched[0].InstanceId}}))(t)
	if gone := describe(t, client, *launched[0].InstanceId); gone.State.Name != types.InstanceStateNameTerminated {
		t.Errorf("seen as %s", gone.State.Name)
	}
	refusedWith(client.ModifyInstanceMetadataOptions(t.Context(), &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: launched[0].InstanceId, HttpTokens: types.HttpTokensStateRequired}))(t, "IncorrectInstanceState")
}

func TestMetadataOptionsApplyLate(t *testing.T) {
	cloud, client := newEC2(t)
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return now })
	answered(client.CreateDefaultVpc(t.Context(), &ec2.CreateDefaultVpcInput{}))(t)
	id := *run(t, client, &types.InstanceMetadataOptionsRequest{HttpPutResponseHopLimit: aws.Int32(3)}).InstanceId
	cloud.DelayMetadataOptions(ec2Account, "us-east-1", time.Minute)
	now = now.Add(time.Hour)
	answered(client.ModifyInstanceMetadataOptions(t.Context(), &ec2.ModifyInstanceMetadataOptionsInput{InstanceId: aws.String(id), HttpTokens: types.HttpTokensStateRequired}))(t)
	for _, want := range []types.InstanceMetadataOptionsState{types.InstanceMetadataOptionsStatePending, types.InstanceMetadataOptionsStateApplied} {
		got := describe(t, client, id).MetadataOptions
		if got.State != want || got.HttpTokens != types.HttpTokensStateRequired || *got.HttpPutResponseHopLimit != 3 {
			t.Errorf("got %s %s %d, want %s", got.State, got.HttpTokens, *got.HttpPutResponseHopLimit, want)
		}
		now = now.Add(time.Minute)
	}
}

func TestMetadataDefaultsAreForLaunches(t *testing.T) {
	cloud, client := newEC2(t)
	answered(client.CreateDefaultVpc(t.Context(), &ec2.CreateDefaultVpcInput{}))(t)
	defaults := func() *types.InstanceMetadataDefaultsResponse {
		return answered(client.GetInstanceMetadataDefaults(t.Context(), &ec2.GetInstanceMetadataDefaultsInput{}))(t).AccountLevel
	}
	if d := defaults(); d.HttpTokens != "" || d.HttpPutResponseHopLimit != nil {
		t.Errorf("at first: %+v", d)
	}
	before := run(t, client, nil)
	answered(client.ModifyInstanceMetadataDefaults(t.Context(), &ec2.ModifyInstanceMetadataDefaultsInput{HttpTokens: types.MetadataDefaultHttpTokensStateRequired}))(t)
	if after := run(t, client, nil); before.MetadataOptions.HttpTokens != types.HttpTokensStateOptional || after.MetadataOptions.HttpTokens != types.HttpTokensStateRequired {
		t.Errorf("got %s before, %s after", before.MetadataOptions.HttpTokens, after.MetadataOptions.HttpTokens)
	}
	cloud.SetMetadataPolicy(ec2Account, "us-east-1", types.HttpTokensStateOptional)
	refusedWith(client.ModifyInstanceMetadataDefaults(t.Context(), &ec2.ModifyInstanceMetadataDefaultsInput{HttpTokens: types.MetadataDefaultHttpTokensStateRequired}))(t, "OperationNotPermitted")
	if d := defaults(); d.ManagedBy != types.ManagedByDeclarativePolicy || d.HttpTokens != types.HttpTokensStateOptional {
		t.Errorf("under a policy: %+v", d)
	}
}

func TestEncryptionByDefaultIsForNewVolumes(t *testing.T) {
	_, client := newEC2(t)
	create := func() *ec2.CreateVolumeOutput {
		return answered(client.CreateVolume(t.Context(), &ec2.CreateVolumeInput{AvailabilityZone: aws.String("us-east-1a"), Size: aws.Int32(1)}))(t)
	}
	before := create()
	answered(client.EnableEbsEncryptionByDefault(t.Context(), &ec2.EnableEbsEncryptionByDefaultInput{}))(t)
	after := create()
	if *before.Encrypted || !*after.Encrypted || *after.KmsKeyId != "arn:aws:kms:us-east-1:111111111111:alias/aws/ebs" {
		t.Errorf("got %v before, %v %s after", *before.Encrypted, *after.Encrypted, aws.ToString(after.KmsKeyId))
	}
	if !*answered(client.GetEbsEncryptionByDefault(t.Context(), &ec2.GetEbsEncryptionByDefaultInput{}))(t).EbsEncryptionByDefault {
		t.Error("not on")
	}
	snapshot := answered(client.CreateSnapshot(t.Context(), &ec2.CreateSnapshotInput{VolumeId: after.VolumeId}))(t).SnapshotId
	refusedWith(client.ModifySnapshotAttribute(t.Context(), &ec2.ModifySnapshotAttributeInput{
		SnapshotId: snapshot, CreateVolumePermission: &types.CreateVolumePermissionModifications{Add: []types.CreateVolumePermission{{Group: types.PermissionGroupAll}}},
	}))(t, "OperationNotPermitted")
}

func TestSharedSnapshotsAreFoundByWhoMayRestoreThem(t *testing.T) {
	cloud, client := newEC2(t)
	volume := answered(client.CreateVolume(t.Context(), &ec2.CreateVolumeInput{AvailabilityZone: aws.String("us-east-1a"), Size: aws.Int32(1)}))(t).VolumeId
	var ids []string
	for range 3 {
		ids = append(ids, *answered(client.CreateSnapshot(t.Context(), &ec2.CreateSnapshotInput{VolumeId: volume}))(t).SnapshotId)
	}
	share := func(id string, operation types.OperationType, groups, users []string) {
		answered(client.ModifySnapshotAttribute(t.Context(), &ec2.ModifySnapshotAttributeInput{
			SnapshotId: aws.String(id), Attribute: types.SnapshotAttributeNameCreateVolumePermission, OperationType: operation, GroupNames: groups, UserIds: users,
		}))(t)
	}
	share(ids[1], types.OperationTypeAdd, []string{"all"}, []string{"222222222222"})
	share(ids[2], types.OperationTypeAdd, nil, []string{"222222222222"})
	public := func(by *ec2.Client) int {
		return len(answered(by.DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{OwnerIds: []string{"self"}, RestorableByUserIds: []string{"all"}, MaxResults: aws.Int32(1000)}))(t).Snapshots)
	}
	if n := public(client); n != 1 {
		t.Errorf("%d own public snapshots, want 1", n)
	}
	other := ec2.NewFromConfig(cloud.ConfigFor("222222222222"))
	if n := public(other); n != 0 {
		t.Errorf("another account owns %d public snapshots", n)
	}
	if n := len(answered(other.DescribeSnapshots(t.Context(), &ec2.DescribeSnapshotsInput{}))(t).Snapshots); n != 2 {
		t.Errorf("another account sees %d, want 2", n)
	}
	share(ids[1], types.OperationTypeRemove, []string{"all"}, nil)
	left := answered(client.DescribeSnapshotAttribute(t.Context(), &ec2.DescribeSnapshotAttributeInput{SnapshotId: aws.String(ids[1]), Attribute: types.SnapshotAttributeNameCreateVolumePermission}))(t).CreateVolumePermissions
	if len(left) != 1 || aws.ToString(left[0].UserId) != "222222222222" || public(client) != 0 {
		t.Errorf("left: %+v", left)
	}
}

func TestImagesSayWhetherTheyArePublic(t *testing.T) {
	_, client := newEC2(t)
	answered(client.CreateDefaultVpc(t.Context(), &ec2.CreateDefaultVpcInput{}))(t)
	create := &ec2.CreateImageInput{InstanceId: run(t, client, nil).InstanceId, Name: aws.String("golden")}
	image := answered(client.CreateImage(t.Context(), create))(t).ImageId
	refusedWith(client.CreateImage(t.Context(), create))(t, "InvalidAMIName.Duplicate")
	seen := func() types.Image {
		return answered(client.DescribeImages(t.Context(), &ec2.DescribeImagesInput{Owners: []string{"self"}}))(t).Images[0]
	}
	if *seen().Public {
		t.Error("public at first")
	}
	answered(client.ModifyImageAttribute(t.Context(), &ec2.ModifyImageAttributeInput{ImageId: image, LaunchPermission: &types.LaunchPermissionModifications{Add: []types.LaunchPermission{{Group: types.PermissionGroupAll}}}}))(t)
	if !*seen().Public {
		t.Error("not public")
	}
	refusedWith(client.DeleteSnapshot(t.Context(), &ec2.DeleteSnapshotInput{SnapshotId: seen().BlockDeviceMappings[0].Ebs.SnapshotId}))(t, "InvalidSnapshot.InUse")
	refusedWith(client.DescribeImages(t.Context(), &ec2.DescribeImagesInput{ImageIds: []string{"ami-0"}}))(t, "InvalidAMIID.NotFound")
}

func TestFlowLogsFailInsideTheAnswer(t *testing.T) {
	cloud, client := newEC2(t)
	vpc := newVPC(t, client)
	ask := &ec2.CreateFlowLogsInput{
		ResourceIds: []string{vpc, "vpc-0"}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: types.TrafficTypeReject,
		LogDestinationType: types.LogDestinationTypeS3, LogDestination: aws.String("arn:aws:s3:::logs"), ClientToken: aws.String("once"),
	}
	first := answered(client.CreateFlowLogs(t.Context(), ask))(t)
	if len(first.FlowLogIds) != 1 || len(first.Unsuccessful) != 1 || *first.Unsuccessful[0].Error.Code != "InvalidVpcId.NotFound" {
		t.Fatalf("got %+v", first)
	}
	if again := answered(client.CreateFlowLogs(t.Context(), ask))(t); again.FlowLogIds[0] != first.FlowLogIds[0] {
		t.Error("the same token made another")
	}
	ask.ClientToken, ask.ResourceIds = aws.String("twice"), []string{vpc}
	refusedWith(client.CreateFlowLogs(t.Context(), ask))(t, "FlowLogAlreadyExists")
	cloud.FailFlowLogDelivery(ec2Account, "us-east-1", first.FlowLogIds[0], "Access error")
	got := answered(client.DescribeFlowLogs(t.Context(), &ec2.DescribeFlowLogsInput{Filter: []types.Filter{{Name: aws.String("resource-id"), Values: []string{vpc}}}}))(t).FlowLogs
	if len(got) != 1 || *got[0].DeliverLogsStatus != "FAILED" || *got[0].DeliverLogsErrorMessage != "Access error" {
		t.Errorf("got %+v", got)
	}
	ask.LogDestinationType = types.LogDestinationTypeCloudWatchLogs
	refusedWith(client.CreateFlowLogs(t.Context(), &ec2.CreateFlowLogsInput{ResourceIds: []string{vpc}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: types.TrafficTypeAll, LogGroupName: aws.String("g")}))(t, "InvalidParameter")
}
