// Command docs writes docs/controls.md from the catalogue and from the controls that are
// implemented. The same code and catalogue give the same page, byte by byte.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
)

//go:generate go run . -output ../../docs/controls.md

func main() {
	output := flag.String("output", "docs/controls.md", "file to write")
	flag.Parse()
	page := render(catalogue.All(), implemented())
	if err := os.WriteFile(*output, []byte(page), 0o644); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
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
