package fakeaws

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/smithy-go"
)

// Enforced are the managed policies of a role that the cloud holds its sessions to.
type Enforced struct {
	statements []roleStatement
	used       map[string]bool
	denied     []string
}

type roleStatement struct {
	Sid, Effect string
	Action      []string
	Resource    []string
	Condition   map[string]map[string]string
}

// Enforce refuses the sessions of a role whatever the documents do not allow, as IAM would;
// sessions of other roles may do everything. Documents are of the plain form that the operator's
// own have: lists of actions and resources, one value to a condition.
func (c *Cloud) Enforce(roleARN string, documents ...string) (*Enforced, error) {
	e := &Enforced{used: map[string]bool{}}
	for _, text := range documents {
		var document struct{ Statement []roleStatement }
		decoder := json.NewDecoder(strings.NewReader(text))
		if err := decoder.Decode(&document); err != nil {
			return nil, fmt.Errorf("reading a policy of %s: %w", roleARN, err)
		}
		if size := bare(text); size > managedSize {
			return nil, fmt.Errorf("a policy of %s has %d characters, the quota is %d", roleARN, size, managedSize)
		}
		e.statements = append(e.statements, document.Statement...)
	}
	if len(documents) > mostAttached {
		return nil, fmt.Errorf("%d policies of %s, the quota is %d", len(documents), roleARN, mostAttached)
	}
	parts := strings.SplitN(roleARN, ":", 6)
	if len(parts) != 6 {
		return nil, fmt.Errorf("%q is no ARN", roleARN)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.enforced == nil {
		c.enforced = map[string]*Enforced{}
	}
	c.enforced[parts[4]+"/"+parts[5][strings.LastIndex(parts[5], "/")+1:]] = e
	return e, nil
}

// Denied are what the sessions asked for and did not get, each "action on resource".
func (e *Enforced) Denied() []string {
	slices.Sort(e.denied)
	return slices.Compact(e.denied)
}

// Used are the grants that let a call pass, each "Sid action". Of several that allow the same,
// all are used.
func (e *Enforced) Used() []string { return e.grants(true) }

// Unused are the grants that let no call pass.
func (e *Enforced) Unused() []string { return e.grants(false) }

func (e *Enforced) grants(used bool) (all []string) {
	for _, s := range e.statements {
		for _, action := range s.Action {
			if name := s.Sid + " " + action; s.Effect == "Allow" && e.used[name] == used {
				all = append(all, name)
			}
		}
	}
	slices.Sort(all)
	return all
}

// demand is one permission that a call takes: an action on resources, of which each must be
// allowed, and what conditions can ask about it.
type demand struct {
	action    string
	resources []string
	context   map[string]string
}

// authorize says as IAM would whether the caller may make the call.
func (c *Cloud) authorize(r *Request, input any) error {
	enforced := c.enforced[roleOf(r.Caller)]
	if enforced == nil {
		return nil
	}
	for _, demand := range r.demands(input) {
		for _, resource := range demand.resources {
			if why := enforced.refuses(demand, resource); why != "" {
				enforced.denied = append(enforced.denied, demand.action+" on "+resource)
				return deniedBy(r, demand.action, resource, why)
			}
		}
	}
	return nil
}

// roleOf is the account and name of the role whose session the ARN is of, or "".
func roleOf(caller string) string {
	parts := strings.Split(caller, ":")
	if len(parts) != 6 {
		return ""
	}
	session := strings.Split(parts[5], "/")
	if session[0] != "assumed-role" || len(session) < 2 {
		return ""
	}
	return parts[4] + "/" + session[1]
}

// refuses says why the policies do not allow it, or "".
func (e *Enforced) refuses(d demand, resource string) string {
	why := "no identity-based policy allows the " + d.action + " action"
	for _, s := range e.statements {
		if !s.speaksOf(d, resource) {
			continue
		}
		if s.Effect == "Deny" {
			return "with an explicit deny in an identity-based policy"
		}
		for _, action := range s.Action {
			e.used[s.Sid+" "+action] = e.used[s.Sid+" "+action] || named(action, d.action)
		}
		why = ""
	}
	return why
}

func (s roleStatement) speaksOf(d demand, resource string) bool {
	return slices.ContainsFunc(s.Action, func(a string) bool { return named(a, d.action) }) &&
		slices.ContainsFunc(s.Resource, func(pattern string) bool { return pattern == "*" || wild(pattern, resource) }) && s.holds(d.context)
}

// holds says whether all conditions are met. A key that the call does not have meets none but
// Null.
func (s roleStatement) holds(context map[string]string) bool {
	for operator, keys := range s.Condition {
		for key, want := range keys {
			have, there := context[strings.ToLower(key)]
			switch operator {
			case "StringEquals":
				if !there || have != want {
					return false
				}
			case "Bool":
				if !there || !strings.EqualFold(have, want) {
					return false
				}
			case "Null":
				if there == (want == "true") {
					return false
				}
			default:
				return false
			}
		}
	}
	return true
}

// named says whether the action of a statement, in any case and with wildcards, is the one.
func named(pattern, action string) bool {
	return wild(strings.ToLower(pattern), strings.ToLower(action))
}

// wild matches a pattern in which * stands for any characters and ? for one.
func wild(pattern, name string) bool {
	if pattern == "" || name == "" {
		return pattern == name || strings.Trim(pattern, "*") == ""
	}
	switch pattern[0] {
	case '*':
		return wild(pattern[1:], name) || wild(pattern, name[1:])
	case '?', name[0]:
		return wild(pattern[1:], name[1:])
	}
	return false
}

// deniedBy is how the service words it.
func deniedBy(r *Request, action, resource, why string) error {
	sentence := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s because %s", r.Caller, action, resource, why)
	if strings.HasPrefix(why, "with") {
		sentence = strings.Replace(sentence, " because with ", " with ", 1)
	}
	if service(r.Operation) == "ec2" {
		sentence = "You are not authorized to perform this operation. " + sentence
	}
	return &smithy.GenericAPIError{Code: deniedCode(r.Operation), Message: sentence}
}
