package contract

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
)

//go:embed differences.csv
var differences []byte

// Right says who is right about AWS where the fake and Moto differ.
type Right string

// Who is right.
const (
	Fake    Right = "fake"
	Wire    Right = "wire"
	Either  Right = "either" // AWS promises neither
	Neither Right = "neither"
)

// Known is a difference that is known: where, both values, who is right about AWS and why.
// In every field but the last two, * stands for any characters.
type Known struct {
	Operation, Step, Path string
	Fake, Wire            string
	Right                 Right
	Why                   string
}

// KnownDifferences reads the table of differences.
func KnownDifferences() ([]Known, error) {
	reader := csv.NewReader(bytes.NewReader(differences))
	reader.Comment = '#'
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading differences.csv: %w", err)
	}
	known := make([]Known, 0, len(rows))
	for _, row := range rows[1:] {
		k := Known{Operation: row[0], Step: row[1], Path: row[2], Fake: row[3], Wire: row[4], Right: Right(row[5]), Why: row[6]}
		switch k.Right {
		case Fake, Wire, Either, Neither:
		default:
			return nil, fmt.Errorf("reading differences.csv: %s %s: nobody is named %q", k.Operation, k.Path, k.Right)
		}
		if k.Why == "" {
			return nil, fmt.Errorf("reading differences.csv: %s %s: it does not say why", k.Operation, k.Path)
		}
		known = append(known, k)
	}
	return known, nil
}

// Covers says whether the row is about the difference.
func (k Known) Covers(d Difference) bool {
	return like(k.Operation, d.Operation) && like(k.Step, d.Step) && like(k.Path, d.Path) && like(k.Fake, d.Fake) && like(k.Wire, d.Wire)
}

func (k Known) String() string {
	return fmt.Sprintf("%s, %q: %s: fake %s, wire %s", k.Operation, k.Step, k.Path, k.Fake, k.Wire)
}

// like matches a text with a pattern in which * stands for any characters; an empty pattern
// matches all.
func like(pattern, text string) bool {
	if pattern == "" {
		return true
	}
	parts := strings.Split(pattern, "*")
	if !strings.HasPrefix(text, parts[0]) {
		return false
	}
	text = text[len(parts[0]):]
	for _, part := range parts[1:] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return text == "" || strings.HasSuffix(pattern, "*")
}
