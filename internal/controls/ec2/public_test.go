package ec2

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestEBSSnapshotNotPublic(t *testing.T) {
	declared := v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSSnapshotNotPublic: &v1alpha1.EBSSnapshotNotPublic{}}}
	snapshot := func(public bool) inventory.Observed[[]inventory.EBSSnapshot] {
		return one(inventory.EBSSnapshot{Ref: refTo("AWS::EC2::Snapshot", "snap-1"), Public: public})
	}
	check(t, ebsSnapshotNotPublic, declared, refused(map[string]row[inventory.EBSSnapshot]{
		"private": {items: snapshot(false), want: v1alpha1.Pass, reason: "AsDeclared"},
		"public":  {items: snapshot(true), want: v1alpha1.Fail, reason: "Public", says: "everyone may restore it", mends: []string{"stop sharing snapshot snap-1 with everyone"}},
	}, "ec2:DescribeSnapshots"))
}

func TestAMINotPublic(t *testing.T) {
	declared := v1alpha1.Posture{Compute: v1alpha1.ComputePosture{AMINotPublic: &v1alpha1.AMINotPublic{}}}
	image := func(public bool) inventory.Observed[[]inventory.Image] {
		return one(inventory.Image{Ref: refTo("AWS::EC2::Image", "ami-1"), Title: "golden", Public: public})
	}
	check(t, amiNotPublic, declared, refused(map[string]row[inventory.Image]{
		"private": {items: image(false), want: v1alpha1.Pass, reason: "AsDeclared"},
		"public":  {items: image(true), want: v1alpha1.Fail, reason: "Public", says: "everyone may launch golden", mends: []string{"stop sharing image ami-1 (golden) with everyone"}},
	}, "ec2:DescribeImages"))
}
