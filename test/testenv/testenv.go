// Package testenv starts a real control plane, etcd and kube-apiserver, with this
// project's kinds and admission policies in it, for the envtest suites, the e2e
// suites and the demo.
//
// It knows neither *testing.T nor the operator: who starts an Environment runs
// the manager against it and calls Stop, or the two processes outlive it.
package testenv

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/guardrails-dev/aws-guardrails/test/tail"
	"github.com/guardrails-dev/aws-guardrails/test/testenv/controlplane"
)

// A loaded machine starts the API server in a minute; an idle one in seconds.
const patience = 2 * time.Minute

// User is someone the API server knows.
type User struct {
	// Config reaches the API server as this user.
	Config *rest.Config
	// Kubeconfig is the same as the content of a kubeconfig file.
	Kubeconfig []byte
}

// WriteKubeconfig writes the user's kubeconfig file, readable by its owner only.
func (u User) WriteKubeconfig(path string) error {
	if err := os.WriteFile(path, u.Kubeconfig, 0o600); err != nil {
		return fmt.Errorf("writing kubeconfig: %w", err)
	}
	return nil
}

// Environment is a running control plane. Its own User is an administrator
// (group system:masters).
type Environment struct {
	User

	envtest *envtest.Environment
}

// Start starts a control plane and returns once it serves the CRDs of
// config/crd/bases and enforces the policies of config/admission, where those
// directories exist. The first Start after a change of hack/envtest builds the
// binaries, which takes minutes and is told on standard error.
func Start(ctx context.Context) (*Environment, error) {
	assets, err := controlplane.Binaries(ctx, os.Stderr)
	if err != nil {
		return nil, err
	}
	root, err := controlplane.Root()
	if err != nil {
		return nil, err
	}

	var etcdLog, serverLog tail.Tail
	existing := false // never a cluster that the environment happens to point to
	env := &envtest.Environment{
		UseExistingCluster:       &existing,
		ControlPlaneStartTimeout: patience,
		ControlPlaneStopTimeout:  patience,
	}
	env.ControlPlane.Etcd = &envtest.Etcd{Path: filepath.Join(assets, "etcd"), Err: &etcdLog}
	server := env.ControlPlane.GetAPIServer()
	server.Path, server.Err = filepath.Join(assets, "kube-apiserver"), &serverLog

	config, err := env.Start()
	if err != nil {
		return nil, errors.Join(
			fmt.Errorf("starting etcd and kube-apiserver of %s: %w\netcd said last:\n%s\nkube-apiserver said last:\n%s", assets, err, &etcdLog, &serverLog),
			env.Stop())
	}
	e := &Environment{User: User{Config: config, Kubeconfig: env.KubeConfig}, envtest: env}
	if err := e.install(ctx, root); err != nil {
		return nil, errors.Join(err, e.Stop())
	}
	return e, nil
}

func (e *Environment) install(ctx context.Context, root string) error {
	if crds := filepath.Join(root, "config", "crd", "bases"); exists(crds) {
		if _, err := envtest.InstallCRDs(e.Config, envtest.CRDInstallOptions{Paths: []string{crds}}); err != nil {
			return fmt.Errorf("installing the CRDs of %s: %w", crds, err)
		}
	}
	if policies := filepath.Join(root, "config", "admission"); exists(policies) {
		return installPolicies(ctx, e.Config, policies)
	}
	return nil
}

// AddUser makes a user of that name in those groups. It may do what RBAC objects
// in the cluster grant, which is nothing until the caller creates some.
func (e *Environment) AddUser(name string, groups ...string) (User, error) {
	user, err := e.envtest.AddUser(envtest.User{Name: name, Groups: groups}, &rest.Config{QPS: e.Config.QPS, Burst: e.Config.Burst})
	if err != nil {
		return User{}, fmt.Errorf("adding user %s: %w", name, err)
	}
	kubeconfig, err := user.KubeConfig()
	if err != nil {
		return User{}, fmt.Errorf("adding user %s: %w", name, err)
	}
	return User{Config: user.Config(), Kubeconfig: kubeconfig}, nil
}

// Stop ends the two processes and removes what they stored.
func (e *Environment) Stop() error {
	if err := e.envtest.Stop(); err != nil {
		return fmt.Errorf("stopping etcd and kube-apiserver: %w", err)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
