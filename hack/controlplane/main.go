// Command controlplane prints the directory of the etcd and kube-apiserver binaries
// that the tests and the demo start, building them first where needed.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/guardrails-dev/aws-guardrails/test/testenv/controlplane"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	dir, err := controlplane.Binaries(ctx, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "controlplane:", err)
		os.Exit(1)
	}
	fmt.Println(dir)
}
