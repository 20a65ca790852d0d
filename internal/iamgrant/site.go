package iamgrant

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

// Site is what policies depend on of an account, besides what is declared for it.
type Site struct {
	Account   string
	Partition string
	// Home is the region of the account's own things.
	Home string
	// Own are the operator's roles in the account, by ARN, as far as they are named.
	Own []string
	// Principals are the patterns of the guard's protected principals.
	Principals []string
}

// SiteOf returns the site that an account is. It refuses principals that IAM would not take.
func SiteOf(account *v1alpha1.AWSAccount) (Site, error) {
	spec := &account.Spec
	site := Site{Account: spec.AccountID, Partition: spec.PartitionOrDefault(), Home: spec.Home(), Principals: spec.Guard.Protected.Principals}
	for _, role := range []string{spec.AuditRoleARN, spec.RemediationRoleARN} {
		if role != "" {
			site.Own = append(site.Own, role)
		}
	}
	for i, pattern := range site.Principals {
		if !principal.MatchString(pattern) {
			return Site{}, fmt.Errorf("guard.protected.principals[%d] %q is neither the ARN nor the name of a user or role", i, pattern)
		}
	}
	return site, nil
}

var principal = regexp.MustCompile(`^(arn:[a-z*-]+:(iam|sts):[a-z0-9*-]*:[0-9*]*:(user|role|assumed-role)/)?[\w+=,.@*/-]+$`)

func (s Site) arn(service, region, account, resource string) string {
	return strings.Join([]string{"arn", s.Partition, service, region, account, resource}, ":")
}

// iam is the ARN of something of the account's IAM.
func (s Site) iam(resource string) string { return s.arn("iam", "", s.Account, resource) }

// in is the ARN of something of the account in any region.
func (s Site) in(service, resource string) string { return s.arn(service, "*", s.Account, resource) }

// Actions that a principal could be locked out by, or taken over.
var (
	onRoles = []string{
		"iam:AttachRolePolicy", "iam:DeleteRole", "iam:DeleteRolePermissionsBoundary", "iam:DeleteRolePolicy", "iam:DetachRolePolicy",
		"iam:PassRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
	}
	onUsers = []string{
		"iam:AttachUserPolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:DeactivateMFADevice", "iam:DeleteAccessKey", "iam:DeleteLoginProfile",
		"iam:DeleteUser", "iam:DeleteUserPermissionsBoundary", "iam:DeleteUserPolicy", "iam:DetachUserPolicy", "iam:PutUserPermissionsBoundary",
		"iam:PutUserPolicy", "iam:TagUser", "iam:UntagUser", "iam:UpdateAccessKey", "iam:UpdateLoginProfile", "iam:UpdateUser",
	}
)

// denials are what the remediation role is refused whatever else is attached to it: to change
// the operator's own roles and the protected principals, and to set a key policy that locks its
// author out. S3 has no condition on its flag of the kind; the operator never sends it.
func (s Site) denials() []iampolicy.Statement {
	var all []iampolicy.Statement
	users, roles := s.protected()
	if roles = tidy(append(roles, s.Own...)); len(roles) > 0 {
		all = append(all, deny("DenyRoles", onRoles, roles, nil))
	}
	if len(users) > 0 {
		all = append(all, deny("DenyUsers", onUsers, users, nil))
	}
	return append(all, deny("DenyLockout", []string{"kms:CreateKey", "kms:PutKeyPolicy"}, []string{"*"},
		condition{"Bool": {"kms:BypassPolicyLockoutSafetyCheck": "true"}}))
}

func deny(sid string, actions, resources []string, when condition) iampolicy.Statement {
	return iampolicy.Statement{Sid: sid, Effect: "Deny", Action: actions, Resource: resources, Condition: when}
}

// protected are the users and the roles that the guard's patterns stand for. A name stands for
// users and roles on any path.
func (s Site) protected() (users, roles []string) {
	for _, pattern := range s.Principals {
		kind, name := "", pattern
		if parts := strings.SplitN(pattern, ":", 6); len(parts) == 6 {
			kind, name, _ = strings.Cut(parts[5], "/")
		}
		switch kind {
		case "user":
			users = append(users, pattern)
		case "role":
			roles = append(roles, pattern)
		case "assumed-role":
			role, _, _ := strings.Cut(name, "/")
			roles = append(roles, s.iam("role/"+role), s.iam("role/*/"+role))
		default:
			users = append(users, s.iam("user/"+name), s.iam("user/*/"+name))
			roles = append(roles, s.iam("role/"+name), s.iam("role/*/"+name))
		}
	}
	return tidy(users), tidy(roles)
}

func tidy(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
