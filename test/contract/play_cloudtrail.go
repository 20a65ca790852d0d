package contract

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// trailDelivery lets CloudTrail write to the bucket, for the account.
const trailDelivery = `{"Version":"2012-10-17","Statement":[
	{"Sid":"Look","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::contract-trail"},
	{"Sid":"Write","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::contract-trail/*",
	 "Condition":{"StringEquals":{"s3:x-amz-acl":"bucket-owner-full-control"}}}]}`

// stage are the names that the trails' calls use.
type stage struct {
	home, away                   *cloudtrail.Client
	audit, auditARN, none        *string
	bucket, group, role, missing *string
}

func playCloudTrail(p *play) {
	s := setTrailStage(p)
	localARN := "arn:aws:cloudtrail:eu-west-1:" + p.script.Account + ":trail/local"
	call(p, "describe no trails", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{})
	call(p, "list no trails", s.home.ListTrails, &cloudtrail.ListTrailsInput{})
	playTrailRefusals(p, s)

	audit := &cloudtrail.CreateTrailInput{
		Name: s.audit, S3BucketName: s.bucket, IsMultiRegionTrail: aws.Bool(true), EnableLogFileValidation: aws.Bool(true),
		TagsList: []types.Tag{{Key: aws.String("owner"), Value: aws.String("audit")}, {Key: aws.String("empty"), Value: aws.String("")}},
	}
	call(p, "create audit", s.home.CreateTrail, audit)
	call(p, "create audit again", s.home.CreateTrail, audit)
	call(p, "create local in Ireland", s.away.CreateTrail, &cloudtrail.CreateTrailInput{Name: aws.String("local"), S3BucketName: s.bucket, S3KeyPrefix: aws.String("ireland"), IncludeGlobalServiceEvents: aws.Bool(false)})
	call(p, "describe at home", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{})
	call(p, "describe away", s.away.DescribeTrails, &cloudtrail.DescribeTrailsInput{})
	call(p, "describe away without shadows", s.away.DescribeTrails, &cloudtrail.DescribeTrailsInput{IncludeShadowTrails: aws.Bool(false)})
	call(p, "describe by name", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{*s.audit}})
	call(p, "describe by ARN", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{*s.auditARN}})
	call(p, "describe by ARN away", s.away.DescribeTrails, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{*s.auditARN}})
	call(p, "describe by no name", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{*s.none}})
	call(p, "describe Ireland's by ARN from home", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{localARN}})
	call(p, "list from home", s.home.ListTrails, &cloudtrail.ListTrailsInput{})
	call(p, "list from away", s.away.ListTrails, &cloudtrail.ListTrailsInput{})

	playTrailStatus(p, s)
	playEventSelectors(p, s)

	call(p, "list tags", s.home.ListTags, &cloudtrail.ListTagsInput{ResourceIdList: []string{*s.auditARN}})
	call(p, "list tags of none", s.home.ListTags, &cloudtrail.ListTagsInput{ResourceIdList: []string{*s.auditARN + "-gone"}})
	call(p, "list tags of who has none", s.away.ListTags, &cloudtrail.ListTagsInput{ResourceIdList: []string{localARN}})

	playTrailUpdates(p, s)
	playEvents(p, s)

	for _, name := range []string{"third", "fourth", "fifth"} {
		call(p, "create "+name+" in Ireland", s.away.CreateTrail, &cloudtrail.CreateTrailInput{Name: aws.String(name), S3BucketName: s.bucket})
	}
	call(p, "create one too many in Ireland", s.away.CreateTrail, &cloudtrail.CreateTrailInput{Name: aws.String("sixth"), S3BucketName: s.bucket})
	call(p, "delete audit away", s.away.DeleteTrail, &cloudtrail.DeleteTrailInput{Name: s.auditARN})
	call(p, "delete audit", s.home.DeleteTrail, &cloudtrail.DeleteTrailInput{Name: s.audit})
	call(p, "delete audit again", s.home.DeleteTrail, &cloudtrail.DeleteTrailInput{Name: s.audit})
	call(p, "describe the deleted", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{})
	call(p, "read the status of the deleted", s.home.GetTrailStatus, &cloudtrail.GetTrailStatusInput{Name: s.auditARN})
}

// setTrailStage makes what a trail needs: a log group and a role. The bucket's policy waits.
func setTrailStage(p *play) stage {
	config := p.in("us-east-1")
	arn := func(service, rest string) *string {
		region := ":us-east-1:"
		if service == "iam" {
			region = "::"
		}
		return aws.String("arn:aws:" + service + region + p.script.Account + ":" + rest)
	}
	s := stage{
		home: cloudtrail.NewFromConfig(config), away: cloudtrail.NewFromConfig(p.in("eu-west-1")),
		audit: aws.String("audit"), auditARN: arn("cloudtrail", "trail/audit"), none: aws.String("nothing"),
		bucket: aws.String("contract-trail"), group: arn("logs", "log-group:trail:*"), role: arn("iam", "role/trail"), missing: aws.String("contract-trail-none"),
	}
	scene(p, s3.NewFromConfig(config).CreateBucket, &s3.CreateBucketInput{Bucket: s.bucket})
	scene(p, logs.NewFromConfig(config).CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: aws.String("trail")})
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	write := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":"*"}]}`
	scene(p, iam.NewFromConfig(config).CreateRole, &iam.CreateRoleInput{RoleName: aws.String("trail"), AssumeRolePolicyDocument: aws.String(trust)})
	scene(p, iam.NewFromConfig(config).PutRolePolicy, &iam.PutRolePolicyInput{RoleName: aws.String("trail"), PolicyName: aws.String("write"), PolicyDocument: aws.String(write)})
	return s
}

// playTrailRefusals asks for trails that cannot be, all under the name that one has later: who
// does not refuse has it overwritten then.
func playTrailRefusals(p *play, s stage) {
	create := func(step string, in *cloudtrail.CreateTrailInput) {
		call(p, step, s.home.CreateTrail, in)
	}
	create("create without a bucket there", &cloudtrail.CreateTrailInput{Name: s.audit, S3BucketName: s.missing})
	create("create on a bucket without a policy", &cloudtrail.CreateTrailInput{Name: s.audit, S3BucketName: s.bucket})
	scene(p, s3.NewFromConfig(p.in("us-east-1")).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: s.bucket, Policy: aws.String(trailDelivery)})
	create("create with a short name", &cloudtrail.CreateTrailInput{Name: aws.String("a"), S3BucketName: s.bucket})
	create("create with a bad name", &cloudtrail.CreateTrailInput{Name: aws.String("-audit-"), S3BucketName: s.bucket})
	create("create with a group and no role", &cloudtrail.CreateTrailInput{Name: s.audit, S3BucketName: s.bucket, CloudWatchLogsLogGroupArn: s.group})
	create("create with a role and no group", &cloudtrail.CreateTrailInput{Name: s.audit, S3BucketName: s.bucket, CloudWatchLogsRoleArn: s.role})
	create("create with no such group", &cloudtrail.CreateTrailInput{Name: s.audit, S3BucketName: s.bucket, CloudWatchLogsLogGroupArn: aws.String(strings.Replace(*s.group, ":trail:", ":none:", 1)), CloudWatchLogsRoleArn: s.role})
	create("create with no such role", &cloudtrail.CreateTrailInput{Name: s.audit, S3BucketName: s.bucket, CloudWatchLogsLogGroupArn: s.group, CloudWatchLogsRoleArn: aws.String(*s.role + "-none")})
	create("create an organization's without one", &cloudtrail.CreateTrailInput{Name: s.audit, S3BucketName: s.bucket, IsOrganizationTrail: aws.Bool(true), IsMultiRegionTrail: aws.Bool(true)})
}

func playTrailStatus(p *play, s stage) {
	status := func(step string, client *cloudtrail.Client, name *string) {
		call(p, step, client.GetTrailStatus, &cloudtrail.GetTrailStatusInput{Name: name})
	}
	status("read the status of a new trail", s.home, s.audit)
	call(p, "start away", s.away.StartLogging, &cloudtrail.StartLoggingInput{Name: s.auditARN})
	call(p, "start by ARN", s.home.StartLogging, &cloudtrail.StartLoggingInput{Name: s.auditARN})
	call(p, "start", s.home.StartLogging, &cloudtrail.StartLoggingInput{Name: s.audit})
	call(p, "start again", s.home.StartLogging, &cloudtrail.StartLoggingInput{Name: s.audit})
	call(p, "start none", s.home.StartLogging, &cloudtrail.StartLoggingInput{Name: s.none})
	status("read the status", s.home, s.audit)
	status("read the status by ARN", s.home, s.auditARN)
	status("read the status by ARN away", s.away, s.auditARN)
	status("read the status by name away", s.away, s.audit)
	status("read the status of none", s.home, s.none)
	call(p, "stop", s.home.StopLogging, &cloudtrail.StopLoggingInput{Name: s.audit})
	status("read the status stopped", s.home, s.audit)
}

func playEventSelectors(p *play, s stage) {
	put := func(step string, client *cloudtrail.Client, in *cloudtrail.PutEventSelectorsInput) {
		if in.TrailName == nil {
			in.TrailName = s.auditARN
		}
		call(p, step, client.PutEventSelectors, in)
	}
	get := func(step string, name *string) {
		call(p, step, s.home.GetEventSelectors, &cloudtrail.GetEventSelectorsInput{TrailName: name})
	}
	basic := []types.EventSelector{{ReadWriteType: types.ReadWriteTypeAll, IncludeManagementEvents: aws.Bool(true), DataResources: []types.DataResource{{Type: aws.String("AWS::S3::Object"), Values: []string{"arn:aws:s3"}}}, ExcludeManagementEventSources: []string{}}}
	management := []types.AdvancedEventSelector{{Name: aws.String("management"), FieldSelectors: []types.AdvancedFieldSelector{{Field: aws.String("eventCategory"), Equals: []string{"Management"}}}}}
	get("read selectors never set", s.audit)
	put("select", s.home, &cloudtrail.PutEventSelectorsInput{EventSelectors: basic})
	get("read selectors", s.auditARN)
	put("select by default", s.home, &cloudtrail.PutEventSelectorsInput{EventSelectors: []types.EventSelector{{}}})
	get("read selectors by default", s.auditARN)
	put("select in the advanced form", s.home, &cloudtrail.PutEventSelectorsInput{AdvancedEventSelectors: management})
	get("read advanced selectors", s.auditARN)
	put("select in both forms", s.home, &cloudtrail.PutEventSelectorsInput{AdvancedEventSelectors: management, EventSelectors: basic})
	put("select in no form", s.home, &cloudtrail.PutEventSelectorsInput{})
	put("select without a category", s.home, &cloudtrail.PutEventSelectorsInput{AdvancedEventSelectors: []types.AdvancedEventSelector{{FieldSelectors: []types.AdvancedFieldSelector{{Field: aws.String("readOnly"), Equals: []string{"true"}}}}}})
	put("select in the advanced form again", s.home, &cloudtrail.PutEventSelectorsInput{AdvancedEventSelectors: management})
	put("select away", s.away, &cloudtrail.PutEventSelectorsInput{EventSelectors: basic})
	put("select for none", s.home, &cloudtrail.PutEventSelectorsInput{TrailName: s.none, EventSelectors: basic})
	get("read the selectors of none", s.none)
	call(p, "describe who selects", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{*s.auditARN}})
}

func playTrailUpdates(p *play, s stage) {
	update := func(step string, client *cloudtrail.Client, in *cloudtrail.UpdateTrailInput) {
		if in.Name == nil {
			in.Name = s.auditARN
		}
		call(p, step, client.UpdateTrail, in)
	}
	update("drop the validation", s.home, &cloudtrail.UpdateTrailInput{EnableLogFileValidation: aws.Bool(false)})
	update("deliver to a group and no role", s.home, &cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: s.group})
	update("deliver to no such group", s.home, &cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: aws.String(strings.Replace(*s.group, ":trail:", ":none:", 1)), CloudWatchLogsRoleArn: s.role})
	update("deliver as no such role", s.home, &cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: s.group, CloudWatchLogsRoleArn: aws.String(*s.role + "-none")})
	update("deliver to a group", s.home, &cloudtrail.UpdateTrailInput{CloudWatchLogsLogGroupArn: s.group, CloudWatchLogsRoleArn: s.role})
	update("deliver to no such bucket", s.home, &cloudtrail.UpdateTrailInput{S3BucketName: s.missing})
	update("deliver to the bucket under a prefix", s.home, &cloudtrail.UpdateTrailInput{S3BucketName: s.bucket, S3KeyPrefix: aws.String("home")})
	update("update away", s.away, &cloudtrail.UpdateTrailInput{EnableLogFileValidation: aws.Bool(true)})
	update("update none", s.home, &cloudtrail.UpdateTrailInput{Name: s.none, EnableLogFileValidation: aws.Bool(true)})
	call(p, "describe the updated", s.home.DescribeTrails, &cloudtrail.DescribeTrailsInput{TrailNameList: []string{*s.auditARN}})
}

// playEvents looks up what nobody did: who did what is recorded minutes later.
func playEvents(p *play, s stage) {
	named := func(names ...string) (attributes []types.LookupAttribute) {
		for _, name := range names {
			attributes = append(attributes, types.LookupAttribute{AttributeKey: types.LookupAttributeKeyResourceName, AttributeValue: aws.String(name)})
		}
		return attributes
	}
	look := func(step string, in *cloudtrail.LookupEventsInput) { call(p, step, s.home.LookupEvents, in) }
	look("look up who changed none", &cloudtrail.LookupEventsInput{LookupAttributes: named("none")})
	look("look up by two names", &cloudtrail.LookupEventsInput{LookupAttributes: named("none", "other")})
	look("look up too many", &cloudtrail.LookupEventsInput{LookupAttributes: named("none"), MaxResults: aws.Int32(51)})
}
