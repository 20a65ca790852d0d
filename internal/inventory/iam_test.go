package inventory

import (
	"strings"
	"testing"
)

func TestGrants(t *testing.T) {
	group := &Group{Attached: []string{"arn:a", "arn:b"}, Inline: []InlinePolicy{{"p", `{"Statement": []}`}, {"q", `{"Statement":[]}`}}}
	got := group.Grants([]string{"arn:b"}, []InlinePolicy{{"p", `{"Statement":[]}`}, {"q", `{"Statement":[{"Effect":"Deny"}]}`}})
	if strings.Join(got, " ") != "arn:a q" {
		t.Errorf("%v", got)
	}
}
