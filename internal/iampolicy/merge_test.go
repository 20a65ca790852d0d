package iampolicy

import (
	"strings"
	"testing"
)

const box = "arn:aws:s3:::box"

const ours = `{"Sid":"GuardrailsDenyInsecureTransport","Effect":"Deny","Principal":"*","Action":["s3:*"],"Resource":["arn:aws:s3:::box","arn:aws:s3:::box/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`

func TestMerge(t *testing.T) {
	const theirs = "{ \"Sid\":\"Read\",  \"Effect\":\"Allow\", \"Zone\": [1.0, 2e3],\n \"Principal\":{\"AWS\":\"222222222222\"},\"Action\":\"s3:GetObject\",\"Resource\":\"arn:aws:s3:::box/<a>&b\" }"
	for name, row := range map[string]struct{ from, want string }{
		"no policy":              {"", `{"Version":"2012-10-17","Statement":[` + ours + `]}`},
		"a list":                 {`{"Version":"2008-10-17","Id":"x","Statement":[` + theirs + `]}`, `{"Version":"2008-10-17","Id":"x","Statement":[` + theirs + `,` + ours + `]}`},
		"spaced":                 {"\n{ \"Statement\" : [ " + theirs + " ] , \"Version\":\"2012-10-17\" }\n", "\n{ \"Statement\" : [ " + theirs + "," + ours + " ] , \"Version\":\"2012-10-17\" }\n"},
		"one statement":          {`{"Statement":` + theirs + `,"Id":"x"}`, `{"Statement":[` + theirs + `,` + ours + `],"Id":"x"}`},
		"no statement":           {`{"Version":"2012-10-17"}`, `{"Statement":[` + ours + `],"Version":"2012-10-17"}`},
		"an empty list":          {`{"Statement": [ ]}`, `{"Statement": [` + ours + `]}`},
		"an empty document":      {`{ }`, `{"Statement":[` + ours + `] }`},
		"URL-encoded":            {`%7B%22Statement%22%3A%5B%5D%7D`, `{"Statement":[` + ours + `]}`},
		"ours, weakened":         {`{"Statement":[{"Sid":"GuardrailsDenyInsecureTransport","Effect":"Allow"},` + theirs + `]}`, `{"Statement":[` + ours + `,` + theirs + `]}`},
		"ours alone, weakened":   {`{"Statement":{"Sid":"GuardrailsDenyInsecureTransport","Effect":"Allow"}}`, `{"Statement":` + ours + `}`},
		"ours, as S3 returns it": {`{"Statement":[{"Sid":"GuardrailsDenyInsecureTransport","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::box","arn:aws:s3:::box/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`, ""},
		"what looks like a Sid":  {`{"Statement":[{"sid":"GuardrailsDenyInsecureTransport","Effect":"Allow"}]}`, `{"Statement":[{"sid":"GuardrailsDenyInsecureTransport","Effect":"Allow"},` + ours + `]}`},
	} {
		t.Run(name, func(t *testing.T) {
			want := row.want
			if want == "" {
				want = row.from
			}
			got, err := Merge(row.from, DenyInsecureTransport(box))
			if err != nil || got != want {
				t.Errorf("got %s, %v,\nwant %s", got, err, want)
			}
			if again, err := Merge(got, DenyInsecureTransport(box)); err != nil || again != got {
				t.Errorf("again: got %s, %v,\nwant %s", again, err, got)
			}
			if denies, err := DeniesWithoutTLS(got, box); err != nil || !denies {
				t.Errorf("the merged policy allows requests without TLS: %v, %v", denies, err)
			}
		})
	}
}

// What is not understood is not touched.
func TestMergeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no JSON":                   `Version: 2012`,
		"a list":                    `[]`,
		"a text":                    `"policy"`,
		"half a document":           `{"Statement":[`,
		"two documents":             `{"Statement":[]}{}`,
		"two Statements":            `{"Statement":[],"Statement":[]}`,
		"a Statement in small":      `{"statement":[]}`,
		"null for statements":       `{"Statement":null}`,
		"a text for statements":     `{"Statement":"x"}`,
		"null for a statement":      `{"Statement":[null]}`,
		"two of ours":               `{"Statement":[` + ours + `,` + ours + `]}`,
		"a name twice in statement": `{"Statement":[{"Effect":"Deny","Effect":"Allow"}]}`,
		"nested beyond measure":     strings.Repeat("[", 100000),
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := Merge(text, DenyInsecureTransport(box)); err == nil {
				t.Errorf("got %s, want an error", got)
			}
			if got := Canonical(text); name != "two of ours" && got != text {
				t.Errorf("its canonical form is %s, want the text itself", got)
			}
		})
	}
}
