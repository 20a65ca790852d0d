package iampolicy

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Statement is a statement that we write. Sid names it: the statement of that name is ours.
type Statement struct {
	Sid       string                       `json:"Sid"`
	Effect    string                       `json:"Effect"`
	Principal any                          `json:"Principal,omitempty"`
	Action    []string                     `json:"Action"`
	Resource  []string                     `json:"Resource,omitempty"`
	Condition map[string]map[string]string `json:"Condition,omitempty"`
}

// Text is the statement as it stands in a document.
func (s Statement) Text() (string, error) {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return "", fmt.Errorf("writing the statement %s: %w", s.Sid, err)
	}
	return string(bytes.TrimSpace(text.Bytes())), nil
}

// Merge returns the document with the statement in it: in place of the one that bears its Sid,
// else after the last. Every other byte stays. "" is no document yet.
func Merge(text string, statement Statement) (string, error) {
	ours, err := statement.Text()
	if err != nil {
		return "", err
	}
	if text == "" {
		return `{"Version":"2012-10-17","Statement":[` + ours + `]}`, nil
	}
	d, err := parse(text)
	if err != nil {
		return "", err
	}
	have, err := d.named(statement.Sid)
	switch {
	case err != nil:
		return "", err
	case have != nil && sameStatement(have.raw, []byte(ours)):
		return d.text, nil
	case have != nil:
		return d.splice(have.start, have.end, ours), nil
	}
	return d.add(ours), nil
}

// add puts a statement after the last.
func (d *document) add(ours string) string {
	switch {
	case d.list.end == 0 && len(d.members) == 0:
		return d.splice(d.open, d.open, `"Statement":[`+ours+`]`)
	case d.list.end == 0:
		return d.splice(d.open, d.open, `"Statement":[`+ours+`],`)
	case len(d.statements) == 0:
		return d.splice(d.list.start, d.list.end, "["+ours+"]")
	}
	last := d.statements[len(d.statements)-1]
	if d.list.raw[0] == '{' {
		return d.splice(last.start, last.end, "["+string(last.raw)+","+ours+"]")
	}
	return d.splice(last.end, last.end, ","+ours)
}

// splice returns the text with what is between two places replaced.
func (d *document) splice(start, end int, by string) string {
	return d.text[:start] + by + d.text[end:]
}

// named returns the statement that bears the Sid, or nil. Two of them are one too many to know
// which is ours.
func (d *document) named(sid string) (*part, error) {
	var found *part
	for i := range d.statements {
		if members, _ := valueOf(d.statements[i].raw).(map[string]any); members["Sid"] != sid {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%w: two statements bear the Sid %s", errNoPolicy, sid)
		}
		found = &d.statements[i]
	}
	return found, nil
}
