// Command demo shows a person how the operator heals a neglected AWS account: the real manager
// on a real API server, against the stateful AWS that the tests use. It ends by itself; KEEP=1
// keeps everything up. A step that fails is named, and the status is 1.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	tell := newStory(os.Stdout)
	d := &demo{story: tell}
	err := d.play(ctx)
	if err == nil && os.Getenv("KEEP") != "" {
		err = d.keep(ctx)
	}
	if err = d.close(err); err != nil {
		fmt.Fprintf(os.Stderr, "\ndemo: %v\n", err)
		stop()
		os.Exit(1) //nolint:gocritic // stop ran
	}
}
