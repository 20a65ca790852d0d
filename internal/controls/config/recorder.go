package config

import (
	"fmt"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// controlTower names its recorders so; its organization policy refuses everyone else's changes.
const controlTower = "aws-controltower-"

// Without a record nobody can tell what a resource looked like before it was changed.
var recorder = posture.Add(&Controls, posture.Over[v1alpha1.ConfigRecorder, inventory.Recording]{
	ID:       "config-recorder",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.ConfigRecorder { return p.Monitoring.ConfigRecorder },
	Observe:  inventory.Recorders.With(),
	Judge: func(_ v1alpha1.ConfigRecorder, r inventory.Recording, _ time.Time) posture.Verdict {
		if r.Recorder == nil {
			return posture.Fail("NoRecorder", "nothing records region %s", r.Region)
		}
		if verdict, narrow := judgeGroup(r); narrow {
			return verdict
		}
		return judgeWork(r)
	},
	Plans: func(leaf v1alpha1.ConfigRecorder) []action.Action {
		whole := setUp(leaf, inventory.Recording{HomeRegion: "home"}, inventory.DeliveryChannel{})
		return []action.Action{whole, action.StartRecorder{}, action.RecordAllTypes{}}
	},
	Mend:   mendRecording,
	ByHand: recordingByHand,
})

func judgeGroup(r inventory.Recording) (verdict posture.Verdict, narrow bool) {
	switch {
	case !r.Recorder.Group.All():
		return posture.Fail("TypesLeftOut", "recorder %s does not record all types of resources", r.Recorder.Name), true
	case r.Home && !r.Recorder.Group.Globals():
		return posture.Fail("GlobalTypesLeftOut", "recorder %s of the home region does not record IAM's users, groups, roles and policies", r.Recorder.Name), true
	}
	return posture.Verdict{}, false
}

// judgeWork says whether the recorder is at work and its records arrive.
func judgeWork(r inventory.Recording) posture.Verdict {
	channel, err := r.Channel.Get()
	if err != nil {
		return posture.Unknown(err)
	}
	status, err := r.Status.Get()
	switch {
	case err != nil:
		return posture.Unknown(err)
	case channel.Name == "":
		return posture.Fail("NoDeliveryChannel", "recorder %s has no channel to deliver by", r.Recorder.Name)
	case !status.Recording:
		return posture.Fail("NotRecording", "recorder %s is stopped", r.Recorder.Name)
	case status.Failure != "":
		return posture.Fail("RecordingFailing", "recorder %s fails: %s", r.Recorder.Name, status.Failure)
	}
	return posture.Pass()
}

// mendRecording sets up what is missing of recorder and channel, widens a recorder that leaves
// types out and starts one that is stopped, each by an action of its own.
func mendRecording(leaf v1alpha1.ConfigRecorder, r inventory.Recording) []action.Action {
	channel, err := r.Channel.Get()
	if err != nil {
		return nil
	}
	if r.Recorder == nil {
		return []action.Action{setUp(leaf, r, channel)}
	}
	if strings.HasPrefix(r.Recorder.Name, controlTower) {
		return nil
	}
	var actions []action.Action
	if _, narrow := judgeGroup(r); narrow {
		actions = append(actions, action.RecordAllTypes{Region: action.On(r), Recorder: r.Recorder.Name, From: r.Recorder.Group, To: r.Recorder.Group.Widened(r.Home)})
	}
	status, err := r.Status.Get()
	switch {
	case channel.Name == "":
		actions = append(actions, setUp(leaf, r, channel))
	case err == nil && !status.Recording:
		actions = append(actions, action.StartRecorder{Region: action.On(r), Recorder: r.Recorder.Name})
	}
	return actions
}

func setUp(leaf v1alpha1.ConfigRecorder, r inventory.Recording, channel inventory.DeliveryChannel) action.Action {
	made := action.SetUpRecorder{Region: action.On(r), Recorder: inventory.OwnRecorder, NewRecorder: r.Recorder == nil, GlobalTypes: r.Home}
	if r.Recorder != nil {
		made.Recorder = r.Recorder.Name
	}
	if channel.Name != "" {
		return made
	}
	made.Bucket = leaf.BucketName
	if made.Bucket == "" {
		made.Bucket, made.NewBucketIn = inventory.OwnConfigBucket(r.Account, r.HomeRegion), r.HomeRegion
	}
	return made
}

func recordingByHand(_ v1alpha1.ConfigRecorder, r inventory.Recording) string {
	if r.Recorder != nil && strings.HasPrefix(r.Recorder.Name, controlTower) {
		return fmt.Sprintf("Control Tower manages recorder %s: repair the account's enrolment in the organization's management account", r.Recorder.Name)
	}
	channel, err := r.Channel.Get()
	if err != nil {
		return ""
	}
	return fmt.Sprintf("let AWS Config write to bucket %s again: see its policy, its key, and the recorder's role with `aws configservice describe-configuration-recorder-status --region %s`", channel.Bucket, r.Region)
}
