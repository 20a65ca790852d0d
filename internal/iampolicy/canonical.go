package iampolicy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Equal says whether two documents mean the same, however they are written. A text that is no
// policy document equals only itself.
func Equal(a, b string) bool { return Canonical(a) == Canonical(b) }

// Canonical returns one text for all documents that mean the same: order, lists of one, the
// case of actions and condition keys, "*" and {"AWS":"*"}, an account and its root, truth
// values and texts of them do not count. A text that is no policy document is returned as it is.
func Canonical(text string) string {
	if text == "" {
		return ""
	}
	d, err := parse(text)
	if err != nil {
		return text
	}
	form := map[string]any{"Version": "2008-10-17"}
	for name, raw := range d.members {
		form[name] = valueOf(raw)
	}
	statements := make([]string, len(d.statements))
	for i, s := range d.statements {
		statements[i] = canonicalStatement(s.raw)
	}
	form["Statement"] = sorted(statements)
	return textOf(form)
}

func sameStatement(a, b json.RawMessage) bool { return canonicalStatement(a) == canonicalStatement(b) }

// canonicalStatement leaves every member that it does not know as it is.
func canonicalStatement(raw json.RawMessage) string {
	members, ok := valueOf(raw).(map[string]any)
	if !ok {
		return string(raw)
	}
	form := map[string]any{}
	for name, value := range members {
		switch name {
		case "Principal", "NotPrincipal":
			form[name] = canonicalPrincipal(value)
		case "Action", "NotAction":
			form[name] = canonicalList(value, strings.ToLower)
		case "Resource", "NotResource":
			form[name] = canonicalList(value, same)
		case "Condition":
			if clauses := canonicalCondition(value); clauses != nil {
				form[name] = clauses
			}
		case "Sid":
			if value != "" {
				form[name] = value
			}
		default:
			form[name] = value
		}
	}
	return textOf(form)
}

var rootARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):root$`)

// accountOf returns the account's id for the ARN of its root, else the principal as it is.
func accountOf(principal string) string {
	if match := rootARN.FindStringSubmatch(principal); match != nil {
		return match[1]
	}
	return principal
}

func canonicalPrincipal(value any) any {
	if value == "*" {
		return map[string]any{"AWS": []string{"*"}}
	}
	kinds, ok := value.(map[string]any)
	if !ok {
		return value
	}
	form := map[string]any{}
	for kind, names := range kinds {
		form[kind] = canonicalList(names, accountOf)
	}
	return form
}

// canonicalCondition makes a sorted list of clauses, each its operator, key and values, so that
// two keys that differ in case only stay two clauses.
func canonicalCondition(value any) any {
	operators, ok := value.(map[string]any)
	if !ok {
		return value
	}
	var clauses []string
	for operator, keys := range operators {
		named, ok := keys.(map[string]any)
		if !ok {
			clauses = append(clauses, textOf([]any{operator, keys}))
			continue
		}
		for key, values := range named {
			clauses = append(clauses, textOf([]any{operator, strings.ToLower(key), canonicalList(values, same)}))
		}
	}
	if clauses == nil {
		return nil
	}
	return sorted(clauses)
}

// canonicalList makes a sorted list of texts of what may be one value or several. What is not a
// value stays recognisable as what it was.
func canonicalList(value any, each func(string) string) any {
	values, ok := value.([]any)
	if !ok {
		values = []any{value}
	}
	list := make([]string, len(values))
	for i, one := range values {
		list[i] = each(worded(one))
	}
	return sorted(list)
}

// worded is a condition's value as text; null and what is nested keep their JSON, which no
// text of a value begins with.
func worded(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool, json.Number:
		return fmt.Sprint(v)
	}
	return "\x00" + textOf(value)
}

func same(s string) string { return s }

func sorted(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}

// valueOf keeps numbers as they are written.
func valueOf(raw json.RawMessage) any {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return string(raw)
	}
	return value
}

func textOf(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}
