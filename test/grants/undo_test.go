package grants_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/grants"
	"github.com/guardrails-dev/aws-guardrails/test/neglected"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// takeBack mends what the rig finds and takes it back, under the policies for both.
func takeBack(t *testing.T, cloud *fakeaws.Cloud, stage *grants.Stage, policies iamgrant.Policies) *grants.Stage {
	t.Helper()
	stage.Remediation = grants.Enforce(t, cloud, stage.Writer.RoleARN, policies.Remediation, policies.Undo)
	defer stage.Granted(t)
	_, undo := stage.Mended(t)
	stage.Undoes(t, undo)
	return stage
}

// undone plays a scene there and back.
func undone(t *testing.T, scene scenes.Scene, policies iamgrant.Policies) *grants.Stage {
	t.Helper()
	cloud := fakeaws.New()
	if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
		t.Fatal(err)
	}
	scene.Seed(cloud, roundtrip.Account)
	later := func() time.Time { return time.Now().Add(scene.Later) }
	cloud.SetClock(later)
	return takeBack(t, cloud, grants.Under(t, cloud, later, scene.Posture, policies), policies)
}

// back takes an extra there and back.
func (e extra) back(t *testing.T, policies iamgrant.Policies) *grants.Stage {
	t.Helper()
	cloud, now := e.stage(t)
	return takeBack(t, cloud, grants.Under(t, cloud, now, e.posture, policies), policies)
}

// What each control did is taken back under the policies for nothing but it.
func TestEachControlIsUndoneUnderItsOwnPolicies(t *testing.T) {
	for _, scene := range scenes.All() {
		t.Run(scene.Control, func(t *testing.T) {
			undone(t, scene, grants.PoliciesFor(t, &scene.Posture, v1alpha1.Approve))
		})
	}
	for _, one := range extras() {
		t.Run(one.name, func(t *testing.T) { one.back(t, grants.PoliciesFor(t, &one.posture, v1alpha1.Approve)) })
	}
}

// Each grant for undoing everything is used by some call.
func TestEveryGrantForUndoingIsUsed(t *testing.T) {
	whole := neglected.Everything()
	whole.DataAtRest.EBSDefaultEncryption.KMSKeyAlias = "alias/ebs"
	policies := grants.PoliciesFor(t, &whole, v1alpha1.Approve)
	used := tally{}
	for _, scene := range scenes.All() {
		t.Run(scene.Control, func(t *testing.T) { used.add(undone(t, scene, policies)) })
	}
	for _, one := range extras() {
		if !one.named {
			t.Run(one.name, func(t *testing.T) { used.add(one.back(t, policies)) })
		}
	}
	for _, document := range policies.Undo.Documents {
		for _, statement := range document.Statement {
			for _, action := range statement.Action {
				if !used["remediation "+statement.Sid+" "+action] {
					t.Errorf("undoing is granted %s %s, and no call uses it", statement.Sid, action)
				}
			}
		}
	}
}

// Without the policies for it, an undo is denied, and says which action it lacks.
func TestUndoWithoutItsPolicies(t *testing.T) {
	scene, _ := scenes.Of("vpc-flow-logs")
	policies := grants.PoliciesFor(t, &scene.Posture, v1alpha1.Approve)
	cloud := fakeaws.New()
	if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
		t.Fatal(err)
	}
	stage := grants.Under(t, cloud, cloud.Now, scene.Posture, policies)
	_, undo := stage.Mended(t)
	journal, err := stage.Apply(t.Context(), undo)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(journal.Entries, func(e roundtrip.Entry) bool {
		return e.Result == v1alpha1.CallDenied && strings.Contains(e.Message, "missing permission ec2:DeleteFlowLogs")
	}) {
		t.Errorf("got %+v", journal.Entries)
	}
}
