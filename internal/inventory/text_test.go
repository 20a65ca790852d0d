package inventory_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

func TestClean(t *testing.T) {
	for name, row := range map[string]struct {
		text  string
		limit int
		want  string
	}{
		"plain":                   {"arn:aws:s3:::photos", 100, "arn:aws:s3:::photos"},
		"other scripts stay":      {"größe 大きさ", 100, "größe 大きさ"},
		"control characters":      {"a\x00b\tc\nd\re\x7ff\u0085g", 100, "a b c d e f g"},
		"terminal escapes":        {"\x1b[2J\x1b]0;owned\x07", 100, " [2J ]0;owned "},
		"bidi overrides":          {"a\u202eb\u2066c\u200fd", 100, "a b c d"},
		"zero width":              {"pay\u200bpal\ufeff", 100, "pay pal "},
		"line separators":         {"a\u2028b\u2029c", 100, "a b c"},
		"tag characters":          {"a\U000e0041b", 100, "a b"},
		"invalid UTF-8":           {"a\xffb\xc3(", 100, "a?b?("},
		"as long as allowed":      {"0123456789", 10, "0123456789"},
		"too long":                {"0123456789a", 10, "0123456..."},
		"cut between letters":     {"01234é6789a", 10, "01234é..."},
		"never cut into a letter": {"012345é789a", 10, "012345..."},
		"no room for dots":        {"0123456789", 2, "01"},
		"no room at all":          {"0123456789", 0, ""},
		"nothing":                 {"", 10, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := inventory.Clean(row.text, row.limit); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "a", "\xff\xfe", "\u202e", strings.Repeat("é", 50)} {
		f.Add(seed, 20)
	}
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit = max(0, limit%1000)
		got := inventory.Clean(text, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) {
			t.Errorf("%q became %q", text, got)
		}
		if again := inventory.Clean(got, limit); again != got {
			t.Errorf("%q became %q, and that %q", text, got, again)
		}
	})
}
