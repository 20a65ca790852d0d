package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	config "github.com/aws/aws-sdk-go-v2/service/configservice"
	"github.com/aws/aws-sdk-go-v2/service/configservice/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// configDelivery lets Config write to the bucket.
const configDelivery = `{"Version":"2012-10-17","Statement":[
	{"Sid":"Look","Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":["s3:GetBucketAcl","s3:ListBucket"],"Resource":"arn:aws:s3:::contract-config"},
	{"Sid":"Write","Effect":"Allow","Principal":{"Service":"config.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::contract-config/*",
	 "Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}]}`

func playConfig(p *play) {
	client := config.NewFromConfig(p.in("us-east-1"))
	scene(p, iam.NewFromConfig(p.in("us-east-1")).CreateServiceLinkedRole, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")})
	scene(p, s3.NewFromConfig(p.in("us-east-1")).CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("contract-config")})

	readConfig(p, client, "at first")
	call(p, "start no recorder", client.StartConfigurationRecorder, &config.StartConfigurationRecorderInput{ConfigurationRecorderName: aws.String("main")})
	putChannel(p, client, "put a channel before a recorder", "main", "contract-config")
	playRecorders(p, client)
	call(p, "start without a channel", client.StartConfigurationRecorder, &config.StartConfigurationRecorderInput{ConfigurationRecorderName: aws.String("main")})
	readConfig(p, client, "without a channel")
	playChannels(p, client)
	readConfig(p, client, "before the start")
	call(p, "start", client.StartConfigurationRecorder, &config.StartConfigurationRecorderInput{ConfigurationRecorderName: aws.String("main")})
	call(p, "start again", client.StartConfigurationRecorder, &config.StartConfigurationRecorderInput{ConfigurationRecorderName: aws.String("main")})
	call(p, "start none", client.StartConfigurationRecorder, &config.StartConfigurationRecorderInput{ConfigurationRecorderName: aws.String("none")})
	readConfig(p, client, "after the start")
	call(p, "describe a recorder elsewhere", config.NewFromConfig(p.in("eu-west-1")).DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{})

	call(p, "describe recorders by name", client.DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{ConfigurationRecorderNames: []string{"main"}})
	call(p, "describe recorders by no name", client.DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{ConfigurationRecorderNames: []string{"none"}})
	call(p, "describe status by no name", client.DescribeConfigurationRecorderStatus, &config.DescribeConfigurationRecorderStatusInput{ConfigurationRecorderNames: []string{"none"}})
	call(p, "describe channels by name", client.DescribeDeliveryChannels, &config.DescribeDeliveryChannelsInput{DeliveryChannelNames: []string{"main"}})
	call(p, "describe channels by no name", client.DescribeDeliveryChannels, &config.DescribeDeliveryChannelsInput{DeliveryChannelNames: []string{"none"}})

	call(p, "delete the channel of who records", client.DeleteDeliveryChannel, &config.DeleteDeliveryChannelInput{DeliveryChannelName: aws.String("main")})
	call(p, "stop", client.StopConfigurationRecorder, &config.StopConfigurationRecorderInput{ConfigurationRecorderName: aws.String("main")})
	readConfig(p, client, "after the stop")
	call(p, "delete the channel", client.DeleteDeliveryChannel, &config.DeleteDeliveryChannelInput{DeliveryChannelName: aws.String("main")})
	call(p, "delete the channel again", client.DeleteDeliveryChannel, &config.DeleteDeliveryChannelInput{DeliveryChannelName: aws.String("main")})
	call(p, "delete the recorder", client.DeleteConfigurationRecorder, &config.DeleteConfigurationRecorderInput{ConfigurationRecorderName: aws.String("main")})
	call(p, "delete the recorder again", client.DeleteConfigurationRecorder, &config.DeleteConfigurationRecorderInput{ConfigurationRecorderName: aws.String("main")})
	readConfig(p, client, "at last")
}

// readConfig reads all that the operator reads.
func readConfig(p *play, client *config.Client, when string) {
	call(p, "describe recorders "+when, client.DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{})
	call(p, "describe status "+when, client.DescribeConfigurationRecorderStatus, &config.DescribeConfigurationRecorderStatusInput{})
	call(p, "describe channels "+when, client.DescribeDeliveryChannels, &config.DescribeDeliveryChannelsInput{})
}

func playRecorders(p *play, client *config.Client) {
	linked := "arn:aws:iam::" + p.script.Account + ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
	put := func(step, name, role string, group *types.RecordingGroup) {
		call(p, step, client.PutConfigurationRecorder, &config.PutConfigurationRecorderInput{
			ConfigurationRecorder: &types.ConfigurationRecorder{Name: aws.String(name), RoleARN: aws.String(role), RecordingGroup: group},
			Tags:                  []types.Tag{{Key: aws.String("owner"), Value: aws.String("audit")}},
		})
	}
	only := func(strategy types.RecordingStrategyType) *types.RecordingStrategy {
		return &types.RecordingStrategy{UseOnly: strategy}
	}
	all := &types.RecordingGroup{AllSupported: true, IncludeGlobalResourceTypes: true, RecordingStrategy: only(types.RecordingStrategyTypeAllSupportedResourceTypes)}
	some := []types.ResourceType{types.ResourceTypeBucket, types.ResourceTypeRole}
	put("record as no such role", "main", linked+"-none", all)
	put("record nothing", "main", linked, &types.RecordingGroup{})
	put("record all and some", "main", linked, &types.RecordingGroup{AllSupported: true, ResourceTypes: some})
	put("record the world's with some", "main", linked, &types.RecordingGroup{IncludeGlobalResourceTypes: true, ResourceTypes: some})
	put("record against the strategy", "main", linked, &types.RecordingGroup{AllSupported: true, RecordingStrategy: only(types.RecordingStrategyTypeExclusionByResourceTypes)})
	put("record by default", "main", linked, nil)
	call(p, "describe who records by default", client.DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{})
	put("record some", "main", linked, &types.RecordingGroup{ResourceTypes: some})
	call(p, "describe who records some", client.DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{})
	put("record all but some", "main", linked, &types.RecordingGroup{ExclusionByResourceTypes: &types.ExclusionByResourceTypes{ResourceTypes: some}, RecordingStrategy: only(types.RecordingStrategyTypeExclusionByResourceTypes)})
	call(p, "describe who records all but some", client.DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{})
	put("record all", "main", linked, all)
	made := call(p, "describe who records all", client.DescribeConfigurationRecorders, &config.DescribeConfigurationRecordersInput{})
	put("record twice", "second", linked, all)

	gone := aws.String("arn:aws:config:us-east-1:" + p.script.Account + ":configuration-recorder/none/0123456789abcdef")
	call(p, "list the tags of no recorder", client.ListTagsForResource, &config.ListTagsForResourceInput{ResourceArn: gone})
	recorder := gone
	if len(made.ConfigurationRecorders) == 1 && made.ConfigurationRecorders[0].Arn != nil {
		recorder = made.ConfigurationRecorders[0].Arn
	}
	call(p, "list the tags of a recorder", client.ListTagsForResource, &config.ListTagsForResourceInput{ResourceArn: recorder})
}

func putChannel(p *play, client *config.Client, step, name, bucket string) {
	call(p, step, client.PutDeliveryChannel, &config.PutDeliveryChannelInput{DeliveryChannel: &types.DeliveryChannel{Name: aws.String(name), S3BucketName: aws.String(bucket)}})
}

func playChannels(p *play, client *config.Client) {
	putChannel(p, client, "put a channel to no bucket", "main", "contract-config-none")
	putChannel(p, client, "put a channel to a closed bucket", "main", "contract-config")
	scene(p, s3.NewFromConfig(p.in("us-east-1")).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: aws.String("contract-config"), Policy: aws.String(configDelivery)})
	putChannel(p, client, "put a channel", "main", "contract-config")
	putChannel(p, client, "put a channel again", "main", "contract-config")
	putChannel(p, client, "put a second channel", "second", "contract-config")
}
