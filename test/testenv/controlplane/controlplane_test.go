package controlplane

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAssetsVariableWins(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(AssetsVariable, dir)
	if _, err := Binaries(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "kube-apiserver") {
		t.Errorf("an empty directory: %v, want an error that names what it lacks", err)
	}
	for _, command := range Commands {
		write(t, filepath.Join(dir, command), "")
	}
	if got, err := Binaries(t.Context(), io.Discard); err != nil || got != dir {
		t.Errorf("a full directory: %q, %v, want %q", got, err, dir)
	}
}

func TestOutsideACheckout(t *testing.T) {
	t.Setenv(AssetsVariable, "")
	t.Chdir(t.TempDir())
	if _, err := Binaries(t.Context(), io.Discard); err == nil || !strings.Contains(err.Error(), "hack/envtest") {
		t.Errorf("%v, want an error that says what was looked for", err)
	}
}

func TestCacheFollowsTheModule(t *testing.T) {
	source := t.TempDir()
	seen := map[string]string{}
	for _, content := range []string{"v1.37.2", "v1.37.3"} {
		write(t, filepath.Join(source, "go.mod"), content)
		dir, err := cacheDir(source)
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := cacheDir(source); again != dir {
			t.Errorf("%s: %s, then %s", content, dir, again)
		}
		if other, found := seen[dir]; found {
			t.Errorf("%s and %s share %s", content, other, dir)
		}
		seen[dir] = content
	}
}

func TestFailedBuildLeavesNothing(t *testing.T) {
	source, dir := t.TempDir(), filepath.Join(t.TempDir(), "assets")
	write(t, filepath.Join(source, "go.mod"), "module broken\n")
	write(t, filepath.Join(source, "main.go"), "package main\n\nfunc main() { undefined() }\n")
	err := build(t.Context(), source, dir, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "undefined: undefined") {
		t.Errorf("%v, want the compiler's error", err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s: %v, want it not to exist", dir, err)
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
