package iamgrant

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

// Quotas of IAM.
const (
	// MaxSize is how many characters a managed policy has at most, white space not counted.
	MaxSize = 6144
	// MaxAttached is how many managed policies a role has, unless its quota was raised.
	MaxAttached = 10
)

// Document is one managed policy.
type Document struct {
	Version   string                `json:"Version"`
	Statement []iampolicy.Statement `json:"Statement"`
}

// Text is the document as a person reads it.
func (d Document) Text() string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(d)
	return text.String()
}

// Size is what counts against MaxSize.
func (d Document) Size() int {
	size := 0
	for _, char := range d.Text() {
		if !unicode.IsSpace(char) {
			size++
		}
	}
	return size
}

func documentOf(statements ...iampolicy.Statement) Document {
	return Document{Version: "2012-10-17", Statement: statements}
}

// statements makes one statement of all grants that apply in the same place, reads before writes.
func statements(prefix string, grants []Grant) []iampolicy.Statement {
	byPlace := map[string]iampolicy.Statement{}
	for _, grant := range grants {
		for _, where := range grant.places {
			sid := prefix + "Read" + where.name
			if grant.write {
				sid = prefix + "Write" + where.name
			}
			key := where.grants(fmt.Sprint(grant.write))
			have, known := byPlace[key]
			if known {
				sid = have.Sid
			}
			have.Sid, have.Effect, have.Resource, have.Condition = sid, "Allow", where.arns, where.when
			have.Action = append(have.Action, grant.Permission)
			byPlace[key] = have
		}
	}
	used := map[string]int{}
	all := make([]iampolicy.Statement, 0, len(byPlace))
	for _, one := range slices.SortedFunc(maps.Values(byPlace), func(a, b iampolicy.Statement) int {
		return cmp.Or(cmp.Compare(a.Sid, b.Sid), slices.Compare(a.Resource, b.Resource), cmp.Compare(fmt.Sprint(a.Condition), fmt.Sprint(b.Condition)))
	}) {
		slices.Sort(one.Action)
		one.Action = slices.Compact(one.Action)
		if used[one.Sid]++; used[one.Sid] > 1 {
			one.Sid += strconv.Itoa(used[one.Sid])
		}
		all = append(all, one)
	}
	return all
}

// Pack puts statements into as many managed policies as IAM's size limit takes, in order.
func Pack(statements []iampolicy.Statement) ([]Document, error) {
	var packed []Document
	for _, statement := range statements {
		pieces, err := fitting(statement)
		if err != nil {
			return nil, err
		}
		for _, piece := range pieces {
			if last := len(packed) - 1; last >= 0 {
				if grown := documentOf(append(slices.Clone(packed[last].Statement), piece)...); grown.Size() <= MaxSize {
					packed[last] = grown
					continue
				}
			}
			packed = append(packed, documentOf(piece))
		}
	}
	if len(packed) > MaxAttached {
		return nil, fmt.Errorf("it needs %d managed policies of %d characters, and IAM attaches %d: declare less for the account, or protect fewer principals by broader patterns", len(packed), MaxSize, MaxAttached)
	}
	return packed, nil
}

// fitting halves a statement until each piece fits into a policy. The pieces together mean what
// it means: an allowance, or a refusal, of any action on any resource is one by itself.
func fitting(s iampolicy.Statement) ([]iampolicy.Statement, error) {
	if documentOf(s).Size() <= MaxSize {
		return []iampolicy.Statement{s}, nil
	}
	first, second := s, s
	switch {
	case len(s.Resource) > 1 && longer(s.Resource, s.Action):
		first.Resource, second.Resource = halves(s.Resource)
	case len(s.Action) > 1:
		first.Action, second.Action = halves(s.Action)
	case len(s.Resource) > 1:
		first.Resource, second.Resource = halves(s.Resource)
	default:
		return nil, fmt.Errorf("statement %s does not fit into a managed policy of %d characters", s.Sid, MaxSize)
	}
	first.Sid, second.Sid = s.Sid+"A", s.Sid+"B"
	before, err := fitting(first)
	if err != nil {
		return nil, err
	}
	after, err := fitting(second)
	return append(before, after...), err
}

func longer(a, b []string) bool {
	return len(strings.Join(a, "")) >= len(strings.Join(b, "")) || len(b) <= 1
}

func halves(list []string) (first, second []string) {
	return slices.Clone(list[:len(list)/2]), slices.Clone(list[len(list)/2:])
}
