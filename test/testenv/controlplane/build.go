package controlplane

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// errStopped replaces the bare "signal: killed" of a build whose context ended.
var errStopped = errors.New("stopped before it was done; the next call goes on where this one ended")

// build compiles Commands from the module at source and puts them at dir, which
// does not exist, whole or not at all.
func build(ctx context.Context, source, dir string, progress io.Writer) error {
	meter := startMeter(progress)
	defer meter.stop()

	modules := 0
	meter.show("reading its modules")
	list, err := goCommand(ctx, source, func(line string) {
		if strings.HasPrefix(line, "go: downloading") {
			modules++
			meter.show("%d modules downloaded", modules)
		}
	}, "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Version}}{{end}}", "./...")
	if err != nil {
		return err
	}
	total := bytes.Count(list, []byte("\n"))
	version := versionIn(list, "k8s.io/kubernetes")
	meter.say("building kube-apiserver %s and etcd %s: minutes the first time, cached after",
		version, versionIn(list, "go.etcd.io/etcd/server/v3"))

	partial := dir + ".partial"
	if err := errors.Join(os.RemoveAll(partial), os.RemoveAll(dir), os.MkdirAll(partial, 0o755)); err != nil {
		return err
	}
	compiled := 0
	_, err = goCommand(ctx, source, func(string) {
		compiled++
		meter.show("%d of at most %d packages compiled", compiled, total)
	}, "build", "-v", "-buildvcs=false",
		// Without the stamp the server calls itself v0.0.0-master.
		"-ldflags", "-s -w -X k8s.io/component-base/version.gitVersion="+version,
		"-o", partial+string(filepath.Separator), "./...")
	if err != nil {
		return err
	}
	meter.say("built in %s", meter.elapsed())
	return os.Rename(partial, dir)
}

func versionIn(list []byte, module string) string {
	for line := range strings.Lines(string(list)) {
		if version, found := strings.CutPrefix(line, module+" "); found {
			return strings.TrimSpace(version)
		}
	}
	return "unknown"
}

// goCommand runs the go command in dir, hands each line of its standard error to
// seen as it comes, and returns its standard output.
func goCommand(ctx context.Context, dir string, seen func(line string), args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	// No C compiler is needed, and no workspace of the caller's gets in between.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	var stdout bytes.Buffer
	cmd.Stdout = &stdout
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the go command: %w", err)
	}
	var said []string
	for lines := bufio.NewScanner(stderr); lines.Scan(); {
		line := lines.Text()
		seen(line)
		// Package paths and downloads are progress; what else it says is about errors.
		if strings.Contains(line, " ") && !strings.HasPrefix(line, "go: downloading") {
			said = append(said, line)
		}
	}
	err = cmd.Wait()
	switch {
	case err == nil:
		return stdout.Bytes(), nil
	case ctx.Err() != nil:
		return nil, errors.Join(ctx.Err(), errStopped)
	default:
		return nil, fmt.Errorf("go %s: %w\n%s", args[0], err, strings.Join(said, "\n"))
	}
}
