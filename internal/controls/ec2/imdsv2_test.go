package ec2

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

func TestIMDSv2(t *testing.T) {
	declared := v1alpha1.Posture{Compute: v1alpha1.ComputePosture{EC2IMDSv2: &v1alpha1.EC2IMDSv2{}}}
	instance := func(endpoint, tokens, state string, tags map[string]string) inventory.Observed[[]inventory.Instance] {
		i := inventory.Instance{Ref: refTo("AWS::EC2::Instance", "i-1"), Metadata: inventory.InstanceMetadata{Endpoint: endpoint, Tokens: tokens, State: state, HopLimit: 1}}
		i.Tags = inventory.Seen(tags, asOf)
		return one(i)
	}
	require := []string{"require IMDSv2 of instance i-1"}
	check(t, ec2IMDSv2, declared, refused(map[string]row[inventory.Instance]{
		"required": {items: instance("enabled", "required", "applied", nil), want: v1alpha1.Pass, reason: "AsDeclared"},
		"optional": {items: instance("enabled", "optional", "applied", nil), want: v1alpha1.Fail, reason: "IMDSv1", says: "its metadata service answers without a token", mends: require},
		"of a group": {
			items: instance("enabled", "optional", "applied", map[string]string{"aws:autoscaling:groupName": "web"}), want: v1alpha1.Fail, reason: "IMDSv1",
			says: "its metadata service answers without a token; the launch template of auto scaling group web decides for the next one", mends: require,
		},
		"pending": {items: instance("enabled", "required", "pending", nil), want: v1alpha1.Fail, reason: "NotYetApplied", says: "IMDSv2 is required, but the change has not applied yet"},
		"off":     {items: instance("disabled", "optional", "applied", nil), want: v1alpha1.NotApplicable, reason: "MetadataOff", says: "its metadata service is off"},
	}, "ec2:DescribeInstances"))
}

func TestRequiringIMDSv2SaysWhomTheHopLimitCutsOff(t *testing.T) {
	for hops, warned := range map[int32]bool{1: true, 2: false} {
		if to := (action.RequireIMDSv2{HopLimit: hops}).Describe().To; strings.Contains(to, "containers") != warned {
			t.Errorf("with a hop limit of %d: %s", hops, to)
		}
	}
}

func TestIMDSv2AccountDefault(t *testing.T) {
	declared := v1alpha1.Posture{Compute: v1alpha1.ComputePosture{EC2IMDSv2AccountDefault: &v1alpha1.EC2IMDSv2AccountDefault{}}}
	defaults := func(tokens string, byPolicy bool) inventory.Observed[[]inventory.Region] {
		return one(inventory.Region{Ref: refTo("AWS::::Account", account), DefaultTokens: inventory.Seen(inventory.TokenRule{Tokens: tokens, ByPolicy: byPolicy}, asOf)})
	}
	require := []string{"require IMDSv2 of new instances in eu-west-1"}
	check(t, ec2IMDSv2AccountDefault, declared, refused(map[string]row[inventory.Region]{
		"required":       {items: defaults("required", false), want: v1alpha1.Pass, reason: "AsDeclared"},
		"by the org":     {items: defaults("required", true), want: v1alpha1.Pass, reason: "Inherited", says: "a declarative policy of the organization requires IMDSv2"},
		"no preference":  {items: defaults("", false), want: v1alpha1.Fail, reason: "NoDefault", says: "new instances get IMDSv1 unless their launch or image says otherwise", mends: require},
		"optional":       {items: defaults("optional", false), want: v1alpha1.Fail, reason: "IMDSv1", says: "new instances get HttpTokens optional", mends: require},
		"org says other": {items: defaults("optional", true), want: v1alpha1.Fail, reason: "IMDSv1", says: "new instances get HttpTokens optional", byHand: declarativePolicy},
	}, "ec2:GetInstanceMetadataDefaults"))
}
