package iamgrant

import (
	"strings"
	"sync"
	"unicode"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// scopeOf returns where a permission applies: as scopes say, else on the resources that the
// calls which take it name.
func scopeOf(permission string) (scope, bool) {
	if where, ok := scopes[permission]; ok {
		return where, true
	}
	where, ok := derived()[permission]
	return where, ok
}

// derived are the scopes that follow from where calls are declared. What is made on several
// types of resources applies to each.
var derived = sync.OnceValue(func() map[string]scope {
	byPermission := map[string]scope{}
	for _, use := range append(read.Uses(), remedy.Uses()...) {
		for _, permission := range awsapi.Needs(use.Call) {
			byPermission[permission] = either(byPermission[permission], allOf(use.On))
		}
	}
	return byPermission
})

// allOf are all resources of a type in the account; anywhere for what has no ARN.
func allOf(kind inventory.Type) scope {
	switch {
	case kind.ARN == "":
		return anywhere
	case kind == inventory.Buckets.Type:
		return buckets
	}
	return func(s Site, _ things) []place {
		return []place{{name: plural(kind.Name), arns: []string{kind.Named(s.Partition, "*", s.Account, "*")}}}
	}
}

// either is both scopes, which may be one.
func either(a, b scope) scope {
	if a == nil {
		return b
	}
	return func(s Site, on things) []place {
		places := a(s, on)
		for _, more := range b(s, on) {
			if len(places) == 0 || places[0].arns[0] != more.arns[0] {
				places = append(places, more)
			}
		}
		return places
	}
}

// plural is a type's name in a Sid: DynamoDBTables of AWS::DynamoDB::Table.
func plural(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, strings.TrimPrefix(name, "AWS::")) + "s"
}
