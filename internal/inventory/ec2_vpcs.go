package inventory

// VPCs are the VPCs that the account owns; those that others share with it are theirs.
var VPCs = Collection[VPC]{Name: "ec2.vpcs", Scope: Regional}

// VPC is a VPC with the flow logs on it, in order of id. Flow logs on its subnets and
// interfaces are not among them: they see a part of it.
type VPC struct {
	Ref
	Default  bool
	FlowLogs []FlowLog
}

// FlowLog is a flow log.
type FlowLog struct {
	ID string
	// Active: it is not being made or broken.
	Active bool
	// Traffic that it records: ACCEPT, REJECT or ALL.
	Traffic string
	// DeliveryError is why records do not arrive; empty while they do.
	DeliveryError string
	Destination   string
	// Own: we made it.
	Own bool
}

// Records says whether the flow logs that work record the traffic together.
func (v VPC) Records(traffic string) bool {
	seen := map[string]bool{}
	for _, flowLog := range v.FlowLogs {
		if flowLog.Active && flowLog.DeliveryError == "" {
			seen[flowLog.Traffic] = true
		}
	}
	return seen["ALL"] || seen[traffic] || seen["ACCEPT"] && seen["REJECT"]
}
