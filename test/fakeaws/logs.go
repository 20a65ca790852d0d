package fakeaws

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	logs "github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatchlogs/types"
)

// logsState is CloudWatch Logs in one region of an account.
type logsState struct {
	groups   map[string]*logGroup
	policies map[string]types.ResourcePolicy
}

type logGroup struct {
	types.LogGroup
	tags    map[string]string
	filters map[string]*types.MetricFilter
}

// logsPage is both what CloudWatch Logs gives at once and the most it gives.
const logsPage = 50

// resourcePolicyQuota is how many resource policies a region holds.
const resourcePolicyQuota = 10

// retentions are the periods, in days, that PutRetentionPolicy takes.
var retentions = []int32{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func serveLogs(c *Cloud) {
	on(c, createLogGroup)
	on(c, describeLogGroups)
	on(c, deleteLogGroup)
	on(c, putRetentionPolicy)
	on(c, deleteRetentionPolicy)
	on(c, tagLogGroup)
	on(c, listLogGroupTags)
	on(c, putLogsResourcePolicy)
	on(c, describeLogsResourcePolicies)
	on(c, putMetricFilter)
	on(c, describeMetricFilters)
	on(c, deleteMetricFilter)
}

func noSuchLogGroup() error {
	return &types.ResourceNotFoundException{Message: aws.String("The specified log group does not exist.")}
}

func invalidLogsParameter(message string) error {
	return &types.InvalidParameterException{Message: aws.String(message)}
}

// pageOfLogs cuts a page as all lists of CloudWatch Logs are cut.
func pageOfLogs[T any](all []T, token *string, limit *int32) ([]T, *string, error) {
	if limit != nil && (*limit < 1 || *limit > logsPage) {
		return nil, nil, invalidLogsParameter("1 validation error detected: Value at 'limit' failed to satisfy constraint")
	}
	items, next, err := page(all, token, int(aws.ToInt32(limit)), logsPage, "")
	if err != nil {
		return nil, nil, invalidLogsParameter("The specified nextToken is invalid.")
	}
	return items, next, nil
}

// logGroup finds a log group of the called region by name.
func (r *Request) logGroup(name *string) (*logGroup, error) {
	group, ok := regional[logsState](r).groups[aws.ToString(name)]
	if !ok {
		return nil, noSuchLogGroup()
	}
	return group, nil
}

// logGroupByARN finds a log group by its ARN, with or without the :* that some calls want.
func (r *Request) logGroupByARN(arn *string) (*logGroup, error) {
	_, name, ok := strings.Cut(strings.TrimSuffix(aws.ToString(arn), ":*"), ":log-group:")
	if !ok {
		return nil, invalidLogsParameter("The specified resourceArn is not valid.")
	}
	return r.logGroup(&name)
}

var logGroupName = regexp.MustCompile(`^[.\-_/#A-Za-z0-9]{1,512}$`)

func createLogGroup(r *Request, in *logs.CreateLogGroupInput) (*logs.CreateLogGroupOutput, error) {
	state, name := regional[logsState](r), aws.ToString(in.LogGroupName)
	if !logGroupName.MatchString(name) {
		return nil, invalidLogsParameter("1 validation error detected: Value at 'logGroupName' failed to satisfy constraint")
	}
	if _, ok := state.groups[name]; ok {
		return nil, &types.ResourceAlreadyExistsException{Message: aws.String("The specified log group already exists")}
	}
	if state.groups == nil {
		state.groups = map[string]*logGroup{}
	}
	class := in.LogGroupClass
	if class == "" {
		class = types.LogGroupClassStandard
	}
	arn := r.ARN("logs", r.Region, "log-group:"+name)
	state.groups[name] = &logGroup{
		LogGroup: types.LogGroup{
			LogGroupName: aws.String(name), LogGroupArn: aws.String(arn), Arn: aws.String(arn + ":*"), LogGroupClass: class,
			CreationTime: aws.Int64(r.Now.UnixMilli()), KmsKeyId: in.KmsKeyId, StoredBytes: aws.Int64(0),
		},
		tags: maps.Clone(in.Tags), filters: map[string]*types.MetricFilter{},
	}
	return &logs.CreateLogGroupOutput{}, nil
}

func describeLogGroups(r *Request, in *logs.DescribeLogGroupsInput) (*logs.DescribeLogGroupsOutput, error) {
	if in.LogGroupNamePrefix != nil && in.LogGroupNamePattern != nil {
		return nil, invalidLogsParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	state := regional[logsState](r)
	all := []types.LogGroup{}
	for _, name := range slices.Sorted(maps.Keys(state.groups)) {
		group := state.groups[name]
		if strings.HasPrefix(name, aws.ToString(in.LogGroupNamePrefix)) && strings.Contains(name, aws.ToString(in.LogGroupNamePattern)) {
			shown := group.LogGroup
			shown.MetricFilterCount = aws.Int32(int32(len(group.filters)))
			all = append(all, shown)
		}
	}
	items, next, err := pageOfLogs(all, in.NextToken, in.Limit)
	if err != nil {
		return nil, err
	}
	return &logs.DescribeLogGroupsOutput{LogGroups: items, NextToken: next}, nil
}

func deleteLogGroup(r *Request, in *logs.DeleteLogGroupInput) (*logs.DeleteLogGroupOutput, error) {
	if _, err := r.logGroup(in.LogGroupName); err != nil {
		return nil, err
	}
	delete(regional[logsState](r).groups, *in.LogGroupName)
	return &logs.DeleteLogGroupOutput{}, nil
}

func putRetentionPolicy(r *Request, in *logs.PutRetentionPolicyInput) (*logs.PutRetentionPolicyOutput, error) {
	group, err := r.logGroup(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(retentions, aws.ToInt32(in.RetentionInDays)) || group.LogGroupClass == types.LogGroupClassDelivery {
		return nil, invalidLogsParameter("Invalid retention value.")
	}
	group.RetentionInDays = in.RetentionInDays
	return &logs.PutRetentionPolicyOutput{}, nil
}

func deleteRetentionPolicy(r *Request, in *logs.DeleteRetentionPolicyInput) (*logs.DeleteRetentionPolicyOutput, error) {
	group, err := r.logGroup(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	group.RetentionInDays = nil
	return &logs.DeleteRetentionPolicyOutput{}, nil
}

func tagLogGroup(r *Request, in *logs.TagResourceInput) (*logs.TagResourceOutput, error) {
	group, err := r.logGroupByARN(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	if group.tags == nil {
		group.tags = map[string]string{}
	}
	maps.Copy(group.tags, in.Tags)
	return &logs.TagResourceOutput{}, nil
}

func listLogGroupTags(r *Request, in *logs.ListTagsForResourceInput) (*logs.ListTagsForResourceOutput, error) {
	group, err := r.logGroupByARN(in.ResourceArn)
	if err != nil {
		return nil, err
	}
	tags := map[string]string{}
	maps.Copy(tags, group.tags)
	return &logs.ListTagsForResourceOutput{Tags: tags}, nil
}

func putLogsResourcePolicy(r *Request, in *logs.PutResourcePolicyInput) (*logs.PutResourcePolicyOutput, error) {
	state, name := regional[logsState](r), aws.ToString(in.PolicyName)
	if name == "" || in.PolicyDocument == nil {
		return nil, invalidLogsParameter("policyName and policyDocument are required.")
	}
	if _, ok := state.policies[name]; !ok && len(state.policies) == resourcePolicyQuota {
		return nil, &types.LimitExceededException{Message: aws.String("Resource limit exceeded.")}
	}
	if state.policies == nil {
		state.policies = map[string]types.ResourcePolicy{}
	}
	policy := types.ResourcePolicy{PolicyName: in.PolicyName, PolicyDocument: in.PolicyDocument, LastUpdatedTime: aws.Int64(r.Now.UnixMilli())}
	state.policies[name] = policy
	return &logs.PutResourcePolicyOutput{ResourcePolicy: &policy}, nil
}

func describeLogsResourcePolicies(r *Request, in *logs.DescribeResourcePoliciesInput) (*logs.DescribeResourcePoliciesOutput, error) {
	state := regional[logsState](r)
	all := []types.ResourcePolicy{}
	for _, name := range slices.Sorted(maps.Keys(state.policies)) {
		all = append(all, state.policies[name])
	}
	items, next, err := pageOfLogs(all, in.NextToken, in.Limit)
	if err != nil {
		return nil, err
	}
	return &logs.DescribeResourcePoliciesOutput{ResourcePolicies: items, NextToken: next}, nil
}
