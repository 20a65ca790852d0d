// Command kubectl-guardrails is the kubectl plugin: the operator's engine without a cluster.
package main

import (
	"fmt"
	"os"

	"github.com/guardrails-dev/aws-guardrails/cmd/kubectl-guardrails/app"
)

func main() {
	if err := app.New(os.Stdin, os.Stdout, os.Stderr).Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
