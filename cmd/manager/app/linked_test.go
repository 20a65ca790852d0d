package app

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// most is what the manager may weigh. It stands far above what it weighs, for each new service
// brings its own calls; every call of every service is twice as much.
const most = 80_000_000

// The linker drops the AWS calls that nobody makes, unless the program may call methods by names
// it makes up: then it keeps them all.
func TestManagerIsLinkedFromWhatItUses(t *testing.T) {
	if _, err := os.Stat("../main.go"); err != nil { // also tells the test cache to look at it
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "manager")
	link := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-ldflags", "-s -w -dumpdep", "-o", program, "..")
	link.Env = append(os.Environ(), "CGO_ENABLED=0") // as the image has it, also where this is a race build
	kept, err := link.CombinedOutput()
	if err != nil {
		t.Fatalf("linking the manager: %v\n%s", err, kept)
	}
	if path := reflection(kept); path != nil {
		t.Errorf("methods are called by name, so that the linker keeps all of them; reached by\n\t%s", strings.Join(path, "\n\t"))
		if start, initialized := strings.CutSuffix(path[min(2, len(path)-1)], "..inittask"); initialized {
			t.Errorf("which begins when a package is initialized; imported by\n\t%s", strings.Join(imports(t, start), "\n\t"))
		}
	}
	info, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	if info.Size() > most {
		t.Errorf("the manager weighs %d MB, and may weigh %d", info.Size()/1_000_000, most/1_000_000)
	}
}

// reflection returns how the first function that calls methods by name is reached, from the
// edges "from -> to" in the order in which the linker followed them.
func reflection(edges []byte) []string {
	const mark = "<ReflectMethod>"
	if !bytes.Contains(edges, []byte(mark)) {
		return nil
	}
	because := map[string]string{}
	for line := range strings.Lines(string(edges)) {
		from, to, found := strings.Cut(strings.TrimSpace(line), " -> ")
		if !found {
			continue
		}
		if _, known := because[bare(to)]; !known {
			because[bare(to)] = bare(from)
		}
		if strings.Contains(to, mark) {
			path := []string{bare(to)}
			for at := bare(from); at != ""; at = because[at] {
				path = append([]string{at}, path...)
			}
			return path
		}
	}
	return nil
}

// imports returns a shortest way by which the manager imports a package.
func imports(t *testing.T, to string) []string {
	t.Helper()
	graph, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "..").Output()
	if err != nil {
		t.Fatalf("listing what the manager imports: %v", err)
	}
	next := map[string][]string{}
	var manager string // listed last, after all that it imports
	for line := range strings.Lines(string(graph)) {
		words := strings.Fields(line)
		manager, next[words[0]] = words[0], words[1:]
	}
	seen := map[string]bool{}
	for ways := [][]string{{manager}}; len(ways) > 0; ways = ways[1:] {
		way := ways[0]
		last := way[len(way)-1]
		if last == to {
			return way
		}
		for _, imported := range next[last] {
			if !seen[imported] {
				seen[imported] = true
				ways = append(ways, append(slices.Clone(way), imported))
			}
		}
	}
	return []string{to}
}

// bare is a symbol without the linker's marks.
func bare(symbol string) string {
	name, _, _ := strings.Cut(strings.TrimSpace(symbol), " <")
	return strings.TrimSpace(name)
}
