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
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", scene.Control, outcome(fake, scene.Settled), outcome(wire, wireEnd(scene)), scene.OffWire)
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

// wireEnd is how a scene ends on the wire; off it, it is only read.
func wireEnd(scene scenes.Scene) v1alpha1.VerdictStatus {
	if scene.OffWire == "" {
		return scene.Settled
	}
	return "read as " + scene.OnWire
}

func outcome(played bool, settled v1alpha1.VerdictStatus) string {
	switch {
	case !played:
		return "BROKEN"
	case settled == v1alpha1.Fail:
		return "fails, by hand"
	case strings.HasPrefix(string(settled), "read as"):
		return string(settled)
	}
	return "mended: " + string(settled)
}
