package inventory

import (
	"path"
	"strings"
)

// Who tells which principals of an account are programs and which are break-glass. Patterns
// are names or ARNs in which * stands for any characters.
type Who struct {
	Services   []string
	BreakGlass []string
}

// Kind is what a principal is for.
type Kind string

// Kinds of principals.
const (
	Person     Kind = "Person"
	Service    Kind = "Service"
	BreakGlass Kind = "BreakGlass"
)

// Of returns what the principal with the name and ARN is for.
func (w Who) Of(name, arn string) Kind {
	switch {
	case MatchesAny(w.BreakGlass, name, arn):
		return BreakGlass
	case MatchesAny(w.Services, name, arn):
		return Service
	}
	return Person
}

// MatchesAny says whether any of the patterns matches any of the names.
func MatchesAny(patterns []string, names ...string) bool {
	for _, pattern := range patterns {
		for _, name := range names {
			if Matches(pattern, name) {
				return true
			}
		}
	}
	return false
}

// slash takes part in no name, so that * crosses the slashes of ARNs and paths.
const slash = "\x00"

// literal has path.Match take everything but * as it stands.
var literal = strings.NewReplacer("/", slash, `\`, `\\`, "?", `\?`, "[", `\[`)

// Matches says whether the pattern, in which * stands for any characters, matches the name.
func Matches(pattern, name string) bool {
	// Thousands of resources may meet thousands of patterns; most differ where they begin.
	if begin, _, _ := strings.Cut(pattern, "*"); name == "" || !strings.HasPrefix(name, begin) {
		return false
	}
	ok, err := path.Match(literal.Replace(pattern), strings.ReplaceAll(name, "/", slash))
	return err == nil && ok
}
