//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// TestControls plays the scene of every control on the fake and on the wire, and prints how far
// each came.
func TestControls(t *testing.T) {
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CONTROL\tFAKE\tWIRE\tWHY NOT ON THE WIRE")
	for _, control := range controls.All() {
		scene, ok := scenes.Of(control.ID)
		if !ok {
			t.Errorf("%s has no scene", control.ID)
			continue
		}
		fake := t.Run(control.ID+"/fake", func(t *testing.T) { onFake(t, scene) })
		wire := t.Run(control.ID+"/wire", func(t *testing.T) { onWire(t, scene) })
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", scene.Control, orBroken(fake, ends(scene)), orBroken(wire, endsOnWire(scene)), scene.OffWire)
	}
	_ = table.Flush()
	fmt.Fprintf(os.Stdout, "\nControls, fail to settled\n%s\n", &text)
}

func onFake(t *testing.T, scene scenes.Scene) {
	cloud := fakeaws.New()
	if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
		t.Fatal(err)
	}
	scene.Seed(cloud, roundtrip.Account)
	cloud.SetClock(after(scene))
	roundtrip.New(cloud.Config(), after(scene), scene.Posture).Plays(t, scene.Control, scene.Settled)
}

func onWire(t *testing.T, scene scenes.Scene) {
	if err := server.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := scene.Set(t.Context(), server.ConfigFor(roundtrip.Account)); err != nil {
		t.Fatal(err)
	}
	rig := roundtrip.New(server.Config(), after(scene), scene.Posture)
	if scene.OffWire != "" {
		rig.Shows(t, scene.Control, scene.OnWire)
		return
	}
	rig.Plays(t, scene.Control, scene.Settled)
}

func after(scene scenes.Scene) func() time.Time {
	return func() time.Time { return time.Now().Add(scene.Later) }
}

// ends says how a scene ends where it can be played.
func ends(scene scenes.Scene) string {
	if scene.Settled == v1alpha1.Fail {
		return "Fail, by hand"
	}
	return "mended: " + string(scene.Settled)
}

// endsOnWire says how far it comes on the wire.
func endsOnWire(scene scenes.Scene) string {
	if scene.OffWire == "" {
		return ends(scene)
	}
	return "only read: " + string(scene.OnWire)
}

func orBroken(played bool, how string) string {
	if !played {
		return "BROKEN"
	}
	return how
}
