package grants_test

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/grants"
	"github.com/guardrails-dev/aws-guardrails/test/neglected"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// play sets a scene and takes its control as far as it goes under the policies.
func play(t *testing.T, scene scenes.Scene, policies iamgrant.Policies) *grants.Stage {
	t.Helper()
	cloud := fakeaws.New()
	if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
		t.Fatal(err)
	}
	scene.Seed(cloud, roundtrip.Account)
	later := func() time.Time { return time.Now().Add(scene.Later) }
	cloud.SetClock(later)
	stage := grants.Under(t, cloud, later, scene.Posture, policies)
	defer stage.Granted(t)
	stage.Plays(t, scene.Control, scene.Settled)
	return stage
}

// Each control alone, under the policies for nothing but it.
func TestEachControlUnderItsOwnPolicies(t *testing.T) {
	for _, scene := range scenes.All() {
		t.Run(scene.Control, func(t *testing.T) {
			play(t, scene, grants.PoliciesFor(t, &scene.Posture, v1alpha1.Approve))
		})
	}
	for _, one := range extras() {
		t.Run(one.name, func(t *testing.T) { one.take(t, grants.PoliciesFor(t, &one.posture, v1alpha1.Approve)) })
	}
}

// tally counts which grants of the whole policies were used.
type tally map[string]bool

func (u tally) add(stage *grants.Stage) *grants.Stage {
	for role, enforced := range stage.Roles() {
		for _, grant := range enforced.Used() {
			u[role+" "+grant] = true
		}
	}
	return stage
}

// Everything under the policies for everything: each grant of them is used by some call.
func TestEveryGrantIsUsed(t *testing.T) {
	whole := neglected.Everything()
	whole.DataAtRest.EBSDefaultEncryption.KMSKeyAlias = "alias/ebs"
	policies := grants.PoliciesFor(t, &whole, v1alpha1.Approve)
	used := tally{}
	var last *grants.Stage
	for _, scene := range scenes.All() {
		t.Run(scene.Control, func(t *testing.T) { last = used.add(play(t, scene, policies)) })
	}
	for _, one := range extras() {
		if one.named {
			continue // the whole policies know the operator's own buckets alone
		}
		t.Run(one.name, func(t *testing.T) { used.add(one.take(t, policies)) })
	}
	session, err := last.Pool.Open(t.Context(), last.Target)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := session.Regions(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := read.Deeds(t.Context(), session, last.Target.Home, "evidence", time.Now().Add(-time.Hour)); err != nil {
		t.Error(err)
	}
	used.add(last)
	for role, enforced := range last.Roles() {
		for _, grant := range append(enforced.Used(), enforced.Unused()...) {
			if !used[role+" "+grant] {
				t.Errorf("the %s role is granted %s, and no call uses it", role, grant)
			}
		}
	}
}
