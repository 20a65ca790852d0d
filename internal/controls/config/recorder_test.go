package config

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// recordingAll is a home region that is recorded as declared; change makes it another.
func recordingAll(change func(*inventory.Recording)) inventory.Recording {
	r := inventory.Recording{
		Ref: inventory.Ref{Account: "111111111111", Partition: "aws", Region: "us-east-1", ID: "111111111111"}, Home: true, HomeRegion: "us-east-1",
		Recorder: &inventory.Recorder{Name: "default", Group: inventory.RecordingGroup{AllSupported: true, GlobalTypes: true, Strategy: inventory.RecordAllSupported}},
		Status:   inventory.Seen(inventory.RecorderStatus{Recording: true}, asOf),
		Channel:  inventory.Seen(inventory.DeliveryChannel{Name: "default", Bucket: "records"}, asOf),
	}
	change(&r)
	return r
}

func TestRecorder(t *testing.T) {
	denied := fault.DeniedRead("config:DescribeDeliveryChannels", "config:DescribeDeliveryChannels")
	excluding := func(types ...string) inventory.RecordingGroup {
		return inventory.RecordingGroup{Strategy: "EXCLUSION_BY_RESOURCE_TYPES", Excluded: types}
	}
	iam := []string{"AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy"}
	for name, row := range map[string]struct {
		change func(*inventory.Recording)
		want   v1alpha1.VerdictStatus
		reason string
		says   string
	}{
		"all":                {func(*inventory.Recording) {}, v1alpha1.Pass, "AsDeclared", ""},
		"all but nothing":    {func(r *inventory.Recording) { r.Recorder.Group = excluding() }, v1alpha1.Pass, "AsDeclared", ""},
		"away, without IAM":  {func(r *inventory.Recording) { r.Home, r.Recorder.Group.GlobalTypes = false, false }, v1alpha1.Pass, "AsDeclared", ""},
		"away, IAM excluded": {func(r *inventory.Recording) { r.Home, r.Recorder.Group = false, excluding(iam...) }, v1alpha1.Pass, "AsDeclared", ""},
		"no recorder":        {func(r *inventory.Recording) { r.Recorder = nil }, v1alpha1.Fail, "NoRecorder", "nothing records region us-east-1"},
		"listed types": {func(r *inventory.Recording) {
			r.Recorder.Group = inventory.RecordingGroup{Types: []string{"AWS::EC2::Instance"}}
		}, v1alpha1.Fail, "TypesLeftOut", "recorder default does not record all types of resources"},
		"one excluded":       {func(r *inventory.Recording) { r.Recorder.Group = excluding("AWS::EC2::NetworkInterface") }, v1alpha1.Fail, "TypesLeftOut", "recorder default does not record all types of resources"},
		"home, without IAM":  {func(r *inventory.Recording) { r.Recorder.Group.GlobalTypes = false }, v1alpha1.Fail, "GlobalTypesLeftOut", "recorder default of the home region does not record IAM's users, groups, roles and policies"},
		"home, IAM excluded": {func(r *inventory.Recording) { r.Recorder.Group = excluding(iam...) }, v1alpha1.Fail, "GlobalTypesLeftOut", "recorder default of the home region does not record IAM's users, groups, roles and policies"},
		"no channel":         {func(r *inventory.Recording) { r.Channel = inventory.Seen(inventory.DeliveryChannel{}, asOf) }, v1alpha1.Fail, "NoDeliveryChannel", "recorder default has no channel to deliver by"},
		"stopped":            {func(r *inventory.Recording) { r.Status = inventory.Seen(inventory.RecorderStatus{}, asOf) }, v1alpha1.Fail, "NotRecording", "recorder default is stopped"},
		"failing": {func(r *inventory.Recording) {
			r.Status = inventory.Seen(inventory.RecorderStatus{Recording: true, Failure: "AccessDenied"}, asOf)
		}, v1alpha1.Fail, "RecordingFailing", "recorder default fails: AccessDenied"},
		"channel denied":  {func(r *inventory.Recording) { r.Channel = inventory.Unseen[inventory.DeliveryChannel](denied) }, v1alpha1.Unknown, "ReadDenied", "config:DescribeDeliveryChannels: missing permission config:DescribeDeliveryChannels"},
		"status not read": {func(r *inventory.Recording) { r.Status = inventory.Observed[inventory.RecorderStatus]{} }, v1alpha1.Unknown, "NotRead", "the fact was not read"},
		"narrow, and more unknown": {func(r *inventory.Recording) {
			r.Recorder.Group.GlobalTypes = false
			r.Channel = inventory.Unseen[inventory.DeliveryChannel](denied)
		}, v1alpha1.Fail, "GlobalTypesLeftOut", "recorder default of the home region does not record IAM's users, groups, roles and policies"},
	} {
		t.Run(name, func(t *testing.T) {
			got := recorder.Judge(v1alpha1.ConfigRecorder{}, recordingAll(row.change), asOf)
			if got.Status != row.want || got.Reason != row.reason || got.Message != row.says {
				t.Errorf("got %+v, want %s %s %q", got, row.want, row.reason, row.says)
			}
		})
	}
}

func TestRecorderOfControlTowerIsForAPerson(t *testing.T) {
	r := recordingAll(func(r *inventory.Recording) {
		r.Recorder.Name = "aws-controltower-BaselineConfigRecorder"
		r.Status = inventory.Seen(inventory.RecorderStatus{}, asOf)
	})
	if planned := recorder.Mend(v1alpha1.ConfigRecorder{}, r); len(planned) != 0 {
		t.Errorf("planned %v", planned)
	}
	if by := recorder.ByHand(v1alpha1.ConfigRecorder{}, r); by != "Control Tower manages recorder aws-controltower-BaselineConfigRecorder: repair the account's enrolment in the organization's management account" {
		t.Error(by)
	}
}

func TestRecorderIsNotWidenedBlindly(t *testing.T) {
	r := recordingAll(func(r *inventory.Recording) {
		r.Recorder.Group.GlobalTypes = false
		r.Channel = inventory.Unseen[inventory.DeliveryChannel](fault.DeniedRead("x:Read", "x:Read"))
	})
	if planned := recorder.Mend(v1alpha1.ConfigRecorder{}, r); len(planned) != 0 {
		t.Errorf("planned %v", planned)
	}
}
