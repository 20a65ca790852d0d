package iampolicy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Admits returns whom a resource's policy may let in from outside the account: the statements
// that allow anything, by Sid or number, but for those given and those that name the account's
// own principals alone or hold for the account alone. "" lets nobody in.
func Admits(text, account string, but ...Statement) ([]string, error) {
	if text == "" {
		return nil, nil
	}
	d, err := parse(text)
	if err != nil {
		return nil, err
	}
	var admitted []string
	for i, one := range d.statements {
		members, _ := valueOf(one.raw).(map[string]any)
		if members["Effect"] == "Deny" || within(members, account) || slices.ContainsFunc(but, func(s Statement) bool {
			ours, err := s.Text()
			return err == nil && sameStatement(one.raw, []byte(ours))
		}) {
			continue
		}
		name, _ := members["Sid"].(string)
		if name == "" {
			name = fmt.Sprint("number ", i+1)
		}
		admitted = append(admitted, "statement "+name)
	}
	return admitted, nil
}

// within says whether a statement is about nobody outside the account.
func within(members map[string]any, account string) bool {
	if kinds, ok := members["Principal"].(map[string]any); ok && len(kinds) == 1 && all(kinds["AWS"], func(name string) bool {
		return accountOf(name) == account || principalOf(name) == account
	}) {
		return true
	}
	operators, _ := members["Condition"].(map[string]any)
	keys, _ := operators["StringEquals"].(map[string]any)
	for key, values := range keys {
		if slices.Contains(accountKeys, strings.ToLower(key)) && all(values, func(id string) bool { return id == account }) {
			return true
		}
	}
	return false
}

// accountKeys are the condition keys that say for which account something is done.
var accountKeys = []string{"aws:sourceaccount", "aws:sourceowner", "aws:principalaccount"}

var principalARN = regexp.MustCompile(`^arn:aws[a-z-]*:(?:iam|sts)::([0-9]{12}):`)

// principalOf returns the account of a principal's ARN, or "".
func principalOf(arn string) string {
	if match := principalARN.FindStringSubmatch(arn); match != nil {
		return match[1]
	}
	return ""
}

// all says whether a value, or each of a list of at least one, is so.
func all(value any, so func(string) bool) bool {
	list, ok := value.([]any)
	if !ok {
		list = []any{value}
	}
	return len(list) > 0 && !slices.ContainsFunc(list, func(one any) bool { return !so(worded(one)) })
}
