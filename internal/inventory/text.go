package inventory

import (
	"strings"
	"unicode"
)

// dots say that a text was cut.
const dots = "..."

// Clean drops what is not meant to be seen (control characters, the marks that turn the
// direction of a line, line separators) and bounds the length, so that a string from AWS can
// be shown in a status, an event or a terminal.
func Clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	if len(s) <= limit {
		return s
	}
	end := dots
	if limit < len(dots) {
		end = ""
	}
	return strings.ToValidUTF8(s[:limit-len(end)], "") + end
}
