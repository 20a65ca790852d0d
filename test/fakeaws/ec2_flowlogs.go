package fakeaws

import (
	"cmp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

func serveFlowLogs(c *Cloud) {
	onEC2(c, createFlowLogs)
	onEC2(c, describeFlowLogs)
	onEC2(c, func(r *Request, in *ec2.DeleteFlowLogsInput) (*ec2.DeleteFlowLogsOutput, error) {
		state, out := ec2In(r), &ec2.DeleteFlowLogsOutput{Unsuccessful: []types.UnsuccessfulItem{}}
		for _, id := range in.FlowLogIds {
			if _, ok := state.flowLogs[id]; !ok {
				out.Unsuccessful = append(out.Unsuccessful, unsuccessful(id, "InvalidFlowLogId.NotFound", "These flow log ids in the input list are not found"))
			}
			delete(state.flowLogs, id)
			delete(state.tags, id)
		}
		return out, nil
	})
}

func unsuccessful(resource, code, message string) types.UnsuccessfulItem {
	return types.UnsuccessfulItem{ResourceId: aws.String(resource), Error: &types.UnsuccessfulItemError{Code: aws.String(code), Message: aws.String(message)}}
}

// plainFormat is how flow logs are written where nobody asks for another format.
const plainFormat = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}"

// createFlowLogs makes one flow log for each resource. What goes wrong with one resource is in
// the answer, not an error, but for one flow log that is there already; a token that was used
// answers again what it answered.
func createFlowLogs(r *Request, in *ec2.CreateFlowLogsInput) (*ec2.CreateFlowLogsOutput, error) {
	state, token := ec2In(r), aws.ToString(in.ClientToken)
	out := &ec2.CreateFlowLogsOutput{ClientToken: in.ClientToken, FlowLogIds: []string{}, Unsuccessful: []types.UnsuccessfulItem{}}
	if ids, used := state.tokens[token]; used && token != "" {
		out.FlowLogIds = slices.Clone(ids)
		return out, nil
	}
	template, err := r.flowLog(in)
	if err != nil {
		return nil, err
	}
	tags, err := tagsFor(in.TagSpecifications, types.ResourceTypeVpcFlowLog)
	if err != nil {
		return nil, err
	}
	for _, resource := range in.ResourceIds {
		if code, message := state.refusesFlowLog(template, resource); code != "" {
			if code == flowLogExists && len(in.ResourceIds) == 1 {
				return nil, failure(code, "%s", message)
			}
			out.Unsuccessful = append(out.Unsuccessful, unsuccessful(resource, code, message))
			continue
		}
		made := template
		made.FlowLogId, made.ResourceId = aws.String(r.id("fl")), aws.String(resource)
		state.flowLogs[*made.FlowLogId] = made
		state.tag(*made.FlowLogId, tags[types.ResourceTypeVpcFlowLog])
		out.FlowLogIds = append(out.FlowLogIds, *made.FlowLogId)
	}
	if token != "" && len(out.FlowLogIds) > 0 {
		state.tokens[token] = slices.Clone(out.FlowLogIds)
	}
	return out, nil
}

const flowLogExists = "FlowLogAlreadyExists"

func (r *Request) flowLog(in *ec2.CreateFlowLogsInput) (types.FlowLog, error) {
	made := types.FlowLog{
		CreationTime: aws.Time(r.Now), FlowLogStatus: aws.String("ACTIVE"), DeliverLogsStatus: aws.String("SUCCESS"), TrafficType: in.TrafficType,
		LogDestinationType: cmp.Or(in.LogDestinationType, types.LogDestinationTypeCloudWatchLogs), LogDestination: in.LogDestination, LogGroupName: in.LogGroupName,
		DeliverLogsPermissionArn: in.DeliverLogsPermissionArn, MaxAggregationInterval: in.MaxAggregationInterval, LogFormat: in.LogFormat,
	}
	if made.LogFormat == nil {
		made.LogFormat = aws.String(plainFormat)
	}
	if made.MaxAggregationInterval == nil {
		made.MaxAggregationInterval = aws.Int32(600)
	}
	return made, r.refusesDelivery(in, made.LogDestinationType)
}

// refusesDelivery says why a flow log could not be delivered as it asks for.
func (r *Request) refusesDelivery(in *ec2.CreateFlowLogsInput, to types.LogDestinationType) error {
	switch {
	case in.TrafficType == "":
		return failure("MissingParameter", "The request must contain the parameter TrafficType")
	case to != types.LogDestinationTypeCloudWatchLogs:
		if in.LogDestination == nil {
			return failure("InvalidParameter", "LogDestination can't be empty.")
		}
	case in.DeliverLogsPermissionArn == nil:
		return failure("InvalidParameter", "DeliverLogsPermissionArn can't be empty if LogDestinationType is cloud-watch-logs.")
	case in.LogGroupName == nil && in.LogDestination == nil:
		return failure("InvalidParameter", "LogDestination can't be empty.")
	default:
		role := r.roleByARN(*in.DeliverLogsPermissionArn)
		if role == nil || !role.trusts("vpc-flow-logs.amazonaws.com") {
			return failure("InvalidParameter", "Unable to assume given IAM role")
		}
	}
	return nil
}

// refusesFlowLog says why a resource cannot have the flow log, or nothing.
func (s *ec2State) refusesFlowLog(template types.FlowLog, resource string) (code, message string) {
	if _, ok := s.vpcs[resource]; !ok {
		return "InvalidVpcId.NotFound", "The vpc ID '" + resource + "' does not exist"
	}
	for _, have := range s.flowLogs {
		same := *have.ResourceId == resource && have.TrafficType == template.TrafficType &&
			aws.ToString(have.LogGroupName) == aws.ToString(template.LogGroupName) && aws.ToString(have.LogDestination) == aws.ToString(template.LogDestination)
		if same {
			return flowLogExists, "Error. There is an existing Flow Log with the same configuration and log destination."
		}
	}
	return "", ""
}

func describeFlowLogs(r *Request, in *ec2.DescribeFlowLogsInput) (*ec2.DescribeFlowLogsOutput, error) {
	state := ec2In(r)
	found, next, err := listing[types.FlowLog]{
		ids: in.FlowLogIds, filters: in.Filter, token: in.NextToken, size: in.MaxResults, least: 1, most: 1000,
		missing: "InvalidFlowLogId.NotFound", id: func(f types.FlowLog) *string { return f.FlowLogId }, tags: state.tagsOf,
		values: func(f types.FlowLog, filter string) ([]string, bool) {
			switch filter {
			case "resource-id":
				return []string{*f.ResourceId}, true
			case "flow-log-id":
				return []string{*f.FlowLogId}, true
			case "traffic-type":
				return []string{string(f.TrafficType)}, true
			case "log-group-name":
				return []string{aws.ToString(f.LogGroupName)}, true
			case "deliver-log-status":
				return []string{aws.ToString(f.DeliverLogsStatus)}, true
			case "log-destination-type":
				return []string{string(f.LogDestinationType)}, true
			}
			return nil, false
		},
	}.from(inOrder(state.flowLogs))
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Tags = state.tagsOf(*found[i].FlowLogId)
	}
	return &ec2.DescribeFlowLogsOutput{FlowLogs: found, NextToken: next}, nil
}

// FailFlowLogDelivery makes a flow log's delivery fail with the message, as a lost role does.
func (c *Cloud) FailFlowLogDelivery(account, region, id, message string) {
	c.edit(account, region, func(r *Request) {
		flowLog := ec2In(r).flowLogs[id]
		flowLog.DeliverLogsStatus, flowLog.DeliverLogsErrorMessage = aws.String("FAILED"), aws.String(message)
		ec2In(r).flowLogs[id] = flowLog
	})
}
