package posture

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Protection says what no run may touch, whatever anyone approved.
type Protection struct {
	// Own are the operator's roles in the account, by ARN, what it signs in as, and the instance
	// that lends it that.
	Own []string
	// Principals and Resources are patterns of the account's guard.
	Principals []string
	Resources  []string
	// KeyAccounts are the other accounts whose KMS keys may be used.
	KeyAccounts []string
	// IncludeManagedElsewhere plans changes to what another tool manages all the same.
	IncludeManagedElsewhere bool
	// OwnerTags are the tags, key or key=value, that mark what is managed elsewhere besides those
	// that are known.
	OwnerTags []string
}

// Refuses returns the rule that forbids the action, or "".
func (p Protection) Refuses(d action.Description) string {
	names := append([]string{d.Target.ID, d.Target.ARN}, d.Touches...)
	for _, name := range names {
		switch {
		case name == "":
		case p.isOwn(d.Target, name):
			return "the operator's own " + kindOf(name) + " " + name
		case isIAM(name, "role/aws-service-role/", "role/aws-reserved/"):
			return "reserved by AWS: " + name
		case isIAM(name, "oidc-provider/", "saml-provider/"):
			return "federation that workloads sign in by: " + name
		case inventory.MatchesAny(p.Principals, name, lastPart(name)) && isPrincipal(d.Target.Type, name):
			return "protected principal " + name
		case inventory.MatchesAny(p.Resources, name):
			return "protected resource " + name
		}
	}
	return ""
}

// Distrusts says of an action that makes AWS encrypt with a key of another account, which the
// guard does not list, what a person has to do; or "".
func (p Protection) Distrusts(d action.Description) string {
	for _, key := range d.Keys {
		parts := strings.SplitN(key, ":", 6)
		// What is no ARN is a key of the account itself.
		if len(parts) == 6 && parts[4] != d.Target.Account && !slices.Contains(p.KeyAccounts, parts[4]) {
			return fmt.Sprintf("key %s is of account %s, which could keep everybody from what it encrypts: declare a key of this account, or list that one in the AWSAccount's guard.trustedKeyAccounts", key, parts[4])
		}
	}
	return ""
}

// isOwn says whether the name is one of the operator's roles: by ARN, by the ARN of a session in
// it, or, of a role, by name. A role of the name in another account is another.
func (p Protection) isOwn(of inventory.Ref, name string) bool {
	account, role := of.Account, ""
	if parts := strings.SplitN(name, ":", 6); len(parts) == 6 {
		session, _ := strings.CutPrefix(parts[5], "assumed-role/")
		if session != parts[5] {
			account = parts[4]
			role, _, _ = strings.Cut(session, "/")
		}
	} else if of.Type == "AWS::IAM::Role" {
		role = name
	}
	return slices.ContainsFunc(p.Own, func(own string) bool {
		return own == name || role != "" && lastPart(own) == role && (account == "" || strings.Contains(own, ":"+account+":"))
	})
}

// kindOf says what of the operator's own a name is of.
func kindOf(name string) string {
	switch {
	case strings.HasPrefix(name, "i-"):
		return "instance"
	case strings.Contains(name, ":user/"):
		return "user"
	}
	return "role"
}

// Owns says whether a principal is one of the operator's roles, or a session in one.
func (p Protection) Owns(principal string) bool { return p.isOwn(inventory.Ref{}, principal) }

// isIAM says whether the name is the ARN of something of IAM's under one of the paths. What else
// bears such a path in its name is nobody's role.
func isIAM(name string, paths ...string) bool {
	parts := strings.SplitN(name, ":", 6)
	return len(parts) == 6 && parts[2] == "iam" && slices.ContainsFunc(paths, func(path string) bool { return strings.HasPrefix(parts[5], path) })
}

func isPrincipal(kind, name string) bool {
	return strings.HasPrefix(kind, "AWS::IAM::") || strings.Contains(name, ":iam:")
}

func lastPart(arn string) string { return arn[strings.LastIndexAny(arn, ":/")+1:] }

// ownerTag is a tag by which another tool marks what it manages. Key and value are patterns,
// compared without case and separators: managed-by is ManagedBy, too. An empty value stands for
// any that does not deny it.
type ownerTag struct{ key, value, owner string }

// ownerTags are what the tools, or the habits of those who use them, put on a resource.
var ownerTags = []ownerTag{
	{"aws:cloudformation:stack-name", "*", "CloudFormation"},
	// A subnet or group that several clusters use is "shared", and no cluster's own:
	// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
	{"kubernetes.io/cluster/*", "owned", "Kubernetes"},
	{"eks:cluster-name", "*", "EKS"},
	{"elbv2.k8s.aws/cluster", "*", "AWS Load Balancer Controller"},
	{"services.k8s.aws/*", "*", "ACK"},
	{"crossplane-*", "*", "Crossplane"},
	{"terraform", "", "Terraform"},
	{"opentofu", "", "OpenTofu"},
	{"pulumi*", "", "Pulumi"},
	{"managed-by", "*cloudformation*", "CloudFormation"},
	{"managed-by", "*cdk*", "CDK"},
	{"managed-by", "*terraform*", "Terraform"},
	{"managed-by", "*terragrunt*", "Terraform"},
	{"managed-by", "*tofu*", "OpenTofu"},
	{"managed-by", "*pulumi*", "Pulumi"},
	{"managed-by", "*crossplane*", "Crossplane"},
	{"managed-by", "*ansible*", "Ansible"},
	{"managed-by", "ack", "ACK"},
}

// denials are the values by which a tag says that a tool does not manage the resource.
var denials = []string{"false", "no", "0", "none", "n", "off"}

// owns says whether a tag of a resource is this one.
func (o ownerTag) owns(key, value string) bool {
	if !inventory.Matches(plainly(o.key), plainly(key)) {
		return false
	}
	if o.value == "" {
		return !slices.Contains(denials, plainly(value))
	}
	return o.value == "*" || inventory.Matches(plainly(o.value), plainly(value))
}

// plainly is a key or value without case and separators.
func plainly(s string) string { return separators.Replace(strings.ToLower(s)) }

var separators = strings.NewReplacer("-", "", "_", "", ":", "", ".", "", "/", "", " ", "")

// declaredOwner is an owner tag as the guard declares it: a key, or key=value.
func declaredOwner(tag string) ownerTag {
	key, value, _ := strings.Cut(tag, "=")
	return ownerTag{key, value, key}
}

// ManagedElsewhere returns who else manages the resource, or "". Tags that were refused leave
// the owner unknown, and the resource is left alone.
func (p Protection) ManagedElsewhere(ref inventory.Ref) string {
	if p.IncludeManagedElsewhere {
		return ""
	}
	tags, err := ref.Tags.Get()
	if errors.Is(err, fault.ErrNotRead) {
		return ""
	}
	if err != nil {
		return fmt.Sprintf("unknown: its tags could not be read (%s)", inventory.Clean(err.Error(), 200))
	}
	marks := slices.Clone(ownerTags)
	for _, tag := range p.OwnerTags {
		marks = append(marks, declaredOwner(tag))
	}
	keys := slices.Sorted(maps.Keys(tags))
	for _, mark := range marks {
		for _, key := range keys {
			if mark.owns(key, tags[key]) {
				return strings.TrimSpace(mark.owner + " " + inventory.Clean(tags[key], 100))
			}
		}
	}
	return ""
}
