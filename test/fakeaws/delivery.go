package fakeaws

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// delivery is a service that wants to write to a bucket for an account.
type delivery struct {
	service string
	account string
	// folder is where in the account's logs the service writes.
	folder string
	// source is the ARN of what delivers, where it names itself.
	source string
}

// mayDeliver says whether the bucket's policy lets the service do all of the actions: on the
// bucket itself, or on the objects under the prefix where the action is on objects.
func (r *Request) mayDeliver(name string, b *bucket, d delivery, prefix string, actions ...string) bool {
	var policy bucketPolicy
	_ = json.Unmarshal([]byte(b.policy), &policy)
	for _, action := range actions {
		resource := b.arn(r, name)
		if strings.HasSuffix(action, "Object") {
			resource += "/" + strings.TrimPrefix(prefix+"/", "/") + "AWSLogs/" + d.account + "/" + d.folder + "/x"
		}
		if !slices.ContainsFunc(policy.Statement, func(s bucketStatement) bool { return s.lets(d, action, resource) }) {
			return false
		}
	}
	return true
}

// lets says whether the statement allows the action to the service.
func (s bucketStatement) lets(d delivery, action, resource string) bool {
	named, _ := s.Principal.(map[string]any)
	return s.Effect == "Allow" && slices.Contains(texts(named["Service"]), d.service) &&
		inventory.MatchesAny(texts(s.Action), action) && inventory.MatchesAny(texts(s.Resource), resource) && s.holds(d)
}

// holds says whether the statement's conditions are met by a delivery.
func (s bucketStatement) holds(d delivery) bool {
	have := map[string]string{"aws:sourcearn": d.source, "aws:sourceaccount": d.account, "s3:x-amz-acl": "bucket-owner-full-control"}
	for _, keys := range s.Condition {
		for key, value := range keys {
			if !inventory.MatchesAny(texts(value), have[strings.ToLower(key)]) {
				return false
			}
		}
	}
	return true
}
