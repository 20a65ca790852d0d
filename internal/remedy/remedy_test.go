package remedy_test

import (
	"slices"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
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
	for _, a := range action.Types() {
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
type unknownAction struct{ action.BlockBucketPublicAccess }

func TestStepsOfAnUnknownAction(t *testing.T) {
	if steps, err := remedy.Steps(nil, unknownAction{}); err == nil {
		t.Errorf("got %v, want an error", steps)
	}
}
