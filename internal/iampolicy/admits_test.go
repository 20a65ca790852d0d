package iampolicy_test

import (
	"slices"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

func TestAdmits(t *testing.T) {
	ours := iampolicy.Statement{Sid: "Ours", Effect: "Allow", Principal: map[string]string{"Service": "cloudtrail.amazonaws.com"}, Action: []string{"s3:PutObject"}, Resource: []string{"*"}}
	for name, row := range map[string]struct{ statement, admits string }{
		"ours":                     {`{"Sid":"Ours","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"*"}`, ""},
		"its Sid alone":            {`{"Sid":"Ours","Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"*"}`, "statement Ours"},
		"a refusal":                {`{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}`, ""},
		"everyone":                 {`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}`, "statement number 1"},
		"all but one":              {`{"Effect":"Allow","NotPrincipal":{"AWS":"111111111111"},"Action":"*","Resource":"*"}`, "statement number 1"},
		"a service":                {`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"*","Resource":"*"}`, "statement number 1"},
		"a service for us":         {`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":"111111111111"}}}`, ""},
		"a service for others too": {`{"Effect":"Allow","Principal":{"Service":"sns.amazonaws.com"},"Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceAccount":["111111111111","222222222222"]}}}`, "statement number 1"},
		"if told":                  {`{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*","Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"111111111111"}}}`, "statement number 1"},
		"the account":              {`{"Effect":"Allow","Principal":{"AWS":["111111111111","arn:aws:iam::111111111111:root","arn:aws:iam::111111111111:role/a"]},"Action":"*","Resource":"*"}`, ""},
		"another too":              {`{"Effect":"Allow","Principal":{"AWS":["111111111111","arn:aws:iam::222222222222:role/a"]},"Action":"*","Resource":"*"}`, "statement number 1"},
		"the account and more":     {`{"Effect":"Allow","Principal":{"AWS":"111111111111","Service":"sns.amazonaws.com"},"Action":"*","Resource":"*"}`, "statement number 1"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := iampolicy.Admits(`{"Statement":[`+row.statement+`]}`, "111111111111", ours)
			if want := []string{row.admits}; err != nil || row.admits == "" && len(got) > 0 || row.admits != "" && !slices.Equal(got, want) {
				t.Errorf("got %v, %v, want %s", got, err, row.admits)
			}
		})
	}
}

func TestAdmitsNeedsAPolicy(t *testing.T) {
	if got, err := iampolicy.Admits("[]", "111111111111"); err == nil {
		t.Errorf("got %v, want an error", got)
	}
	if got, err := iampolicy.Admits("", "111111111111"); err != nil || got != nil {
		t.Errorf("got %v, %v of no policy", got, err)
	}
}
