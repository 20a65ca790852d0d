// Package controlplane provides the etcd and kube-apiserver binaries that tests,
// the demo and the e2e suites start. It builds them from the Go module in
// hack/envtest, once per content of that module, into the user's cache directory.
//
// Only the standard library may be imported here: `go run ./hack/controlplane`
// must show its first progress line within seconds on a machine with cold caches.
package controlplane

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
)

// AssetsVariable names the environment variable that, where set, holds the
// directory of the binaries to use; nothing is built then.
const AssetsVariable = "KUBEBUILDER_ASSETS"

// Commands are the programs the directory returned by Binaries holds.
var Commands = []string{"etcd", "kube-apiserver"}

// Binaries returns the directory that holds Commands. It builds them first where
// no earlier call did, telling progress of it; processes that ask at the same time
// wait for one build.
func Binaries(ctx context.Context, progress io.Writer) (string, error) {
	if dir := os.Getenv(AssetsVariable); dir != "" {
		if missing := missing(dir); len(missing) > 0 {
			return "", fmt.Errorf("%s=%s does not hold %v: point it to a directory that does, or unset it to have them built", AssetsVariable, dir, missing)
		}
		return dir, nil
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	source := filepath.Join(root, "hack", "envtest")
	dir, err := cacheDir(source)
	if err != nil {
		return "", err
	}
	if len(missing(dir)) == 0 {
		return dir, nil
	}
	unlock, err := lock(ctx, dir+".lock", progress)
	if err != nil {
		return "", fmt.Errorf("waiting for another build of the control plane: %w", err)
	}
	defer unlock()
	if len(missing(dir)) == 0 {
		return dir, nil
	}
	if err := build(ctx, source, dir, progress); err != nil {
		return "", fmt.Errorf("building etcd and kube-apiserver in %s: %w (or set %s to a directory that holds them)", source, err, AssetsVariable)
	}
	return dir, nil
}

// Root returns the directory of this project's checkout, found upwards from the
// working directory.
func Root() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the project's directory: %w", err)
	}
	for dir := start; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "hack", "envtest", "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("finding the project's directory: no hack/envtest/go.mod in %s or above it: run from a checkout of the project", start)
		}
	}
}

func missing(dir string) []string {
	return slices.DeleteFunc(slices.Clone(Commands), func(name string) bool {
		info, err := os.Stat(filepath.Join(dir, name))
		return err == nil && info.Mode().IsRegular()
	})
}

// cacheDir is keyed by all that decides what the binaries are, so that a change of
// version never runs yesterday's control plane, and branches do not evict each other.
func cacheDir(source string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("finding a cache directory for the control plane: %w (or set %s)", err, AssetsVariable)
	}
	hash := sha256.New()
	fmt.Fprintln(hash, runtime.GOOS, runtime.GOARCH)
	err = filepath.WalkDir(source, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintln(hash, entry.Name(), len(content))
		_, _ = hash.Write(content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("reading the control plane's module: %w", err)
	}
	key := hex.EncodeToString(hash.Sum(nil))[:12]
	return filepath.Join(cache, "aws-guardrails", "envtest-"+key), nil
}
