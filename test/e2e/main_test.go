//go:build e2e

// Package e2e runs the engine and the whole manager over the real wire protocols, against a
// Moto server.
package e2e

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/test/moto"
)

var server *moto.Server

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	server, err = moto.Start(context.Background())
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopped := server.Stop(); err == nil {
			err = stopped
		}
	}()
	// The proxy is read from the environment once, when the first client asks for it.
	for name, value := range server.Environ() {
		if err := os.Setenv(name, value); err != nil {
			return 1, err
		}
	}
	return m.Run(), nil
}
