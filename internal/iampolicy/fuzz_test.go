package iampolicy

import (
	"slices"
	"testing"
)

// FuzzMerge holds for every text: nothing panics; what can be merged keeps each statement that
// is not ours byte for byte, denies requests without TLS, and merges to itself.
func FuzzMerge(f *testing.F) {
	for _, seed := range []string{
		"", "{}", "[]", "null", `{"Statement":null}`, `{"Statement":[{}]}`, `{"Statement":{}}`, `{"Statement":[` + ours + `]}`,
		`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"a","Effect":"Allow","Principal":{"AWS":["111111111111"]},"Action":"s3:*","Resource":"*"}]}`,
		`{"Statement":[{"Sid":"GuardrailsDenyInsecureTransport"},{"Condition":{"Bool":{"aws:SecureTransport":null}}}]}`,
		`{"Statement":[{"Condition":null},{"Condition":{"Bool":null}},{"Principal":null,"Action":[null],"Resource":[[]]}]}`,
		`%7B%22Statement%22%3A%5B%5D%7D`, `%7B%zz`, "{\"Statement\":[{\"Sid\":\"\xff\"}]}", `{"Statement":[{"Sid":"\u0000\ud800"}],"a":1e999}`,
		"\ufeff{}", `{"Statement":[{"Resource":"**?*[a-\\*"}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = DeniesWithoutTLS(text, box)
		if !Equal(text, text) {
			t.Error("it does not equal itself")
		}
		merged, err := Merge(text, DenyInsecureTransport(box))
		if err != nil {
			return
		}
		if denies, err := DeniesWithoutTLS(merged, box); err != nil || !denies {
			t.Errorf("merged, it allows requests without TLS: %v: %s", err, merged)
		}
		if again, err := Merge(merged, DenyInsecureTransport(box)); err != nil || again != merged {
			t.Errorf("merged again: got %s, %v, want %s", again, err, merged)
		}
		if before, after := others(t, text), others(t, merged); !slices.Equal(before, after) {
			t.Errorf("statements of others: got %q, want %q", after, before)
		}
		rest, was, err := Without(merged, DenyInsecureTransport(box))
		if err != nil || !was {
			t.Errorf("taken out again: %t, %v: %s", was, err, merged)
		}
		if before, after := others(t, merged), others(t, rest); !slices.Equal(before, after) {
			t.Errorf("statements of others, without ours: got %q, want %q", after, before)
		}
	})
}

// others are the statements that are not ours, as they are written.
func others(t *testing.T, text string) (all []string) {
	if text == "" {
		return nil
	}
	d, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := d.named(SidDenyInsecureTransport)
	for i := range d.statements {
		if &d.statements[i] != mine {
			all = append(all, string(d.statements[i].raw))
		}
	}
	return all
}
