package action_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Every type of action says how it is taken back, or why it cannot be: the calls are known
// writes, and whoever approves is told that the weaker state comes back.
func TestEveryTypeSaysHowItIsUndone(t *testing.T) {
	writes := map[string]bool{}
	for _, operation := range awsapi.Operations() {
		writes[operation.Name] = operation.Write
	}
	never := map[string]bool{}
	for _, empty := range action.Types() {
		a := filled(empty)
		undo := action.Undo{Run: "run-1", Of: a, Done: a.Describe().Calls}
		d, of := undo.Describe(), a.Describe()
		if len(d.Calls) == 0 {
			never[action.TypeOf(a)] = true
			if a.Undo(of.Calls).Not == "" {
				t.Errorf("%s neither says how it is undone nor why it cannot be", action.TypeOf(a))
			}
			continue
		}
		for _, call := range d.Calls {
			if !writes[call] {
				t.Errorf("%s is undone by %s, which is no known write", action.TypeOf(a), call)
			}
		}
		if !strings.Contains(d.Title, "puts back the weaker state: "+of.Title) || d.From != of.To || d.To == "" || d.Risk == "" {
			t.Errorf("%s: it is not said what the undo does: %+v", action.TypeOf(a), d)
		}
		if !reflect.DeepEqual(d.Target, of.Target) || d.Setting != of.Setting || d.Collection != of.Collection || !reflect.DeepEqual(d.Touches, of.Touches) {
			t.Errorf("%s: the undo is of %+v, the action of %+v", action.TypeOf(a), d, of)
		}
		if finds := undo.Finds(); len(finds) == 0 || finds[0] != of.Target.Unique() {
			t.Errorf("%s: its finding comes back on %v", action.TypeOf(a), finds)
		}
	}
	// Filled, a bucket has MFA Delete on, and is encrypted with something.
	want := map[string]bool{"DeletePassword": true, "KeepLogs": true, "KeepDBBackups": true, "RecoverKey": true, "EnableBucketVersioning": true}
	if !reflect.DeepEqual(never, want) {
		t.Errorf("never undone are %v, want %v", never, want)
	}
}

// A run keeps an undo with the whole action that it takes back.
func TestUndoIsKept(t *testing.T) {
	for _, empty := range action.Types() {
		undo := action.Undo{Run: "run-1", UID: "0-1", Of: filled(empty), Done: []string{"a:B"}}
		content, err := action.Encode(undo)
		if err != nil {
			t.Fatal(err)
		}
		back, err := action.Decode("Undo", content)
		if err != nil || !reflect.DeepEqual(back, undo) {
			t.Errorf("got %+v, %v, want %+v", back, err, undo)
		}
	}
}

func TestUndoOfAnUndoIsRefused(t *testing.T) {
	undo := action.Undo{Run: "run-1", Of: action.StartTrail{}}
	twice, err := action.Encode(action.Undo{Run: "run-2", Of: undo})
	if err != nil {
		t.Fatal(err)
	}
	if back, err := action.Decode("Undo", twice); err == nil {
		t.Errorf("got %+v", back)
	}
	if undoing := undo.Undo(nil); len(undoing.Calls) > 0 || undoing.Not == "" {
		t.Errorf("got %+v", undoing)
	}
	if _, err := action.Decode("Undo", []byte(`{"type":1}`)); err == nil {
		t.Error("content of another shape was decoded")
	}
}

// Only what a call of the action changed is taken back, the last first.
func TestOnlyWhatWasDoneIsUndone(t *testing.T) {
	for name, row := range map[string]struct {
		of   action.Action
		done []string
		want string
	}{
		"a user that was in the group":  {action.RequireMFA{}, []string{"iam:CreateGroup", "iam:PutGroupPolicy"}, ""},
		"a user that was put into it":   {action.RequireMFA{}, []string{"iam:AddUserToGroup"}, "iam:RemoveUserFromGroup"},
		"a policy the group had":        {action.MoveAttachedPolicy{}, []string{"iam:DetachUserPolicy"}, "iam:AttachUserPolicy"},
		"a policy that moved":           {action.MoveAttachedPolicy{}, []string{"iam:AttachGroupPolicy", "iam:AddUserToGroup", "iam:DetachUserPolicy"}, "iam:AttachUserPolicy iam:DetachGroupPolicy"},
		"a move that stopped":           {action.MoveInlinePolicy{}, []string{"iam:CreateGroup", "iam:PutGroupPolicy"}, "iam:DeleteGroupPolicy"},
		"a trail with its bucket":       {action.CreateTrail{NewBucket: true}, action.CreateTrail{NewBucket: true}.Describe().Calls, "cloudtrail:DeleteTrail"},
		"a trail to a bucket":           {action.CreateTrail{}, action.CreateTrail{}.Describe().Calls, "cloudtrail:DeleteTrail s3:PutBucketPolicy s3:DeleteBucketPolicy"},
		"a trail that was only started": {action.CreateTrail{NewBucket: true}, []string{"cloudtrail:StartLogging"}, "cloudtrail:StopLogging"},
		"a topic":                       {action.RaiseTrailAlarm{}, []string{"sns:CreateTopic"}, ""},
		"a recorder that was there":     {action.SetUpRecorder{}, []string{"config:PutDeliveryChannel", "config:StartConfigurationRecorder"}, "config:StopConfigurationRecorder config:DeleteDeliveryChannel"},
		"a role":                        {action.LogVPCFlows{}, []string{"iam:CreateRole"}, ""},
	} {
		if got := strings.Join(row.of.Undo(row.done).Calls, " "); got != row.want {
			t.Errorf("%s: got %s, want %s", name, got, row.want)
		}
	}
}
