package iampolicy

import "testing"

// one makes a document of one statement with the members.
func one(members string) string {
	return `{"Version":"2012-10-17","Statement":[{` + members + `}]}`
}

func TestEqual(t *testing.T) {
	const first, second = `{"Sid":"a","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"r"}`, `{"Sid":"b","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"r"}`
	for name, row := range map[string]struct {
		a, b string
		want bool
	}{
		"white space":                  {one(`"Effect":"Allow"`), "{ \"Version\" : \"2012-10-17\",\n\"Statement\" : [ { \"Effect\" : \"Allow\" } ] }", true},
		"URL-encoded":                  {one(`"Effect":"Allow"`), `%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%7D%5D%7D`, true},
		"order of members":             {one(`"Effect":"Allow","Action":"s3:*"`), one(`"Action":"s3:*","Effect":"Allow"`), true},
		"order of statements":          {`{"Statement":[` + first + `,` + second + `]}`, `{"Statement":[` + second + `,` + first + `]}`, true},
		"a list of one statement":      {`{"Statement":[` + first + `]}`, `{"Statement":` + first + `}`, true},
		"a statement less":             {`{"Statement":[` + first + `,` + second + `]}`, `{"Statement":[` + first + `]}`, false},
		"the default version":          {`{"Statement":[]}`, `{"Version":"2008-10-17","Statement":[]}`, true},
		"another version":              {`{"Statement":[]}`, `{"Version":"2012-10-17","Statement":[]}`, false},
		"another id":                   {`{"Id":"x","Statement":[]}`, `{"Id":"y","Statement":[]}`, false},
		"a list of one action":         {one(`"Action":"s3:*"`), one(`"Action":["s3:*"]`), true},
		"order of actions":             {one(`"Action":["s3:a","s3:b"]`), one(`"Action":["s3:b","s3:a","s3:a"]`), true},
		"case of actions":              {one(`"Action":"S3:getobject"`), one(`"Action":"s3:GetObject"`), true},
		"case of excepted actions":     {one(`"NotAction":"S3:getobject"`), one(`"NotAction":"s3:GetObject"`), true},
		"case of resources":            {one(`"Resource":"R"`), one(`"Resource":"r"`), false},
		"action against its exception": {one(`"Action":"s3:*"`), one(`"NotAction":"s3:*"`), false},
		"everyone":                     {one(`"Principal":"*"`), one(`"Principal":{"AWS":["*"]}`), true},
		"everyone but":                 {one(`"Principal":"*"`), one(`"NotPrincipal":"*"`), false},
		"an account and its root":      {one(`"Principal":{"AWS":"111111111111"}`), one(`"Principal":{"AWS":"arn:aws:iam::111111111111:root"}`), true},
		"its root in another part":     {one(`"Principal":{"AWS":"111111111111"}`), one(`"Principal":{"AWS":"arn:aws-us-gov:iam::111111111111:root"}`), true},
		"an account and its user":      {one(`"Principal":{"AWS":"111111111111"}`), one(`"Principal":{"AWS":"arn:aws:iam::111111111111:user/root"}`), false},
		"a service and an account":     {one(`"Principal":{"AWS":"*"}`), one(`"Principal":{"Service":"*"}`), false},
		"a truth value":                {one(`"Condition":{"Bool":{"aws:SecureTransport":false}}`), one(`"Condition":{"Bool":{"aws:SecureTransport":["false"]}}`), true},
		"a number":                     {one(`"Condition":{"NumericLessThan":{"s3:TlsVersion":1.2}}`), one(`"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`), true},
		"another truth value":          {one(`"Condition":{"Bool":{"aws:SecureTransport":false}}`), one(`"Condition":{"Bool":{"aws:SecureTransport":true}}`), false},
		"case of condition keys":       {one(`"Condition":{"Bool":{"AWS:securetransport":false}}`), one(`"Condition":{"Bool":{"aws:SecureTransport":false}}`), true},
		"case of condition values":     {one(`"Condition":{"StringEquals":{"aws:PrincipalTag/x":"A"}}`), one(`"Condition":{"StringEquals":{"aws:PrincipalTag/x":"a"}}`), false},
		"two keys of one meaning":      {one(`"Condition":{"StringLike":{"aws:a":"1","AWS:a":"2"}}`), one(`"Condition":{"StringLike":{"aws:a":["1","2"]}}`), false},
		"a null value":                 {one(`"Condition":{"Bool":{"aws:SecureTransport":null}}`), one(`"Condition":{"Bool":{"aws:SecureTransport":"null"}}`), false},
		"a null against none":          {one(`"Condition":{"Bool":{"aws:SecureTransport":null}}`), one(`"Effect":"Deny"`), false},
		"a null operator":              {one(`"Condition":{"Bool":null}`), one(`"Condition":{"Bool":{}}`), false},
		"no condition":                 {one(`"Effect":"Deny","Condition":{}`), one(`"Effect":"Deny"`), true},
		"an empty Sid":                 {one(`"Effect":"Deny","Sid":""`), one(`"Effect":"Deny"`), true},
		"what nobody knows":            {one(`"Effect":"Deny","Extra":[2,1]`), one(`"Effect":"Deny","Extra":[1,2]`), false},
		"no policies":                  {"nonsense", "nonsense", true},
		"different nonsense":           {"nonsense", "Nonsense", false},
		"none and none":                {"", "", true},
		"none and an empty one":        {"", "{}", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Equal(row.a, row.b); got != row.want {
				t.Errorf("got %v, want %v:\n%s\n%s", got, row.want, Canonical(row.a), Canonical(row.b))
			}
			if Canonical(Canonical(row.a)) != Canonical(Canonical(Canonical(row.a))) {
				t.Errorf("the canonical form does not rest: %s", Canonical(row.a))
			}
		})
	}
}
