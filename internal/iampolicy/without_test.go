package iampolicy

import (
	"errors"
	"testing"
)

func TestWithout(t *testing.T) {
	const read, list = "{ \"Sid\":\"Read\",  \"Effect\":\"Allow\" }", `{"Effect":"Deny"}`
	const asReturned = `{"Resource":["arn:aws:s3:::box/*","arn:aws:s3:::box"],"Sid":"GuardrailsDenyInsecureTransport","Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	for name, row := range map[string]struct {
		from, want string
		was        bool
	}{
		"no policy":           {"", "", false},
		"not there":           {`{"Statement":[` + read + `]}`, `{"Statement":[` + read + `]}`, false},
		"alone in a list":     {`{"Version":"2012-10-17","Statement":[` + ours + `]}`, "", true},
		"the one statement":   {`{"Statement":` + ours + `}`, "", true},
		"last":                {`{"Id":"x","Statement":[` + read + ` , ` + ours + ` ]}`, `{"Id":"x","Statement":[` + read + ` ]}`, true},
		"first":               {`{"Statement":[ ` + ours + ` , ` + read + `],"Id":"x"}`, `{"Statement":[ ` + read + `],"Id":"x"}`, true},
		"between":             {`{"Statement":[` + read + `,` + ours + `,` + list + `]}`, `{"Statement":[` + read + `,` + list + `]}`, true},
		"as S3 returns it":    {`{"Statement":[` + asReturned + `,` + list + `]}`, `{"Statement":[` + list + `]}`, true},
		"of a look-alike Sid": {`{"Statement":[{"sid":"GuardrailsDenyInsecureTransport"}]}`, `{"Statement":[{"sid":"GuardrailsDenyInsecureTransport"}]}`, false},
	} {
		if got, was, err := Without(row.from, DenyInsecureTransport(box)); got != row.want || was != row.was || err != nil {
			t.Errorf("%s: got %s, %t, %v, want %s, %t", name, got, was, err, row.want, row.was)
		}
	}
}

func TestWithoutRefuses(t *testing.T) {
	altered := `{"Statement":[{"Sid":"GuardrailsDenyInsecureTransport","Effect":"Deny"}]}`
	if got, _, err := Without(altered, DenyInsecureTransport(box)); !errors.Is(err, ErrAltered) {
		t.Errorf("altered: got %s, %v", got, err)
	}
	for _, text := range []string{"no JSON", `{"Statement":[` + ours + "," + ours + `]}`} {
		if got, _, err := Without(text, DenyInsecureTransport(box)); err == nil || errors.Is(err, ErrAltered) {
			t.Errorf("%s: got %s, %v", text, got, err)
		}
	}
}
