package inventory

import (
	"slices"
	"unicode"

	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

// Users are the IAM users of the account, with what gives them permissions.
var Users = Collection[User]{Name: "iam.users", Scope: Global}

// User is an IAM user; its id is its name.
type User struct {
	Ref
	Kind Kind
	// Attached are the managed policies attached to the user itself, by ARN.
	Attached []string
	// Inline are the user's own inline policies.
	Inline []InlinePolicy
	// Groups that the user is in, by name.
	Groups []string
	// Landing is the group that takes over what is attached to the user itself, as it stands;
	// nil where there is none yet.
	Landing *Group
}

// InlinePolicy is a policy that exists only in the user or group that it is part of.
type InlinePolicy struct {
	Name     string
	Document string
}

// Group is an IAM group.
type Group struct {
	Name     string
	Path     string
	Attached []string
	Inline   []InlinePolicy
	// Members by name, and those of them that are break-glass.
	Members    []string
	BreakGlass []string
}

// What the operator names the groups that it makes: groups have no tags, so their path says
// whose they are.
const (
	GroupPath = "/guardrails/"
	// MFAGroup denies its members everything but enrolling until they sign in with MFA.
	MFAGroup = "guardrails-require-mfa"
	// MFAPolicy is the inline policy by which it does.
	MFAPolicy = "require-mfa"

	landingPrefix = "guardrails-user-"
)

// Quotas of IAM that plans keep to.
const (
	GroupsPerUser    = 10
	PoliciesPerGroup = 10
	// InlinePerGroup is in characters of all inline policies together, without white space.
	InlinePerGroup = 5120
)

// LandingGroup names the group that takes over what is attached to the user itself.
func LandingGroup(user string) string { return landingPrefix + user }

// Policy returns the group's inline policy of the name, or "".
func (g *Group) Policy(name string) string {
	if g == nil {
		return ""
	}
	return PolicyNamed(g.Inline, name)
}

// PolicyNamed returns the document of the policy of the name, or "".
func PolicyNamed(policies []InlinePolicy, name string) string {
	at := slices.IndexFunc(policies, func(p InlinePolicy) bool { return p.Name == name })
	if at < 0 {
		return ""
	}
	return policies[at].Document
}

// PolicySize is how IAM counts a document against its quotas: without white space.
func PolicySize(document string) int {
	n := 0
	for _, char := range document {
		if !unicode.IsSpace(char) {
			n++
		}
	}
	return n
}

// Grants names the policies that the user would newly get by joining the group: those that are
// not attached to the user itself, word by word.
func (g *Group) Grants(attached []string, inline []InlinePolicy) []string {
	var grants []string
	for _, arn := range g.Attached {
		if !slices.Contains(attached, arn) {
			grants = append(grants, arn)
		}
	}
	for _, policy := range g.Inline {
		if have := PolicyNamed(inline, policy.Name); have == "" || !iampolicy.Equal(have, policy.Document) {
			grants = append(grants, policy.Name)
		}
	}
	return grants
}
