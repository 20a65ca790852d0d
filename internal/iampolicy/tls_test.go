package iampolicy

import (
	"strings"
	"testing"
)

func TestDeniesWithoutTLS(t *testing.T) {
	const noTLS = `"Condition":{"Bool":{"aws:SecureTransport":"false"}}`
	// deny is the statement that denies, with one member in another form.
	deny := func(member string) string {
		members := map[string]string{
			"Effect": `"Effect":"Deny"`, "Principal": `"Principal":"*"`, "Action": `"Action":"s3:*"`,
			"Resource": `"Resource":["arn:aws:s3:::box","arn:aws:s3:::box/*"]`, "Condition": noTLS,
		}
		name, _, _ := strings.Cut(strings.Trim(member, `"`), `"`)
		members[strings.TrimPrefix(name, "Not")] = member
		return `{` + strings.Join([]string{members["Effect"], members["Principal"], members["Action"], members["Resource"], members["Condition"]}, ",") + `}`
	}
	for name, row := range map[string]struct {
		statements string
		want       bool
	}{
		"the usual":                     {deny(noTLS), true},
		"none":                          {"", false},
		"all actions":                   {deny(`"Action":"*"`), true},
		"among others":                  {deny(`"Action":["s3:GetObject","S3:*"]`), true},
		"one action":                    {deny(`"Action":"s3:GetObject"`), false},
		"actions by a pattern":          {deny(`"Action":"s3:Get*"`), false},
		"all but some actions":          {deny(`"NotAction":"s3:GetObject"`), false},
		"an allow":                      {deny(`"Effect":"Allow"`), false},
		"everyone by a list":            {deny(`"Principal":{"AWS":["111111111111","*"]}`), true},
		"one account":                   {deny(`"Principal":{"AWS":"111111111111"}`), false},
		"every service":                 {deny(`"Principal":{"Service":"*"}`), false},
		"everyone but one":              {deny(`"NotPrincipal":{"AWS":"arn:aws:iam::111111111111:root"}`), false},
		"the bucket only":               {deny(`"Resource":"arn:aws:s3:::box"`), false},
		"the objects only":              {deny(`"Resource":"arn:aws:s3:::box/*"`), false},
		"some objects":                  {deny(`"Resource":["arn:aws:s3:::box","arn:aws:s3:::box/a*"]`), false},
		"objects of one letter":         {deny(`"Resource":["arn:aws:s3:::box","arn:aws:s3:::box/?"]`), false},
		"all by one pattern":            {deny(`"Resource":"arn:aws:s3:::box*"`), true},
		"every bucket":                  {deny(`"Resource":"arn:aws:s3:::*"`), true},
		"everything":                    {deny(`"Resource":"*"`), true},
		"a letter left open":            {deny(`"Resource":["arn:aws:s3:::b?x","arn:aws:s3:::b?x/*"]`), true},
		"another bucket":                {deny(`"Resource":["arn:aws:s3:::boxes","arn:aws:s3:::boxes/*"]`), false},
		"a bucket in capitals":          {deny(`"Resource":["arn:aws:s3:::BOX","arn:aws:s3:::BOX/*"]`), false},
		"another partition":             {deny(`"Resource":["arn:aws-cn:s3:::box","arn:aws-cn:s3:::box/*"]`), false},
		"a policy variable":             {deny(`"Resource":["arn:aws:s3:::box","arn:aws:s3:::box/${aws:username}/*"]`), false},
		"all but some objects":          {deny(`"NotResource":"arn:aws:s3:::box/public/*"`), false},
		"in two statements":             {deny(`"Resource":"arn:aws:s3:::box"`) + "," + deny(`"Resource":"arn:aws:s3:::box/*"`), true},
		"halves that do not meet":       {deny(`"Resource":"arn:aws:s3:::box"`) + "," + deny(`"Resource":"arn:aws:s3:::box/a/*"`), false},
		"false as a truth value":        {deny(`"Condition":{"Bool":{"aws:SecureTransport":false}}`), true},
		"false in a list":               {deny(`"Condition":{"Bool":{"aws:SecureTransport":["false"]}}`), true},
		"true or false":                 {deny(`"Condition":{"Bool":{"aws:SecureTransport":["true","false"]}}`), true},
		"the key in small":              {deny(`"Condition":{"Bool":{"aws:securetransport":"false"}}`), true},
		"if it exists":                  {deny(`"Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}`), true},
		"no condition denies all":       {deny(`"Condition":{}`), true},
		"true: denies those with TLS":   {deny(`"Condition":{"Bool":{"aws:SecureTransport":"true"}}`), false},
		"null":                          {deny(`"Condition":{"Bool":{"aws:SecureTransport":null}}`), false},
		"an empty list":                 {deny(`"Condition":{"Bool":{"aws:SecureTransport":[]}}`), false},
		"a null operator":               {deny(`"Condition":{"Bool":null}`), false},
		"an empty operator":             {deny(`"Condition":{"Bool":{}}`), false},
		"a null condition":              {deny(`"Condition":null`), false},
		"a text as condition":           {deny(`"Condition":"aws:SecureTransport"`), false},
		"another operator":              {deny(`"Condition":{"StringEquals":{"aws:SecureTransport":"false"}}`), false},
		"whether the key is there":      {deny(`"Condition":{"Null":{"aws:SecureTransport":"true"}}`), false},
		"the TLS version alone":         {deny(`"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`), false},
		"the TLS version too":           {deny(`"Condition":{"Bool":{"aws:SecureTransport":"false"},"NumericLessThan":{"s3:TlsVersion":"1.2"}}`), false},
		"the TLS version by its own":    {deny(noTLS) + "," + deny(`"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`), true},
		"from some addresses":           {deny(`"Condition":{"Bool":{"aws:SecureTransport":"false"},"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}`), false},
		"another truth in it":           {deny(`"Condition":{"Bool":{"aws:SecureTransport":"false","aws:ViaAWSService":"false"}}`), false},
		"an exception beside everyone":  {deny(noTLS + `,"NotPrincipal":{"AWS":"111111111111"}`), false},
		"actions and their exception":   {deny(noTLS + `,"NotAction":"s3:GetObject"`), false},
		"objects and their exception":   {deny(noTLS + `,"NotResource":"arn:aws:s3:::box/a"`), false},
		"a member that is not known":    {deny(noTLS + `,"Unless":"Tuesday"`), false},
		"beside what allows everything": {`{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"},` + deny(noTLS), true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := DeniesWithoutTLS(`{"Version":"2012-10-17","Statement":[`+row.statements+`]}`, box)
			if err != nil || got != row.want {
				t.Errorf("got %v, %v, want %v: %s", got, err, row.want, row.statements)
			}
		})
	}
}

func TestDeniesWithoutTLSNeedsAPolicy(t *testing.T) {
	if got, err := DeniesWithoutTLS("", box); got || err != nil {
		t.Errorf("no policy: got %v, %v, want false", got, err)
	}
	if got, err := DeniesWithoutTLS("nonsense", box); got || err == nil {
		t.Errorf("no policy document: got %v, %v, want an error", got, err)
	}
	if got, err := DeniesWithoutTLS(`{"Statement":`+ours+`}`, box); !got || err != nil {
		t.Errorf("a single statement: got %v, %v, want true", got, err)
	}
}
