package contract

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

func playLogs(p *play) {
	client := logs.NewFromConfig(p.in("us-east-1"))
	app, rare, trail, none := aws.String("contract/app"), aws.String("contract/rare"), aws.String("contract/trail"), aws.String("contract/none")

	describe := func(step string, in *logs.DescribeLogGroupsInput) *logs.DescribeLogGroupsOutput {
		return call(p, step, client.DescribeLogGroups, in)
	}
	describe("describe no groups", &logs.DescribeLogGroupsInput{})
	call(p, "create app", client.CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: app})
	call(p, "create trail with tags", client.CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: trail, Tags: map[string]string{"owner": "audit", "empty": ""}})
	call(p, "create rare", client.CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: rare, LogGroupClass: types.LogGroupClassInfrequentAccess})
	call(p, "create app again", client.CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: app})
	call(p, "create with a long name", client.CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: aws.String(strings.Repeat("a", 513))})
	describe("describe all", &logs.DescribeLogGroupsInput{})
	describe("describe by prefix", &logs.DescribeLogGroupsInput{LogGroupNamePrefix: trail})
	describe("describe by no prefix", &logs.DescribeLogGroupsInput{LogGroupNamePrefix: none})
	describe("describe by pattern", &logs.DescribeLogGroupsInput{LogGroupNamePattern: aws.String("act/r")})
	describe("describe by prefix and pattern", &logs.DescribeLogGroupsInput{LogGroupNamePrefix: trail, LogGroupNamePattern: aws.String("rail")})
	first := describe("describe a first page", &logs.DescribeLogGroupsInput{Limit: aws.Int32(2)})
	describe("describe the next page", &logs.DescribeLogGroupsInput{Limit: aws.Int32(2), NextToken: first.NextToken})
	describe("describe a page of just all", &logs.DescribeLogGroupsInput{Limit: aws.Int32(3)})
	describe("describe too many", &logs.DescribeLogGroupsInput{Limit: aws.Int32(51)})
	describe("describe after a bad token", &logs.DescribeLogGroupsInput{NextToken: aws.String("no token")})
	call(p, "describe elsewhere", logs.NewFromConfig(p.in("eu-west-1")).DescribeLogGroups, &logs.DescribeLogGroupsInput{})

	retain := func(step string, name *string, days int32) {
		call(p, step, client.PutRetentionPolicy, &logs.PutRetentionPolicyInput{LogGroupName: name, RetentionInDays: aws.Int32(days)})
	}
	retain("retain for a year", app, 365)
	describe("describe who retains", &logs.DescribeLogGroupsInput{LogGroupNamePrefix: app})
	retain("retain for longer", app, 731)
	describe("describe who retains longer", &logs.DescribeLogGroupsInput{LogGroupNamePrefix: app})
	retain("retain for none", none, 365)
	retain("retain for a period that is none", app, 366)
	call(p, "retain for ever", client.DeleteRetentionPolicy, &logs.DeleteRetentionPolicyInput{LogGroupName: app})
	describe("describe who retains for ever", &logs.DescribeLogGroupsInput{LogGroupNamePrefix: app})

	tags := func(step, resource string) {
		call(p, step, client.ListTagsForResource, &logs.ListTagsForResourceInput{ResourceArn: aws.String(resource)})
	}
	prefix := "arn:aws:logs:us-east-1:" + p.script.Account + ":log-group:"
	tags("list tags", prefix+*trail)
	tags("list tags by the ARN of streams", prefix+*trail+":*")
	tags("list tags of who has none", prefix+*app)
	tags("list the tags of none", prefix+*none)
	tags("list the tags of what is no ARN", *app)

	playMetricFilters(p, client)

	call(p, "delete trail", client.DeleteLogGroup, &logs.DeleteLogGroupInput{LogGroupName: trail})
	call(p, "delete trail again", client.DeleteLogGroup, &logs.DeleteLogGroupInput{LogGroupName: trail})
	call(p, "describe the filters of the deleted", client.DescribeMetricFilters, &logs.DescribeMetricFiltersInput{LogGroupName: trail})
	describe("describe the groups left", &logs.DescribeLogGroupsInput{})
	call(p, "create with a bad name", client.CreateLogGroup, &logs.CreateLogGroupInput{LogGroupName: aws.String("no name!")})
}

func playMetricFilters(p *play, client *logs.Client) {
	trail, none := aws.String("contract/trail"), aws.String("contract/none")
	counts := func(metric string) []types.MetricTransformation {
		return []types.MetricTransformation{{MetricNamespace: aws.String("Contract"), MetricName: aws.String(metric), MetricValue: aws.String("1")}}
	}
	put := func(step string, in *logs.PutMetricFilterInput) {
		if in.LogGroupName == nil {
			in.LogGroupName = trail
		}
		if in.FilterName == nil {
			in.FilterName = aws.String("root")
		}
		if in.FilterPattern == nil {
			in.FilterPattern = aws.String(`{ $.userIdentity.type = "Root" }`)
		}
		if in.MetricTransformations == nil {
			in.MetricTransformations = counts("Root")
		}
		call(p, step, client.PutMetricFilter, in)
	}
	describe := func(step string, in *logs.DescribeMetricFiltersInput) *logs.DescribeMetricFiltersOutput {
		return call(p, step, client.DescribeMetricFilters, in)
	}
	describe("describe no filters", &logs.DescribeMetricFiltersInput{LogGroupName: trail})
	describe("describe no filters at all", &logs.DescribeMetricFiltersInput{})
	describe("describe the filters of none", &logs.DescribeMetricFiltersInput{LogGroupName: none})
	put("filter", &logs.PutMetricFilterInput{})
	describe("describe the filter", &logs.DescribeMetricFiltersInput{LogGroupName: trail})
	put("filter otherwise", &logs.PutMetricFilterInput{FilterPattern: aws.String(`{ $.eventName = "ConsoleLogin" }`), MetricTransformations: []types.MetricTransformation{{MetricNamespace: aws.String("Contract"), MetricName: aws.String("Login"), MetricValue: aws.String("2"), DefaultValue: aws.Float64(0), Unit: types.StandardUnitCount}}})
	describe("describe the filter replaced", &logs.DescribeMetricFiltersInput{LogGroupName: trail})
	put("filter also", &logs.PutMetricFilterInput{FilterName: aws.String("all"), FilterPattern: aws.String("")})
	describe("describe both filters", &logs.DescribeMetricFiltersInput{LogGroupName: trail})
	describe("describe filters by prefix", &logs.DescribeMetricFiltersInput{LogGroupName: trail, FilterNamePrefix: aws.String("ro")})
	describe("describe filters by metric", &logs.DescribeMetricFiltersInput{MetricNamespace: aws.String("Contract"), MetricName: aws.String("Login")})
	describe("describe filters by half a metric", &logs.DescribeMetricFiltersInput{MetricName: aws.String("Login")})
	first := describe("describe a first page of filters", &logs.DescribeMetricFiltersInput{LogGroupName: trail, Limit: aws.Int32(1)})
	describe("describe the next page of filters", &logs.DescribeMetricFiltersInput{LogGroupName: trail, Limit: aws.Int32(1), NextToken: first.NextToken})
	call(p, "describe the group with filters", client.DescribeLogGroups, &logs.DescribeLogGroupsInput{LogGroupNamePrefix: trail})
	put("filter none", &logs.PutMetricFilterInput{LogGroupName: none})
	put("filter what is rarely read", &logs.PutMetricFilterInput{LogGroupName: aws.String("contract/rare")})
	put("filter by a pattern that does not end", &logs.PutMetricFilterInput{FilterName: aws.String("bad"), FilterPattern: aws.String(`{ $.eventName = "ConsoleLogin"`)})
	put("filter by a long pattern", &logs.PutMetricFilterInput{FilterName: aws.String("bad"), FilterPattern: aws.String(strings.Repeat("a", 1025))})
	put("filter to two metrics", &logs.PutMetricFilterInput{FilterName: aws.String("bad"), MetricTransformations: append(counts("Root"), counts("Login")...)})
	put("filter to no metric", &logs.PutMetricFilterInput{FilterName: aws.String("bad"), MetricTransformations: []types.MetricTransformation{}})
	put("filter by a bad name", &logs.PutMetricFilterInput{FilterName: aws.String("no:name*")})
	call(p, "delete a filter", client.DeleteMetricFilter, &logs.DeleteMetricFilterInput{LogGroupName: trail, FilterName: aws.String("all")})
	call(p, "delete a filter again", client.DeleteMetricFilter, &logs.DeleteMetricFilterInput{LogGroupName: trail, FilterName: aws.String("all")})
}
