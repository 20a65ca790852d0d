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

// Bounds of metric filters.
const (
	filtersPerGroup  = 100
	maxFilterPattern = 1024
)

var filterName = regexp.MustCompile(`^[^:*]{1,512}$`)

func putMetricFilter(r *Request, in *logs.PutMetricFilterInput) (*logs.PutMetricFilterOutput, error) {
	group, err := r.logGroup(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	name, pattern := aws.ToString(in.FilterName), aws.ToString(in.FilterPattern)
	switch {
	case !filterName.MatchString(name):
		return nil, invalidLogsParameter("1 validation error detected: Value at 'filterName' failed to satisfy constraint")
	case len(in.MetricTransformations) != 1, len(pattern) > maxFilterPattern, !balanced(pattern):
		return nil, invalidLogsParameter("Invalid metric filter pattern")
	case group.LogGroupClass != types.LogGroupClassStandard:
		return nil, &types.InvalidOperationException{Message: aws.String("The log group class does not support metric filters.")}
	case group.filters[name] == nil && len(group.filters) == filtersPerGroup:
		return nil, &types.LimitExceededException{Message: aws.String("Resource limit exceeded.")}
	}
	group.filters[name] = &types.MetricFilter{
		FilterName: in.FilterName, FilterPattern: in.FilterPattern, LogGroupName: in.LogGroupName, CreationTime: aws.Int64(r.Now.UnixMilli()),
		MetricTransformations: slices.Clone(in.MetricTransformations), FieldSelectionCriteria: in.FieldSelectionCriteria, ApplyOnTransformedLogs: in.ApplyOnTransformedLogs,
	}
	return &logs.PutMetricFilterOutput{}, nil
}

// balanced says whether the brackets of a pattern close.
func balanced(pattern string) bool {
	for _, pair := range []string{"{}", "()", "[]"} {
		if strings.Count(pattern, pair[:1]) != strings.Count(pattern, pair[1:]) {
			return false
		}
	}
	return true
}

func describeMetricFilters(r *Request, in *logs.DescribeMetricFiltersInput) (*logs.DescribeMetricFiltersOutput, error) {
	state := regional[logsState](r)
	names := slices.Sorted(maps.Keys(state.groups))
	if in.LogGroupName != nil {
		if _, err := r.logGroup(in.LogGroupName); err != nil {
			return nil, err
		}
		names = []string{*in.LogGroupName}
	}
	if (in.MetricName == nil) != (in.MetricNamespace == nil) {
		return nil, invalidLogsParameter("metricName and metricNamespace go together.")
	}
	all := []types.MetricFilter{}
	for _, name := range names {
		filters := state.groups[name].filters
		for _, filter := range slices.Sorted(maps.Keys(filters)) {
			if strings.HasPrefix(filter, aws.ToString(in.FilterNamePrefix)) && emits(filters[filter], in.MetricNamespace, in.MetricName) {
				all = append(all, *filters[filter])
			}
		}
	}
	items, next, err := pageOfLogs(all, in.NextToken, in.Limit)
	if err != nil {
		return nil, err
	}
	return &logs.DescribeMetricFiltersOutput{MetricFilters: items, NextToken: next}, nil
}

// emits says whether a filter feeds the metric; no metric is any.
func emits(filter *types.MetricFilter, namespace, name *string) bool {
	return name == nil || slices.ContainsFunc(filter.MetricTransformations, func(t types.MetricTransformation) bool {
		return aws.ToString(t.MetricNamespace) == *namespace && aws.ToString(t.MetricName) == *name
	})
}

func deleteMetricFilter(r *Request, in *logs.DeleteMetricFilterInput) (*logs.DeleteMetricFilterOutput, error) {
	group, err := r.logGroup(in.LogGroupName)
	if err != nil {
		return nil, err
	}
	if _, ok := group.filters[aws.ToString(in.FilterName)]; !ok {
		return nil, &types.ResourceNotFoundException{Message: aws.String("The specified metric filter does not exist.")}
	}
	delete(group.filters, *in.FilterName)
	return &logs.DeleteMetricFilterOutput{}, nil
}
