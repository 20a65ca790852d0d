package fakeaws

import "strings"

// shape is the beginning of a kind's ids and the code for what does not begin so.
type shape struct{ prefix, malformed string }

var (
	groupID    = shape{"sg-", "InvalidGroupId.Malformed"}
	ruleID     = shape{"sgr-", "InvalidSecurityGroupRuleId.Malformed"}
	instanceID = shape{"i-", "InvalidInstanceID.Malformed"}
	imageID    = shape{"ami-", "InvalidAMIID.Malformed"}
	snapshotID = shape{"snap-", "InvalidParameterValue"}
)

// of refuses what is no id of the shape.
func (s shape) of(id string) error {
	if strings.HasPrefix(id, s.prefix) {
		return nil
	}
	return failure(s.malformed, "Invalid id: \"%s\" (expecting \"%s...\")", id, s.prefix)
}
