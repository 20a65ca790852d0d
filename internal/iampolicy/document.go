// Package iampolicy knows what a policy document means, whether two mean the same, and how to
// add a statement without losing a word of what is there. It is pure and reads only text: what
// it does not understand it does not count, and never drops.
package iampolicy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// errNoPolicy is the error of a text that is no policy document.
var errNoPolicy = errors.New("not a policy document")

// document is a policy, taken apart only as far as needed to put a statement in: the text
// stays as it is.
type document struct {
	text string
	// open is where the content begins, after the brace.
	open int
	// members are the names at the top of the document.
	members map[string]json.RawMessage
	// statements in their order, with their places in the text.
	statements []part
	// list is the place of the statements' value; end is 0 where there is none.
	list part
}

// part is a piece of a document.
type part struct {
	raw        json.RawMessage
	start, end int
}

// Decode returns the text of a document that AWS gave URL-encoded or as it is.
func Decode(text string) string {
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(strings.ToUpper(trimmed), "%7B") {
		if plain, err := url.PathUnescape(trimmed); err == nil {
			return plain
		}
	}
	return text
}

// parse takes a document apart. A name that stands twice in one object is refused, and so is
// Statement in another case: which of them counts is not certain.
func parse(text string) (*document, error) {
	d := &document{text: Decode(text), members: map[string]json.RawMessage{}}
	if !json.Valid([]byte(d.text)) {
		return nil, fmt.Errorf("%w: it is not valid JSON", errNoPolicy)
	}
	if err := unique(json.NewDecoder(strings.NewReader(d.text))); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoPolicy, err)
	}
	decoder := json.NewDecoder(strings.NewReader(d.text))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, fmt.Errorf("%w: it is no object", errNoPolicy)
	}
	d.open = int(decoder.InputOffset())
	for decoder.More() {
		if err := d.member(decoder); err != nil {
			return nil, fmt.Errorf("%w: %w", errNoPolicy, err)
		}
	}
	return d, d.split()
}

// member takes one name and its value.
func (d *document) member(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	var value json.RawMessage
	if err := decoder.Decode(&value); err != nil {
		return err
	}
	if name != "Statement" && strings.EqualFold(name, "Statement") {
		return fmt.Errorf("%q may be its Statement or not", name)
	}
	d.members[name] = value
	if name == "Statement" {
		end := int(decoder.InputOffset())
		d.list = part{raw: value, start: end - len(value), end: end}
	}
	return nil
}

// unique walks one value and says whether any object in it holds a name twice.
func unique(decoder *json.Decoder) error {
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	open, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	names := map[any]bool{}
	for decoder.More() {
		if open == '{' {
			name, err := decoder.Token()
			if err != nil {
				return err
			}
			if names[name] {
				return fmt.Errorf("%q stands twice", name)
			}
			names[name] = true
		}
		if err := unique(decoder); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

// split finds the statements: a list of them, or the one.
func (d *document) split() error {
	switch {
	case d.list.end == 0:
		return nil
	case d.list.raw[0] == '{':
		d.statements = []part{d.list}
		return nil
	case d.list.raw[0] != '[':
		return fmt.Errorf("%w: Statement is neither a list nor an object", errNoPolicy)
	}
	decoder := json.NewDecoder(bytes.NewReader(d.list.raw))
	if _, err := decoder.Token(); err != nil {
		return fmt.Errorf("%w: %w", errNoPolicy, err)
	}
	for decoder.More() {
		var raw json.RawMessage
		if err := decoder.Decode(&raw); err != nil {
			return fmt.Errorf("%w: %w", errNoPolicy, err)
		}
		if raw[0] != '{' {
			return fmt.Errorf("%w: a statement is no object", errNoPolicy)
		}
		end := d.list.start + int(decoder.InputOffset())
		d.statements = append(d.statements, part{raw: raw, start: end - len(raw), end: end})
	}
	return nil
}
