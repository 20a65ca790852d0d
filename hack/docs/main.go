// Command docs writes docs/controls.md from the catalogue and from the controls that are
// implemented, and docs/iam-policy.md from the samples. The same code, catalogue and samples
// give the same pages, byte by byte.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
)

//go:generate go run . -controls ../../docs/controls.md -policies ../../docs/iam-policy.md -samples ../../config/samples

func main() {
	controls := flag.String("controls", "docs/controls.md", "file to write the catalogue to")
	granted := flag.String("policies", "docs/iam-policy.md", "file to write the samples' IAM policies to")
	samples := flag.String("samples", "config/samples", "directory of the samples")
	flag.Parse()
	if err := write(*controls, *granted, *samples); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func write(controls, granted, samples string) error {
	if err := os.WriteFile(controls, []byte(render(catalogue.All(), implemented())), 0o644); err != nil {
		return err
	}
	page, err := policies(samples)
	if err != nil {
		return err
	}
	return os.WriteFile(granted, []byte(page), 0o644)
}

// implemented tells the leaf that declares each control that is implemented.
func implemented() map[string]string {
	leaves := map[string]string{}
	for _, control := range controls.All() {
		leaves[control.ID] = ""
	}
	for _, leaf := range controls.Leaves() {
		for _, id := range leaf.Controls {
			leaves[id] = leaf.Path
		}
	}
	return leaves
}
