package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var quoted = regexp.MustCompile("(?s)   ```go (\\S+)\n(.*?)\n   ```")

// The example in CONTRIBUTING.md is a control that is there, word by word: the laws perform it.
func TestContributingQuotesTheCode(t *testing.T) {
	const root = "../.."
	page, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	quotes := quoted.FindAllStringSubmatch(string(page), -1)
	if len(quotes) < 7 {
		t.Errorf("found %d quotes of code, want one a step", len(quotes))
	}
	for _, quote := range quotes {
		code, err := os.ReadFile(filepath.Join(root, quote[1]))
		if err != nil {
			t.Errorf("it quotes a file that is not there: %v", err)
			continue
		}
		said := strings.ReplaceAll("\n"+quote[2], "\n   ", "\n")
		if !strings.Contains(string(code), said+"\n") {
			t.Errorf("%s does not say%s", quote[1], said)
		}
	}
}
