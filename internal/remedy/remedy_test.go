package remedy_test

import (
	"slices"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

func runSession(t *testing.T, cloud *fakeaws.Cloud) *awsapi.Session {
	t.Helper()
	r := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{})
	session, err := r.Pool.OpenForRun(t.Context(), r.Target)
	if err != nil {
		t.Fatal(err)
	}
	return session
}

// The plan is the truth: a run sends the calls that were shown, in their order.
func TestStepsAreTheCallsShown(t *testing.T) {
	session := runSession(t, fakeaws.New())
	shown := action.Types()
	for _, a := range action.Types() {
		shown = append(shown, action.Undo{Of: a, Done: a.Describe().Calls})
	}
	// Where the way back depends on what was there, and on what the action had to make.
	shown = append(shown,
		action.Undo{Of: action.SetPasswordPolicy{From: inventory.PasswordRules{Set: true}}, Done: []string{"iam:UpdateAccountPasswordPolicy"}},
		action.Undo{Of: action.CreateTrail{NewBucket: true}, Done: []string{"cloudtrail:StartLogging"}},
		action.Undo{Of: action.CreateTrail{}, Done: []string{"s3:PutBucketPolicy"}},
		action.Undo{Of: action.SetUpRecorder{NewRecorder: true, Bucket: "b", NewBucketIn: "r"}, Done: action.SetUpRecorder{NewRecorder: true, Bucket: "b"}.Describe().Calls},
		action.Undo{Of: action.RevokeSecurityGroupRule{From: inventory.SecurityGroupRule{Egress: true}}},
		action.Undo{Of: action.SetEBSDefaultKey{From: inventory.EBSManagedKey}},
		action.Undo{Of: action.KeyRotation.Set(action.Target{}, inventory.Rotation{Enabled: true}, inventory.Rotation{Enabled: true}), Done: []string{"kms:EnableKeyRotation"}},
		action.Undo{Of: action.SecurityContact.Set(action.Target{}, inventory.Contact{Name: "n"}, inventory.Contact{Name: "m"}), Done: []string{"account:PutAlternateContact"}},
		action.Undo{Of: action.DenyInsecureTransport{From: "{}"}},
		action.Undo{Of: action.BucketEncryption.Set(action.Target{}, inventory.BucketEncryptionRule{Algorithm: "AES256"}, inventory.BucketEncryptionRule{}), Done: []string{"s3:PutBucketEncryption"}},
	)
	for _, a := range shown {
		t.Run(action.TypeOf(a), func(t *testing.T) {
			steps, err := remedy.Steps(session, a)
			if err != nil {
				t.Fatal(err)
			}
			var calls []string
			for _, step := range steps {
				calls = append(calls, step.Call)
				if step.Look == nil || step.Send == nil {
					t.Errorf("%s cannot be looked at or sent", step.Call)
				}
			}
			if shown := a.Describe().Calls; !slices.Equal(calls, shown) {
				t.Errorf("it sends %v and shows %v", calls, shown)
			}
		})
	}
}

// unknownAction is an action that nobody registered a remedy for.
type unknownAction struct{ action.DenyInsecureTransport }

func TestStepsOfAnUnknownAction(t *testing.T) {
	if steps, err := remedy.Steps(nil, unknownAction{}); err == nil {
		t.Errorf("got %v, want an error", steps)
	}
}
