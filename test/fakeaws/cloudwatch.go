package fakeaws

import (
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// alarmState is CloudWatch in one region of an account: alarms by name.
type alarmState struct {
	alarms map[string]types.MetricAlarm
	tags   map[string]map[string]string
}

// Bounds of alarms.
const (
	alarmPage       = 100
	usualAlarmPage  = 50
	actionsPerState = 5
)

func serveCloudWatch(c *Cloud) {
	on(c, putMetricAlarm)
	on(c, describeAlarms)
	on(c, deleteAlarms)
	on(c, func(r *Request, in *cloudwatch.EnableAlarmActionsInput) (*cloudwatch.EnableAlarmActionsOutput, error) {
		r.switchActions(in.AlarmNames, true)
		return &cloudwatch.EnableAlarmActionsOutput{}, nil
	})
	on(c, func(r *Request, in *cloudwatch.DisableAlarmActionsInput) (*cloudwatch.DisableAlarmActionsOutput, error) {
		r.switchActions(in.AlarmNames, false)
		return &cloudwatch.DisableAlarmActionsOutput{}, nil
	})
	on(c, listAlarmTags)
}

func invalidAlarm(message string) error { return failure("ValidationError", "%s", message) }

// putMetricAlarm replaces the alarm of the name whole: what is left out is gone.
func putMetricAlarm(r *Request, in *cloudwatch.PutMetricAlarmInput) (*cloudwatch.PutMetricAlarmOutput, error) {
	if err := checkAlarm(in); err != nil {
		return nil, err
	}
	name, state := aws.ToString(in.AlarmName), regional[alarmState](r)
	if state.alarms == nil {
		state.alarms, state.tags = map[string]types.MetricAlarm{}, map[string]map[string]string{}
	}
	if _, ok := state.alarms[name]; !ok {
		state.tags[name] = map[string]string{}
		for _, tag := range in.Tags {
			state.tags[name][aws.ToString(tag.Key)] = aws.ToString(tag.Value)
		}
	}
	state.alarms[name] = types.MetricAlarm{
		AlarmName: in.AlarmName, AlarmArn: aws.String(r.ARN("cloudwatch", r.Region, "alarm:"+name)), AlarmDescription: in.AlarmDescription,
		ActionsEnabled: aws.Bool(in.ActionsEnabled == nil || *in.ActionsEnabled), AlarmActions: spelledList(in.AlarmActions), OKActions: spelledList(in.OKActions),
		InsufficientDataActions: spelledList(in.InsufficientDataActions), MetricName: in.MetricName, Namespace: in.Namespace, Statistic: in.Statistic,
		ExtendedStatistic: in.ExtendedStatistic, Dimensions: append([]types.Dimension{}, in.Dimensions...), Period: in.Period, Unit: in.Unit, EvaluationPeriods: in.EvaluationPeriods,
		DatapointsToAlarm: in.DatapointsToAlarm, Threshold: in.Threshold, ComparisonOperator: in.ComparisonOperator, TreatMissingData: in.TreatMissingData,
		Metrics: slices.Clone(in.Metrics), StateValue: types.StateValueInsufficientData, StateReason: aws.String("Unchecked: Initial alarm creation"), AlarmConfigurationUpdatedTimestamp: aws.Time(r.Now), StateUpdatedTimestamp: aws.Time(r.Now),
	}
	return &cloudwatch.PutMetricAlarmOutput{}, nil
}

// What alarms take besides whole minutes, and for what is missed.
var (
	shortPeriods = []int32{10, 20, 30}
	missingData  = []string{"breaching", "notBreaching", "ignore", "missing"}
)

func isPeriod(seconds int32) bool {
	return slices.Contains(shortPeriods, seconds) || seconds > 0 && seconds%60 == 0
}

func checkAlarm(in *cloudwatch.PutMetricAlarmInput) error {
	single := in.MetricName != nil && in.Namespace != nil && in.Period != nil && (in.Statistic == "") != (in.ExtendedStatistic == nil)
	switch {
	case len(in.Metrics) == 0 && !single:
		return invalidAlarm("MetricName, Namespace, Period and one of Statistic and ExtendedStatistic are required")
	case in.EvaluationPeriods == nil || in.Threshold == nil:
		return invalidAlarm("EvaluationPeriods and Threshold are required")
	}
	return checkAlarmValues(in)
}

func checkAlarmValues(in *cloudwatch.PutMetricAlarmInput) error {
	switch {
	case in.Period != nil && !isPeriod(*in.Period):
		return invalidAlarm("Period must be 10, 20, 30 or a multiple of 60")
	case in.TreatMissingData != nil && !slices.Contains(missingData, *in.TreatMissingData):
		return invalidAlarm("TreatMissingData must be one of breaching, notBreaching, ignore, missing")
	case max(len(in.AlarmActions), len(in.OKActions), len(in.InsufficientDataActions)) > actionsPerState:
		return invalidAlarm("Member must have length less than or equal to 5")
	}
	return nil
}

func spelledList(list []string) []string { return append([]string{}, list...) }

func (r *Request) switchActions(names []string, enabled bool) {
	state := regional[alarmState](r)
	for _, name := range names {
		if alarm, ok := state.alarms[name]; ok {
			alarm.ActionsEnabled = aws.Bool(enabled)
			state.alarms[name] = alarm
		}
	}
}

func describeAlarms(r *Request, in *cloudwatch.DescribeAlarmsInput) (*cloudwatch.DescribeAlarmsOutput, error) {
	state := regional[alarmState](r)
	all := []types.MetricAlarm{}
	for _, name := range slices.Sorted(maps.Keys(state.alarms)) {
		alarm := state.alarms[name]
		switch {
		case len(in.AlarmNames) > 0 && !slices.Contains(in.AlarmNames, name),
			!strings.HasPrefix(name, aws.ToString(in.AlarmNamePrefix)),
			in.StateValue != "" && in.StateValue != alarm.StateValue,
			len(in.AlarmTypes) > 0 && !slices.Contains(in.AlarmTypes, types.AlarmTypeMetricAlarm):
			continue
		}
		all = append(all, alarm)
	}
	size := usualAlarmPage
	if in.MaxRecords != nil {
		size = int(*in.MaxRecords)
		if size < 1 || size > alarmPage {
			return nil, invalidAlarm("Value at 'maxRecords' failed to satisfy constraint: Member must have value less than or equal to 100")
		}
	}
	items, next, err := page(all, in.NextToken, size, alarmPage, "")
	if err != nil {
		return nil, &types.InvalidNextToken{Message: aws.String("The token is not valid.")}
	}
	return &cloudwatch.DescribeAlarmsOutput{MetricAlarms: items, CompositeAlarms: []types.CompositeAlarm{}, NextToken: next}, nil
}

func deleteAlarms(r *Request, in *cloudwatch.DeleteAlarmsInput) (*cloudwatch.DeleteAlarmsOutput, error) {
	for _, name := range in.AlarmNames {
		delete(regional[alarmState](r).alarms, name)
	}
	return &cloudwatch.DeleteAlarmsOutput{}, nil
}

func listAlarmTags(r *Request, in *cloudwatch.ListTagsForResourceInput) (*cloudwatch.ListTagsForResourceOutput, error) {
	_, name, _ := strings.Cut(aws.ToString(in.ResourceARN), ":alarm:")
	tags, ok := regional[alarmState](r).tags[name]
	if !ok {
		return nil, &types.ResourceNotFoundException{Message: aws.String("Alarm not found"), ResourceType: aws.String("Alarm")}
	}
	out := &cloudwatch.ListTagsForResourceOutput{Tags: []types.Tag{}}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		out.Tags = append(out.Tags, types.Tag{Key: aws.String(key), Value: aws.String(tags[key])})
	}
	return out, nil
}
