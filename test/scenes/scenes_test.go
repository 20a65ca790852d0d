package scenes_test

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

func TestEveryControlHasAScene(t *testing.T) {
	known := map[string]bool{}
	for _, control := range controls.All() {
		known[control.ID] = true
		if _, ok := scenes.Of(control.ID); !ok {
			t.Errorf("%s has no scene", control.ID)
		}
	}
	for _, scene := range scenes.All() {
		if !known[scene.Control] {
			t.Errorf("a scene is for %s, which is no control", scene.Control)
		}
	}
}

func TestScenesOnTheFake(t *testing.T) {
	for _, scene := range scenes.All() {
		t.Run(scene.Control, func(t *testing.T) {
			cloud := fakeaws.New()
			if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
				t.Fatal(err)
			}
			scene.Seed(cloud, roundtrip.Account)
			later := func() time.Time { return time.Now().Add(scene.Later) }
			cloud.SetClock(later)
			rig := roundtrip.New(cloud.Config(), later, scene.Posture)
			rig.Plays(t, scene.Control, scene.Settled)
		})
	}
}
