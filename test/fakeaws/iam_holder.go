package fakeaws

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// iamHolder is what users, groups and roles have in common: policies attached and inline.
type iamHolder struct {
	// kind and name are for messages.
	kind, name string
	// limit is how many characters its inline policies have together, without white space.
	limit    int
	attached []string
	inline   map[string]string
}

func newHolder(kind, name string, limit int) iamHolder {
	return iamHolder{kind: kind, name: name, limit: limit, inline: map[string]string{}}
}

// most managed policies that a user, a group or a role has.
const mostAttached = 10

func (h *iamHolder) attach(r *Request, policy *string) error {
	arn := aws.ToString(policy)
	if _, err := r.managedPolicy(arn); err != nil {
		return err
	}
	if slices.Contains(h.attached, arn) {
		return nil
	}
	if len(h.attached) >= mostAttached {
		return iamLimit("Cannot exceed quota for PoliciesPer%s: %d", h.kind, mostAttached)
	}
	h.attached = append(h.attached, arn)
	return nil
}

func (h *iamHolder) detach(policy *string) error {
	at := slices.Index(h.attached, aws.ToString(policy))
	if at < 0 {
		return noSuchEntity("Policy %s was not found.", aws.ToString(policy))
	}
	h.attached = slices.Delete(h.attached, at, at+1)
	return nil
}

func (h *iamHolder) put(name, document *string) error {
	if err := validDocument(aws.ToString(document)); err != nil {
		return err
	}
	total := bare(aws.ToString(document))
	for other, text := range h.inline {
		if other != aws.ToString(name) {
			total += bare(text)
		}
	}
	if total > h.limit {
		return iamLimit("Maximum policy size of %d bytes exceeded for %s %s", h.limit, strings.ToLower(h.kind), h.name)
	}
	h.inline[aws.ToString(name)] = aws.ToString(document)
	return nil
}

func (h *iamHolder) document(name *string) (*string, error) {
	document, ok := h.inline[aws.ToString(name)]
	if !ok {
		return nil, noSuchEntity("The %s policy with name %s cannot be found.", strings.ToLower(h.kind), aws.ToString(name))
	}
	return escaped(document), nil
}

func (h *iamHolder) drop(name *string) error {
	if _, err := h.document(name); err != nil {
		return err
	}
	delete(h.inline, aws.ToString(name))
	return nil
}

func (h *iamHolder) names() []string { return slices.Sorted(maps.Keys(h.inline)) }

func (h *iamHolder) details() []types.PolicyDetail {
	all := []types.PolicyDetail{}
	for _, name := range h.names() {
		all = append(all, types.PolicyDetail{PolicyName: aws.String(name), PolicyDocument: escaped(h.inline[name])})
	}
	return all
}

func (h *iamHolder) attachments() []types.AttachedPolicy {
	all := []types.AttachedPolicy{}
	for _, arn := range h.attached {
		all = append(all, types.AttachedPolicy{PolicyArn: aws.String(arn), PolicyName: aws.String(arn[strings.LastIndex(arn, "/")+1:])})
	}
	return all
}

// empty says whether the entity can be deleted as far as policies go.
func (h *iamHolder) empty() error {
	if len(h.attached) > 0 {
		return deleteConflict("Cannot delete entity, must detach all policies first.")
	}
	if len(h.inline) > 0 {
		return deleteConflict("Cannot delete entity, must delete policies first.")
	}
	return nil
}

// bare is a document's size as IAM counts it: without white space.
func bare(document string) int {
	n := 0
	for _, char := range document {
		if !unicode.IsSpace(char) {
			n++
		}
	}
	return n
}

func validDocument(document string) error {
	var parsed struct{ Statement json.RawMessage }
	if err := json.Unmarshal([]byte(document), &parsed); err != nil || len(parsed.Statement) == 0 {
		return &types.MalformedPolicyDocumentException{Message: aws.String("Syntax errors in policy.")}
	}
	return nil
}
