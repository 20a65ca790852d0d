package iampolicy

import (
	"slices"
	"strings"
)

// SidDenyInsecureTransport names our statement in a bucket's policy.
const SidDenyInsecureTransport = "GuardrailsDenyInsecureTransport"

// DenyInsecureTransport is the statement that lets nobody reach the bucket without TLS.
func DenyInsecureTransport(bucketARN string) Statement {
	return Statement{
		Sid:       SidDenyInsecureTransport,
		Effect:    "Deny",
		Principal: "*",
		Action:    []string{"s3:*"},
		Resource:  []string{bucketARN, bucketARN + "/*"},
		Condition: map[string]map[string]string{"Bool": {secureTransport: "false"}},
	}
}

const secureTransport = "aws:SecureTransport"

// DeniesWithoutTLS says whether the policy denies everyone everything on the bucket and on its
// objects unless the request came over TLS. Only statements that surely do so count: a
// statement with NotPrincipal, NotAction or NotResource leaves a hole, a further condition
// narrows, and s3:TlsVersion is not there to compare in a request without TLS.
func DeniesWithoutTLS(text, bucketARN string) (bool, error) {
	if text == "" {
		return false, nil
	}
	d, err := parse(text)
	if err != nil {
		return false, err
	}
	bucket, objects := false, false
	for _, s := range d.statements {
		members, _ := valueOf(s.raw).(map[string]any)
		if !deniesEveryone(members) {
			continue
		}
		for _, resource := range listOf(members["Resource"]) {
			bucket = bucket || covers(resource, bucketARN)
			objects = objects || strings.HasSuffix(resource, "*") && covers(resource, bucketARN+"/")
		}
	}
	return bucket && objects, nil
}

// deniesEveryone says whether a statement denies all principals all of S3 without TLS, on
// whatever it is about.
func deniesEveryone(members map[string]any) bool {
	for name := range members {
		if !slices.Contains([]string{"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}, name) {
			return false
		}
	}
	condition, conditional := members["Condition"]
	return members["Effect"] == "Deny" && isEveryone(members["Principal"]) && isAllOfS3(members["Action"]) && (!conditional || holdsWithoutTLS(condition))
}

func isEveryone(principal any) bool {
	if kinds, ok := principal.(map[string]any); ok {
		return slices.Contains(listOf(kinds["AWS"]), "*")
	}
	return principal == "*"
}

func isAllOfS3(actions any) bool {
	return slices.ContainsFunc(listOf(actions), func(action string) bool { return action == "*" || strings.EqualFold(action, "s3:*") })
}

// holdsWithoutTLS says whether a condition is met by every request without TLS. All clauses of
// a condition must hold, so each has to be about TLS alone. The key is in every request, which
// makes BoolIfExists the same as Bool.
func holdsWithoutTLS(condition any) bool {
	operators, ok := condition.(map[string]any)
	if !ok {
		return false
	}
	for operator, keys := range operators {
		named, ok := keys.(map[string]any)
		if !ok || len(named) == 0 || operator != "Bool" && operator != "BoolIfExists" {
			return false
		}
		for key, values := range named {
			if !strings.EqualFold(key, secureTransport) || !slices.Contains(listOf(values), "false") {
				return false
			}
		}
	}
	return true
}

// listOf flattens what may be one value or a list of values.
func listOf(value any) []string {
	values, ok := value.([]any)
	if !ok {
		values = []any{value}
	}
	var list []string
	for _, one := range values {
		switch v := one.(type) {
		case string:
			list = append(list, v)
		case bool:
			list = append(list, worded(v))
		}
	}
	return list
}

// covers says whether the pattern of a resource, in which * stands for any characters and ? for
// one, matches the name. A policy variable in it stands for nothing known here, and matches only
// itself.
func covers(pattern, name string) bool {
	at, star, tried := 0, -1, 0
	for i := 0; i < len(name); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, tried = at, i
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == name[i]):
			at++
			i++
		case star >= 0:
			tried++
			at, i = star+1, tried
		default:
			return false
		}
	}
	return strings.Trim(pattern[at:], "*") == ""
}
