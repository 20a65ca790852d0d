package fakeaws

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// bucketPolicy is a policy as S3 keeps it: not the text that was put, but its meaning.
type bucketPolicy struct {
	Version   string            `json:"Version,omitempty"`
	ID        string            `json:"Id,omitempty"`
	Statement []bucketStatement `json:"Statement"`
}

type bucketStatement struct {
	Sid          string                    `json:"Sid,omitempty"`
	Effect       string                    `json:"Effect,omitempty"`
	Principal    any                       `json:"Principal,omitempty"`
	NotPrincipal any                       `json:"NotPrincipal,omitempty"`
	Action       any                       `json:"Action,omitempty"`
	NotAction    any                       `json:"NotAction,omitempty"`
	Resource     any                       `json:"Resource,omitempty"`
	NotResource  any                       `json:"NotResource,omitempty"`
	Condition    map[string]map[string]any `json:"Condition,omitempty"`
}

func malformed(format string, args ...any) error {
	return failure("MalformedPolicy", format, args...)
}

// parseBucketPolicy reads a policy as S3 does and refuses what it refuses.
func parseBucketPolicy(r *Request, text, bucketARN string) (*bucketPolicy, error) {
	var shape struct {
		Version   string
		ID        string `json:"Id"`
		Statement json.RawMessage
	}
	if err := strictly(text, &shape); err != nil {
		return nil, malformed("Policies must be valid JSON and the first byte must be '{'")
	}
	document := &bucketPolicy{Version: shape.Version, ID: shape.ID}
	one := bytes.TrimSpace(shape.Statement)
	if len(one) > 0 && one[0] == '{' {
		one = slices.Concat([]byte("["), one, []byte("]"))
	}
	if err := strictly(string(one), &document.Statement); err != nil || len(document.Statement) == 0 {
		return nil, malformed("Missing required field Statement or a field of it is not known")
	}
	if !slices.Contains([]string{"", "2008-10-17", "2012-10-17"}, document.Version) {
		return nil, malformed("The policy must contain a valid version string")
	}
	sids := map[string]bool{}
	for i := range document.Statement {
		statement := &document.Statement[i]
		if statement.Sid != "" && sids[statement.Sid] {
			return nil, malformed("Statement IDs (SID) in a single policy must be unique.")
		}
		sids[statement.Sid] = true
		if err := statement.check(bucketARN); err != nil {
			return nil, err
		}
		statement.normalise(r)
	}
	return document, nil
}

func strictly(text string, into any) error {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("parsing a policy: %w", err)
	}
	return nil
}

func (s *bucketStatement) check(bucketARN string) error {
	one := func(a, b any) bool { return (a == nil) != (b == nil) }
	switch {
	case s.Effect != "Allow" && s.Effect != "Deny":
		return malformed("Invalid effect: %s", s.Effect)
	case !one(s.Principal, s.NotPrincipal):
		return malformed("Missing required field Principal")
	case !one(s.Action, s.NotAction):
		return malformed("Missing required field Action")
	case !one(s.Resource, s.NotResource):
		return malformed("Missing required field Resource")
	case !validPrincipal(s.Principal), !validPrincipal(s.NotPrincipal):
		return malformed("Invalid principal in policy")
	case !every(texts(s.Resource, s.NotResource), func(resource string) bool { return isOf(bucketARN, resource) }):
		return malformed("Policy has invalid resource")
	case !every(texts(s.Action, s.NotAction), isS3Action):
		return malformed("Policy has invalid action")
	}
	return s.checkCondition()
}

func (s *bucketStatement) checkCondition() error {
	for _, keys := range s.Condition {
		for _, value := range keys {
			if value == nil {
				return malformed("Policy has an invalid condition value")
			}
		}
	}
	return nil
}

func every(items []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(items, func(item string) bool { return !holds(item) })
}

func isS3Action(action string) bool {
	return action == "*" || strings.HasPrefix(strings.ToLower(action), "s3:")
}

// isOf says whether the resource is the bucket, what is in it, or a pattern of both.
func isOf(bucketARN, resource string) bool {
	rest, ok := strings.CutPrefix(resource, bucketARN)
	return resource == "*" || ok && (rest == "" || rest[0] == '/' || strings.HasSuffix(rest, "*"))
}

var principalShape = regexp.MustCompile(`^(\*|[0-9]{12}|arn:aws[a-z-]*:(iam|sts)::([0-9]{12}|cloudfront):.+|AIDA\w+|AROA\w+)$`)

func validPrincipal(principal any) bool {
	switch p := principal.(type) {
	case nil:
		return true
	case string:
		return p == "*"
	case map[string]any:
		for kind, names := range p {
			if !slices.Contains([]string{"AWS", "Service", "Federated", "CanonicalUser"}, kind) {
				return false
			}
			for _, name := range texts(names) {
				if kind == "AWS" && !principalShape.MatchString(name) {
					return false
				}
			}
		}
		return len(p) > 0
	}
	return false
}

// texts flattens what may be a text or a list of texts.
func texts(values ...any) (all []string) {
	for _, value := range values {
		switch v := value.(type) {
		case string:
			all = append(all, v)
		case []any:
			all = append(all, texts(v...)...)
		}
	}
	return all
}

// normalise writes a statement as S3 gives it back: lists of one as the one, account ids as the
// ARN of their root, condition values as texts.
func (s *bucketStatement) normalise(r *Request) {
	s.Action, s.NotAction, s.Resource, s.NotResource = single(s.Action), single(s.NotAction), single(s.Resource), single(s.NotResource)
	for _, principal := range []any{s.Principal, s.NotPrincipal} {
		named, ok := principal.(map[string]any)
		if !ok {
			continue
		}
		for kind, names := range named {
			var rooted []any
			for _, name := range texts(names) {
				if len(name) == 12 && !strings.Contains(name, "*") {
					name = "arn:" + r.Cloud.Partition + ":iam::" + name + ":root"
				}
				rooted = append(rooted, name)
			}
			named[kind] = single(rooted)
		}
	}
	for _, keys := range s.Condition {
		for key, value := range keys {
			keys[key] = single(worded(value))
		}
	}
}

func worded(value any) any {
	switch v := value.(type) {
	case []any:
		all := make([]any, len(v))
		for i := range v {
			all[i] = worded(v[i])
		}
		return all
	case string:
		return v
	}
	return fmt.Sprint(value)
}

func single(value any) any {
	if list, ok := value.([]any); ok && len(list) == 1 {
		return list[0]
	}
	return value
}

// narrowing are the condition keys whose fixed values make an open statement not public.
var narrowing = []string{
	"aws:principalorgid", "aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceowner", "aws:sourcevpc", "aws:sourcevpce", "aws:userid",
	"s3:dataaccesspointaccount", "s3:dataaccesspointarn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
}

// public says whether any statement lets everyone in, as S3 means it.
func (p *bucketPolicy) public() bool {
	return slices.ContainsFunc(p.Statement, func(s bucketStatement) bool {
		if s.Effect != "Allow" || s.Principal != nil && !everyone(s.Principal) {
			return false
		}
		for _, keys := range s.Condition {
			for key, value := range keys {
				if slices.Contains(narrowing, strings.ToLower(key)) && !slices.ContainsFunc(texts(value), tooWide) {
					return false
				}
			}
		}
		return true
	})
}

func everyone(principal any) bool {
	if named, ok := principal.(map[string]any); ok {
		return slices.Contains(texts(named["AWS"]), "*")
	}
	return principal == "*"
}

// tooWide says whether a condition's value narrows nothing.
func tooWide(value string) bool {
	for _, wide := range []string{"/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7"} {
		if strings.HasSuffix(value, wide) {
			return true
		}
	}
	return strings.ContainsAny(value, "*?$")
}
