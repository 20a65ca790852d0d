package contract

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
)

// network is the VPC of the script and its subnet.
type network struct{ vpc, subnet *string }

func playEC2(p *play) {
	home := ec2.NewFromConfig(p.in("us-east-1"))
	// AWS gives every account a default VPC; the fake's start without one.
	_, _ = home.CreateDefaultVpc(p.ctx, &ec2.CreateDefaultVpcInput{})

	call(p, "list two regions", home.DescribeRegions, &ec2.DescribeRegionsInput{RegionNames: []string{"us-east-1", "eu-west-1"}})
	call(p, "list regions", home.DescribeRegions, &ec2.DescribeRegionsInput{})
	call(p, "list no region", home.DescribeRegions, &ec2.DescribeRegionsInput{RegionNames: []string{"us-none-1"}})

	playEC2Settings(p, home)
	playEC2Sharing(p, home)
	net := playEC2VPCs(p, home)
	playEC2Subnets(p, home, net)
	playEC2Groups(p, home, net)
	playEC2FlowLogs(p, home, net)
	machine := playEC2Instances(p, home, net)
	playEC2Images(p, home, machine)
	playEC2Snapshots(p, home)
	playEC2Terminated(p, home, machine)

	call(p, "delete the VPC in use", home.DeleteVpc, &ec2.DeleteVpcInput{VpcId: net.vpc})
	call(p, "delete the subnet", home.DeleteSubnet, &ec2.DeleteSubnetInput{SubnetId: net.subnet})
}

func playEC2Settings(p *play, home *ec2.Client) {
	made, err := kms.NewFromConfig(p.in("us-east-1")).CreateKey(p.ctx, &kms.CreateKeyInput{})
	if err != nil {
		panic(err)
	}
	key := made.KeyMetadata
	call(p, "read encryption by default never set", home.GetEbsEncryptionByDefault, &ec2.GetEbsEncryptionByDefaultInput{})
	call(p, "encrypt by default", home.EnableEbsEncryptionByDefault, &ec2.EnableEbsEncryptionByDefaultInput{})
	call(p, "encrypt by default again", home.EnableEbsEncryptionByDefault, &ec2.EnableEbsEncryptionByDefaultInput{})
	call(p, "read encryption by default", home.GetEbsEncryptionByDefault, &ec2.GetEbsEncryptionByDefaultInput{})
	call(p, "read the default key never set", home.GetEbsDefaultKmsKeyId, &ec2.GetEbsDefaultKmsKeyIdInput{})
	call(p, "set the default key", home.ModifyEbsDefaultKmsKeyId, &ec2.ModifyEbsDefaultKmsKeyIdInput{KmsKeyId: key.Arn})
	call(p, "set the default key by its id", home.ModifyEbsDefaultKmsKeyId, &ec2.ModifyEbsDefaultKmsKeyIdInput{KmsKeyId: key.KeyId})
	call(p, "read the default key", home.GetEbsDefaultKmsKeyId, &ec2.GetEbsDefaultKmsKeyIdInput{})
	call(p, "reset the default key", home.ResetEbsDefaultKmsKeyId, &ec2.ResetEbsDefaultKmsKeyIdInput{})
	call(p, "read the default key reset", home.GetEbsDefaultKmsKeyId, &ec2.GetEbsDefaultKmsKeyIdInput{})
	call(p, "stop encrypting by default", home.DisableEbsEncryptionByDefault, &ec2.DisableEbsEncryptionByDefaultInput{})
	call(p, "read encryption by default stopped", home.GetEbsEncryptionByDefault, &ec2.GetEbsEncryptionByDefaultInput{})

	call(p, "read metadata defaults never set", home.GetInstanceMetadataDefaults, &ec2.GetInstanceMetadataDefaultsInput{})
	call(p, "require tokens by default", home.ModifyInstanceMetadataDefaults, &ec2.ModifyInstanceMetadataDefaultsInput{HttpTokens: types.MetadataDefaultHttpTokensStateRequired})
	call(p, "read metadata defaults", home.GetInstanceMetadataDefaults, &ec2.GetInstanceMetadataDefaultsInput{})
	call(p, "prefer no tokens by default", home.ModifyInstanceMetadataDefaults, &ec2.ModifyInstanceMetadataDefaultsInput{HttpTokens: types.MetadataDefaultHttpTokensStateNoPreference})
	call(p, "read metadata defaults of no preference", home.GetInstanceMetadataDefaults, &ec2.GetInstanceMetadataDefaultsInput{})
}

func playEC2Sharing(p *play, home *ec2.Client) {
	snapshots := func(step string) {
		call(p, step, home.GetSnapshotBlockPublicAccessState, &ec2.GetSnapshotBlockPublicAccessStateInput{})
	}
	images := func(step string) {
		call(p, step, home.GetImageBlockPublicAccessState, &ec2.GetImageBlockPublicAccessStateInput{})
	}
	blockSnapshots := func(step string, state types.SnapshotBlockPublicAccessState) {
		call(p, step, home.EnableSnapshotBlockPublicAccess, &ec2.EnableSnapshotBlockPublicAccessInput{State: state})
	}
	blockImages := func(step string, state types.ImageBlockPublicAccessEnabledState) {
		call(p, step, home.EnableImageBlockPublicAccess, &ec2.EnableImageBlockPublicAccessInput{ImageBlockPublicAccessState: state})
	}
	snapshots("read the sharing of snapshots never blocked")
	blockSnapshots("block the sharing of new snapshots", types.SnapshotBlockPublicAccessStateBlockNewSharing)
	snapshots("read the sharing of new snapshots blocked")
	blockSnapshots("block the sharing of all snapshots", types.SnapshotBlockPublicAccessStateBlockAllSharing)
	snapshots("read the sharing of all snapshots blocked")
	blockSnapshots("block the sharing of snapshots somehow", "somehow")
	call(p, "let snapshots be shared", home.DisableSnapshotBlockPublicAccess, &ec2.DisableSnapshotBlockPublicAccessInput{})
	call(p, "let snapshots be shared again", home.DisableSnapshotBlockPublicAccess, &ec2.DisableSnapshotBlockPublicAccessInput{})
	snapshots("read the sharing of snapshots let be")

	images("read the sharing of images never blocked")
	blockImages("block the sharing of images", types.ImageBlockPublicAccessEnabledStateBlockNewSharing)
	images("read the sharing of images blocked")
	blockImages("block the sharing of images somehow", "somehow")
	call(p, "let images be shared", home.DisableImageBlockPublicAccess, &ec2.DisableImageBlockPublicAccessInput{})
	call(p, "let images be shared again", home.DisableImageBlockPublicAccess, &ec2.DisableImageBlockPublicAccessInput{})
	images("read the sharing of images let be")
}

func playEC2VPCs(p *play, home *ec2.Client) network {
	tags := []types.TagSpecification{{ResourceType: types.ResourceTypeVpc, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}, {Key: aws.String("empty"), Value: aws.String("")}}}}
	call(p, "list the default VPC", home.DescribeVpcs, &ec2.DescribeVpcsInput{MaxResults: aws.Int32(1000)})
	call(p, "create a second default VPC", home.CreateDefaultVpc, &ec2.CreateDefaultVpcInput{})
	made := call(p, "create a VPC", home.CreateVpc, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16"), TagSpecifications: tags})
	net := network{vpc: made.Vpc.VpcId}
	call(p, "create a VPC too wide", home.CreateVpc, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/8")})
	call(p, "create a VPC of no block", home.CreateVpc, &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0")})
	subnet := call(p, "create a subnet", home.CreateSubnet, &ec2.CreateSubnetInput{VpcId: net.vpc, CidrBlock: aws.String("10.0.1.0/24"), AvailabilityZone: aws.String("us-east-1a")})
	net.subnet = subnet.Subnet.SubnetId
	call(p, "create a subnet over it", home.CreateSubnet, &ec2.CreateSubnetInput{VpcId: net.vpc, CidrBlock: aws.String("10.0.1.0/25")})
	call(p, "read the VPC", home.DescribeVpcs, &ec2.DescribeVpcsInput{VpcIds: []string{*net.vpc}})
	call(p, "list VPCs by tag", home.DescribeVpcs, &ec2.DescribeVpcsInput{Filters: where("tag:owner", "shop")})
	call(p, "list VPCs by what is none", home.DescribeVpcs, &ec2.DescribeVpcsInput{Filters: where("is-default", "false", "tag:owner", "none")})
	call(p, "list VPCs by no filter of theirs", home.DescribeVpcs, &ec2.DescribeVpcsInput{Filters: where("colour", "red")})
	call(p, "read no VPC", home.DescribeVpcs, &ec2.DescribeVpcsInput{VpcIds: []string{"vpc-00000000000000fff"}})
	call(p, "read a malformed VPC", home.DescribeVpcs, &ec2.DescribeVpcsInput{VpcIds: []string{"vpc-?"}})
	call(p, "try to list VPCs", home.DescribeVpcs, &ec2.DescribeVpcsInput{DryRun: aws.Bool(true)})
	call(p, "list too few VPCs", home.DescribeVpcs, &ec2.DescribeVpcsInput{MaxResults: aws.Int32(1)})
	for i := range 5 {
		call(p, fmt.Sprintf("create VPC %d more", i+1), home.CreateVpc, &ec2.CreateVpcInput{CidrBlock: aws.String(fmt.Sprintf("10.%d.0.0/16", i+1))})
	}
	first := call(p, "list a first page of VPCs", home.DescribeVpcs, &ec2.DescribeVpcsInput{MaxResults: aws.Int32(5)})
	call(p, "list the next page of VPCs", home.DescribeVpcs, &ec2.DescribeVpcsInput{MaxResults: aws.Int32(5), NextToken: first.NextToken})
	call(p, "list VPCs from nowhere", home.DescribeVpcs, &ec2.DescribeVpcsInput{MaxResults: aws.Int32(5), NextToken: aws.String("nowhere")})
	call(p, "list all VPCs", home.DescribeVpcs, &ec2.DescribeVpcsInput{})
	call(p, "delete no VPC", home.DeleteVpc, &ec2.DeleteVpcInput{VpcId: aws.String("vpc-00000000000000fff")})
	return net
}

func playEC2Subnets(p *play, home *ec2.Client, net network) {
	read := func(step string) {
		call(p, step, home.DescribeSubnets, &ec2.DescribeSubnetsInput{SubnetIds: []string{*net.subnet}})
	}
	public := func(step string, subnet *string, on bool) {
		call(p, step, home.ModifySubnetAttribute, &ec2.ModifySubnetAttributeInput{SubnetId: subnet, MapPublicIpOnLaunch: &types.AttributeBooleanValue{Value: &on}})
	}
	none := aws.String("subnet-00000000000000fff")
	read("read the subnet")
	call(p, "list subnets of the VPC", home.DescribeSubnets, &ec2.DescribeSubnetsInput{Filters: where("vpc-id", *net.vpc), MaxResults: aws.Int32(1000)})
	call(p, "list subnets of no VPC", home.DescribeSubnets, &ec2.DescribeSubnetsInput{Filters: where("vpc-id", "vpc-00000000000000fff")})
	call(p, "list subnets by no filter of theirs", home.DescribeSubnets, &ec2.DescribeSubnetsInput{Filters: where("colour", "red")})
	call(p, "list too few subnets", home.DescribeSubnets, &ec2.DescribeSubnetsInput{Filters: where("vpc-id", *net.vpc), MaxResults: aws.Int32(4)})
	call(p, "read no subnet", home.DescribeSubnets, &ec2.DescribeSubnetsInput{SubnetIds: []string{*none}})
	public("give addresses out in the subnet", net.subnet, true)
	read("read the subnet that gives addresses out")
	public("give addresses out in the subnet again", net.subnet, true)
	public("give no addresses out in the subnet", net.subnet, false)
	read("read the subnet that gives none out")
	public("give no addresses out in no subnet", none, false)
}

// where makes filters of pairs of a name and a value.
func where(pairs ...string) []types.Filter {
	var filters []types.Filter
	for i := 0; i < len(pairs); i += 2 {
		filters = append(filters, types.Filter{Name: aws.String(pairs[i]), Values: []string{pairs[i+1]}})
	}
	return filters
}

func playEC2FlowLogs(p *play, home *ec2.Client, net network) {
	trust := aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"vpc-flow-logs.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	unrecorded(p, iam.NewFromConfig(p.config).CreateRole, &iam.CreateRoleInput{RoleName: aws.String("flows"), AssumeRolePolicyDocument: trust})
	unrecorded(p, cloudwatchlogs.NewFromConfig(p.in("us-east-1")).CreateLogGroup, &cloudwatchlogs.CreateLogGroupInput{LogGroupName: aws.String("flows")})
	toGroup := func(resource *string, traffic types.TrafficType) *ec2.CreateFlowLogsInput {
		return &ec2.CreateFlowLogsInput{
			ResourceIds: []string{*resource}, ResourceType: types.FlowLogsResourceTypeVpc, TrafficType: traffic, LogDestinationType: types.LogDestinationTypeCloudWatchLogs,
			LogGroupName: aws.String("flows"), DeliverLogsPermissionArn: aws.String("arn:aws:iam::" + p.script.Account + ":role/flows"),
			TagSpecifications: []types.TagSpecification{{ResourceType: types.ResourceTypeVpcFlowLog, Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("us")}}}},
		}
	}
	token := func(in *ec2.CreateFlowLogsInput) *ec2.CreateFlowLogsInput {
		in.ClientToken = aws.String("contract")
		return in
	}
	none := aws.String("vpc-00000000000000fff")
	call(p, "list no flow logs", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{})
	made := call(p, "create a flow log", home.CreateFlowLogs, token(toGroup(net.vpc, types.TrafficTypeReject)))
	call(p, "create the flow log by the same token", home.CreateFlowLogs, token(toGroup(net.vpc, types.TrafficTypeReject)))
	call(p, "create the flow log again", home.CreateFlowLogs, toGroup(net.vpc, types.TrafficTypeReject))
	call(p, "create a flow log of no VPC", home.CreateFlowLogs, toGroup(none, types.TrafficTypeAll))
	partly := toGroup(net.vpc, types.TrafficTypeAll)
	partly.ResourceIds = append(partly.ResourceIds, *none)
	call(p, "create a flow log of a VPC and of none", home.CreateFlowLogs, partly)
	roleless := toGroup(net.vpc, types.TrafficTypeAccept)
	roleless.DeliverLogsPermissionArn = nil
	call(p, "create a flow log without a role", home.CreateFlowLogs, roleless)
	roleless.DeliverLogsPermissionArn = aws.String("arn:aws:iam::" + p.script.Account + ":role/none")
	call(p, "create a flow log by no role", home.CreateFlowLogs, roleless)
	groupless := toGroup(net.vpc, types.TrafficTypeAccept)
	groupless.LogGroupName = nil
	call(p, "create a flow log without a group", home.CreateFlowLogs, groupless)
	call(p, "list flow logs", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{MaxResults: aws.Int32(1000)})
	call(p, "list flow logs of the VPC", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{Filter: where("resource-id", *net.vpc)})
	call(p, "list flow logs of no VPC", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{Filter: where("resource-id", *none)})
	call(p, "list flow logs by traffic", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{Filter: where("traffic-type", "REJECT")})
	first := call(p, "list a first page of flow logs", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{MaxResults: aws.Int32(1)})
	call(p, "list the next page of flow logs", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{MaxResults: aws.Int32(1), NextToken: first.NextToken})
	call(p, "read no flow log", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{FlowLogIds: []string{"fl-00000000000000fff"}})
	call(p, "delete the flow log", home.DeleteFlowLogs, &ec2.DeleteFlowLogsInput{FlowLogIds: made.FlowLogIds})
	call(p, "delete the flow log again", home.DeleteFlowLogs, &ec2.DeleteFlowLogsInput{FlowLogIds: made.FlowLogIds})
	call(p, "read the flow log deleted", home.DescribeFlowLogs, &ec2.DescribeFlowLogsInput{FlowLogIds: made.FlowLogIds})
	call(p, "create the flow log anew", home.CreateFlowLogs, toGroup(net.vpc, types.TrafficTypeReject))
}

// unrecorded makes a call that only sets the scene.
func unrecorded[I, O, P any](p *play, method func(context.Context, *I, ...func(*P)) (*O, error), in *I) *O {
	out, err := method(p.ctx, in)
	if err != nil {
		panic(err)
	}
	return out
}
