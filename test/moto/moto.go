// Package moto starts a Moto server, which speaks AWS's own wire protocols, for the suites that
// need bytes to travel. It knows neither *testing.T nor the operator: who starts a Server stops
// it, or the process outlives it.
package moto

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"time"

	"github.com/guardrails-dev/aws-guardrails/test/tail"
)

// A loaded machine starts the server in half a minute; an idle one in seconds.
const patience = 2 * time.Minute

// Server is a running Moto.
type Server struct {
	// URL is the endpoint of every service.
	URL string

	address string
	process *exec.Cmd
	said    tail.Tail
	ended   chan struct{}
}

// settings make Moto behave as an account does that nobody prepared.
var settings = []string{
	// The snapshots of Moto's own images would count as the account's.
	"MOTO_EC2_LOAD_DEFAULT_AMIS=false",
	// Accounts are kept apart.
	"MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS=false",
	// Every caller may do everything: permissions are the fake's to refuse.
	"INITIAL_NO_AUTH_ACTION_COUNT=inf",
}

// Start starts a server on a free port of this machine and returns once it answers.
func Start(ctx context.Context) (*Server, error) {
	program, err := exec.LookPath("moto_server")
	if err != nil {
		return nil, errors.New("moto_server is not on PATH: pip install 'moto[server,all]==5.2.*'")
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(address)
	s := &Server{URL: "http://" + address, address: address, ended: make(chan struct{})}
	s.process = exec.Command(program, "-H", host, "-p", port)
	s.process.Env = append(os.Environ(), settings...)
	s.process.Stdout, s.process.Stderr = &s.said, &s.said
	if err := s.process.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", program, err)
	}
	go func() {
		_ = s.process.Wait()
		close(s.ended)
	}()
	if err := s.untilAnswering(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

// freeAddress finds a port that nobody listens on. Someone else may take it before Moto does;
// then Moto ends at once, and says why.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("finding a free port: %w", err)
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func (s *Server) untilAnswering(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		if err := s.ask(ctx, http.MethodGet, "/moto-api/data.json"); err == nil {
			return nil
		}
		select {
		case <-s.ended:
			return fmt.Errorf("moto_server ended; it said last:\n%s", &s.said)
		case <-ctx.Done():
			return fmt.Errorf("moto_server did not answer at %s: %w; it said last:\n%s", s.URL, ctx.Err(), &s.said)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Reset empties all accounts. Credentials of roles that were assumed before belong to nobody then.
func (s *Server) Reset(ctx context.Context) error {
	if err := s.ask(ctx, http.MethodPost, "/moto-api/reset"); err != nil {
		return fmt.Errorf("emptying Moto: %w", err)
	}
	return nil
}

// direct does not look at the environment, which is read only once: whoever is to find the
// server there may not have set it yet.
var direct = &http.Client{Transport: &http.Transport{}}

func (s *Server) ask(ctx context.Context, method, path string) error {
	request, err := http.NewRequestWithContext(ctx, method, s.URL+path, nil)
	if err != nil {
		return err
	}
	response, err := direct.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s answered %s", method, path, response.Status)
	}
	return nil
}

// Stop ends the server. It may be called again.
func (s *Server) Stop() error {
	select {
	case <-s.ended:
		return nil
	default:
	}
	if err := s.process.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping moto_server: %w", err)
	}
	select {
	case <-s.ended:
	case <-time.After(10 * time.Second):
		if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("killing moto_server: %w", err)
		}
		<-s.ended
	}
	return nil
}
