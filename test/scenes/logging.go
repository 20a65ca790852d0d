package scenes

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	snstypes "github.com/aws/aws-sdk-go-v2/service/sns/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// alarmScenes are all set alike: a trail whose events nobody hears of.
func alarmScenes() (all []Scene) {
	for control, declared := range map[string]v1alpha1.MonitoringPosture{
		"alarm-unauthorized-api":      {AlarmUnauthorizedAPI: &v1alpha1.TrailAlarm{}},
		"alarm-signin-without-mfa":    {AlarmSigninWithoutMFA: &v1alpha1.TrailAlarm{}},
		"alarm-iam-policy-changes":    {AlarmIAMPolicyChanges: &v1alpha1.TrailAlarm{}},
		"alarm-cloudtrail-changes":    {AlarmCloudTrailChanges: &v1alpha1.TrailAlarm{}},
		"alarm-console-auth-failures": {AlarmConsoleAuthFailures: &v1alpha1.TrailAlarm{}},
		"alarm-kms-key-loss":          {AlarmKMSKeyLoss: &v1alpha1.TrailAlarm{}},
		"alarm-s3-policy-changes":     {AlarmS3PolicyChanges: &v1alpha1.TrailAlarm{}},
		"alarm-config-changes":        {AlarmConfigChanges: &v1alpha1.TrailAlarm{}},
		"alarm-sg-changes":            {AlarmSGChanges: &v1alpha1.TrailAlarm{}},
		"alarm-nacl-changes":          {AlarmNACLChanges: &v1alpha1.TrailAlarm{}},
		"alarm-gateway-changes":       {AlarmGatewayChanges: &v1alpha1.TrailAlarm{}},
		"alarm-route-table-changes":   {AlarmRouteTableChanges: &v1alpha1.TrailAlarm{}},
		"alarm-vpc-changes":           {AlarmVPCChanges: &v1alpha1.TrailAlarm{}},
		"alarm-organizations-changes": {AlarmOrganizationsChanges: &v1alpha1.TrailAlarm{}},
	} {
		all = append(all, Scene{Control: control, Settled: v1alpha1.Pass, set: trailWithTopic, Posture: v1alpha1.Posture{Monitoring: declared}})
	}
	return all
}

var loggingScenes = []Scene{
	{
		Control: "elb-access-logging", Settled: v1alpha1.Pass, set: loadBalancer,
		Posture: v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{ELBAccessLogging: &v1alpha1.ELBAccessLogging{BucketName: "access-logs"}}},
		OffWire: "Moto does not show access_logs.s3.enabled of a load balancer that never had it set", OnWire: v1alpha1.Unknown,
	},
	{
		Control: "cloudtrail-multi-region", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{CloudTrailMultiRegion: &v1alpha1.CloudTrailMultiRegion{}}},
	},
	{
		Control: "cloudtrail-log-validation", Settled: v1alpha1.Pass, set: trail,
		Posture: v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{CloudTrailLogValidation: &v1alpha1.CloudTrailLogValidation{}}},
	},
	{
		Control: "log-group-retention", Settled: v1alpha1.Pass, set: logGroups,
		Posture: v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{LogGroupRetention: &v1alpha1.LogGroupRetention{MinDays: 365}}},
	},
	{
		Control: "alarm-root-usage", Settled: v1alpha1.Pass, set: trailWithTopic,
		Posture: v1alpha1.Posture{Monitoring: v1alpha1.MonitoringPosture{AlarmRootUsage: &v1alpha1.AlarmRootUsage{}}},
	},
	{
		Control: "config-recorder", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{Monitoring: v1alpha1.MonitoringPosture{ConfigRecorder: &v1alpha1.ConfigRecorder{}}},
		OffWire: "Moto ignores the tags of CreateBucket, by which the second region knows the bucket of the first", OnWire: v1alpha1.Fail,
	},
}

// trail records all regions into a bucket of its own, and writes no digests.
func trail(s *stage) {
	home := s3.NewFromConfig(s.in("us-east-1"))
	policy := `{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::scene-trail"},
		{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::scene-trail/AWSLogs/ACCOUNT/*"}]}`
	do(s, home.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("scene-trail")})
	do(s, home.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: aws.String("scene-trail"), Policy: aws.String(strings.ReplaceAll(policy, "ACCOUNT", s.account()))})
	trails := cloudtrail.NewFromConfig(s.in("us-east-1"))
	do(s, trails.CreateTrail, &cloudtrail.CreateTrailInput{Name: aws.String("audit"), S3BucketName: aws.String("scene-trail"), IsMultiRegionTrail: aws.Bool(true), IncludeGlobalServiceEvents: aws.Bool(true)})
	do(s, trails.StartLogging, &cloudtrail.StartLoggingInput{Name: aws.String("audit")})
}

// trailWithTopic has, besides the trail, a topic that a queue hears: no mail waits to be confirmed.
func trailWithTopic(s *stage) {
	trail(s)
	topics := sns.NewFromConfig(s.in("us-east-1"))
	topic := do(s, topics.CreateTopic, &sns.CreateTopicInput{Name: aws.String("guardrails-alarms"), Tags: []snstypes.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String("aws-guardrails")}}}).TopicArn
	do(s, topics.Subscribe, &sns.SubscribeInput{TopicArn: topic, Protocol: aws.String("sqs"), Endpoint: aws.String("arn:aws:sqs:us-east-1:" + s.account() + ":pager")})
}

// logGroups keep their logs too short, long enough, and forever.
func logGroups(s *stage) {
	client := logs.NewFromConfig(s.in("eu-west-1"))
	for name, days := range map[string]int32{"short": 30, "long": 731, "forever": 0} {
		do(s, client.CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: aws.String(name)})
		if days > 0 {
			do(s, client.PutRetentionPolicy, &logs.PutRetentionPolicyInput{LogGroupName: aws.String(name), RetentionInDays: aws.Int32(days)})
		}
	}
}

// loadBalancer stands in two zones, as one must, beside a bucket that may take its log.
func loadBalancer(s *stage) {
	buckets := s3.NewFromConfig(s.in("us-east-1"))
	do(s, buckets.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("access-logs")})
	do(s, buckets.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: aws.String("access-logs"), Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logdelivery.elasticloadbalancing.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::access-logs/*"}]}`,
	)})
	home, network := vpc(s), ec2.NewFromConfig(s.in("us-east-1"))
	in := &elb.CreateLoadBalancerInput{Name: aws.String("shop")}
	for zone, block := range map[string]string{"us-east-1a": "10.1.0.0/24", "us-east-1b": "10.1.1.0/24"} {
		made := do(s, network.CreateSubnet, &ec2.CreateSubnetInput{VpcId: home, CidrBlock: aws.String(block), AvailabilityZone: aws.String(zone)})
		if made.Subnet != nil {
			in.Subnets = append(in.Subnets, *made.Subnet.SubnetId)
		}
	}
	do(s, elb.NewFromConfig(s.in("us-east-1")).CreateLoadBalancer, in)
}
