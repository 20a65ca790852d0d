package contract

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// plainAlarm is an alarm as the operator raises it.
func plainAlarm(name string, actions ...string) *cloudwatch.PutMetricAlarmInput {
	return &cloudwatch.PutMetricAlarmInput{
		AlarmName: aws.String(name), AlarmDescription: aws.String("Raised on it."), ActionsEnabled: aws.Bool(true), AlarmActions: actions,
		Namespace: aws.String("Contract"), MetricName: aws.String("Root"), Statistic: types.StatisticSum, Period: aws.Int32(300), EvaluationPeriods: aws.Int32(1),
		Threshold: aws.Float64(1), ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold, TreatMissingData: aws.String("notBreaching"),
		Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("audit")}},
	}
}

func playCloudWatch(p *play) {
	client := cloudwatch.NewFromConfig(p.in("us-east-1"))
	topic := "arn:aws:sns:us-east-1:" + p.script.Account + ":alerts"
	describe := func(step string, in *cloudwatch.DescribeAlarmsInput) *cloudwatch.DescribeAlarmsOutput {
		return call(p, step, client.DescribeAlarms, in)
	}
	put := func(step string, in *cloudwatch.PutMetricAlarmInput) { call(p, step, client.PutMetricAlarm, in) }

	describe("describe no alarms", &cloudwatch.DescribeAlarmsInput{})
	put("raise", plainAlarm("root", topic))
	describe("describe the alarm", &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"root"}, AlarmTypes: []types.AlarmType{types.AlarmTypeMetricAlarm}, MaxRecords: aws.Int32(100)})
	bare := plainAlarm("bare")
	bare.AlarmDescription, bare.ActionsEnabled, bare.TreatMissingData, bare.Tags = nil, nil, nil, nil
	put("raise the least", bare)
	describe("describe the least", &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"bare"}})
	full := plainAlarm("full", topic)
	full.ActionsEnabled, full.DatapointsToAlarm, full.Unit = aws.Bool(false), aws.Int32(1), types.StandardUnitCount
	full.OKActions, full.InsufficientDataActions = []string{topic}, []string{topic}
	full.Dimensions = []types.Dimension{{Name: aws.String("Table"), Value: aws.String("orders")}}
	full.Statistic, full.ExtendedStatistic = "", aws.String("p99")
	put("raise the most", full)
	describe("describe the most", &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"full"}})
	sum := plainAlarm("sum")
	sum.Namespace, sum.MetricName, sum.Statistic, sum.Period = nil, nil, "", nil
	sum.Metrics = []types.MetricDataQuery{
		{Id: aws.String("e1"), Expression: aws.String("m1 * 2"), Label: aws.String("twice"), ReturnData: aws.Bool(true)},
		{Id: aws.String("m1"), ReturnData: aws.Bool(false), MetricStat: &types.MetricStat{Metric: &types.Metric{Namespace: aws.String("Contract"), MetricName: aws.String("Root")}, Period: aws.Int32(300), Stat: aws.String("Sum")}},
	}
	put("raise on what is calculated", sum)
	describe("describe what is calculated", &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"sum"}})

	describe("describe alarms by two names", &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"root", "none"}})
	describe("describe alarms by no name", &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"none"}})
	describe("describe alarms by prefix", &cloudwatch.DescribeAlarmsInput{AlarmNamePrefix: aws.String("ro")})
	describe("describe alarms by state", &cloudwatch.DescribeAlarmsInput{StateValue: types.StateValueAlarm})
	describe("describe composite alarms", &cloudwatch.DescribeAlarmsInput{AlarmTypes: []types.AlarmType{types.AlarmTypeCompositeAlarm}})
	first := describe("describe a first page of alarms", &cloudwatch.DescribeAlarmsInput{MaxRecords: aws.Int32(3)})
	describe("describe the next page of alarms", &cloudwatch.DescribeAlarmsInput{MaxRecords: aws.Int32(3), NextToken: first.NextToken})
	describe("describe too many alarms", &cloudwatch.DescribeAlarmsInput{MaxRecords: aws.Int32(101)})
	describe("describe alarms after a bad token", &cloudwatch.DescribeAlarmsInput{NextToken: aws.String("no token")})
	call(p, "describe alarms elsewhere", cloudwatch.NewFromConfig(p.in("eu-west-1")).DescribeAlarms, &cloudwatch.DescribeAlarmsInput{})

	put("raise less than before", func() *cloudwatch.PutMetricAlarmInput {
		in := plainAlarm("root")
		in.AlarmDescription, in.TreatMissingData, in.Tags = nil, nil, nil
		return in
	}())
	describe("describe the replaced", &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{"root"}})

	put("raise with six actions", plainAlarm("bad", strings.Split(strings.Repeat(topic+" ", 6)[:6*len(topic)+5], " ")...))
	without := func(step string, drop func(*cloudwatch.PutMetricAlarmInput)) {
		in := plainAlarm("bad", topic)
		drop(in)
		put(step, in)
	}
	without("raise without a metric", func(in *cloudwatch.PutMetricAlarmInput) { in.MetricName = nil })
	without("raise without a period", func(in *cloudwatch.PutMetricAlarmInput) { in.Period = nil })
	without("raise without a statistic", func(in *cloudwatch.PutMetricAlarmInput) { in.Statistic = "" })
	without("raise without a threshold", func(in *cloudwatch.PutMetricAlarmInput) { in.Threshold = nil })
	without("raise with an odd period", func(in *cloudwatch.PutMetricAlarmInput) { in.Period = aws.Int32(45) })
	without("raise when data is missed oddly", func(in *cloudwatch.PutMetricAlarmInput) { in.TreatMissingData = aws.String("odd") })

	call(p, "delete alarms", client.DeleteAlarms, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{"root", "full", "sum", "bad"}})
	call(p, "delete an alarm again", client.DeleteAlarms, &cloudwatch.DeleteAlarmsInput{AlarmNames: []string{"root"}})
	describe("describe the alarms left", &cloudwatch.DescribeAlarmsInput{})
}
