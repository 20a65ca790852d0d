package inventory

import (
	"strings"
	"testing"
)

func TestSameDocument(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want bool
	}{
		{`{"a":1,"b":[2]}`, "{ \"b\": [2],\n\"a\": 1 }", true},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, false},
		{`{"a":12345678901234567890}`, `{"a":12345678901234567891}`, false},
		{"", "", true},
		{"", `{}`, false},
		{`{"a"`, `{"a"`, true},
		{`{"a"`, `{"b"`, false},
	} {
		if got := SameDocument(row.a, row.b); got != row.want {
			t.Errorf("%s and %s: %t", row.a, row.b, got)
		}
	}
}

func TestGrants(t *testing.T) {
	group := &Group{Attached: []string{"arn:a", "arn:b"}, Inline: []InlinePolicy{{"p", `{"a": 1}`}, {"q", `{}`}}}
	got := group.Grants([]string{"arn:b"}, []InlinePolicy{{"p", `{"a":1}`}, {"q", `{"b":1}`}})
	if strings.Join(got, " ") != "arn:a q" {
		t.Errorf("%v", got)
	}
}
