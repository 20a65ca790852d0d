// Package iamgrant says which IAM permissions the operator's roles need in an account, and no
// more: from what is declared, how it is enforced, and the registry of operations. It is pure:
// which call reads what, and looks at what, is declared where the calls are made.
package iamgrant

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
)

// Grant is one permission that a role gets, and why.
type Grant struct {
	// Permission is an IAM action.
	Permission string
	// Operation is the call that takes it, as service:Operation.
	Operation string
	// For is the id of the control that makes the call, or what every session needs it for.
	For string

	write  bool
	places []place
}

// Role is what one of the operator's roles needs.
type Role struct {
	// Documents are managed policies, to be attached to the role together.
	Documents []Document
	// Grants explain them, sorted.
	Grants []Grant
}

// Policies are what the operator's two roles in an account need.
type Policies struct {
	// Audit only reads.
	Audit Role
	// Remediation has what runs look at and write. Without documents: nothing may be written.
	Remediation Role
	// Undo is what the remediation role needs besides to take runs back, which weakens the
	// account: an owner may attach it only when it is needed.
	Undo Role
}

// SessionNeeds are the calls that every reading session makes, whatever is declared.
var SessionNeeds = map[string]string{
	"ec2:DescribeRegions":   "finds the regions that are enabled",
	"sts:GetCallerIdentity": "shows whose credentials they are; AWS asks no permission for it",
}

// ContestNeeds are the calls that a reading session makes besides where something may be changed.
var ContestNeeds = map[string]string{
	"cloudtrail:LookupEvents": "names who keeps undoing a change",
}

// free are the permissions that AWS gives everyone.
var free = []string{"sts:GetCallerIdentity"}

// For returns the policies for what is declared in an account.
func For(site Site, declarations []posture.Declaration) (Policies, error) {
	audit, remediation, undo := &needs{site: site}, &needs{site: site}, &needs{site: site, prefix: "Undo"}
	audit.reads(SessionNeeds)
	for _, d := range declarations {
		for _, operation := range read.Operations(d.Control.WantFor(d.Leaf)) {
			audit.read(operation, d.Control.ID, things{})
		}
		if d.Enforcement.Rank() == v1alpha1.Audit.Rank() {
			continue
		}
		for _, example := range d.Control.PlansFor(d.Leaf) {
			remediation.apply(example, d.Control.ID)
			for _, back := range undoings(example) {
				undo.apply(back, d.Control.ID)
			}
		}
	}
	var made Policies
	var err error
	if len(remediation.grants) > 0 {
		audit.reads(ContestNeeds)
	}
	if made.Audit, err = audit.role("audit", nil); err != nil || len(remediation.grants) == 0 {
		return made, err
	}
	if made.Remediation, err = remediation.role("remediation", site.denials()); err != nil {
		return Policies{}, err
	}
	undo.without(remediation)
	made.Undo, err = undo.role("remediation", nil)
	return made, err
}

// undoings are the ways in which an action can come to be taken back: all of its calls, or one.
func undoings(example action.Action) []action.Undo {
	calls := example.Describe().Calls
	ways := []action.Undo{{Of: example, Done: calls}}
	for _, call := range calls {
		ways = append(ways, action.Undo{Of: example, Done: []string{call}})
	}
	return ways
}

// needs gathers what one role needs.
type needs struct {
	site Site
	// prefix begins the Sids of what is granted.
	prefix string
	grants []Grant
	err    error
}

func (n *needs) reads(calls map[string]string) {
	for operation, why := range calls {
		n.read(operation, why, things{})
	}
}

func (n *needs) read(operation, why string, on things) {
	for _, permission := range awsapi.Needs(operation) {
		if !slices.Contains(free, permission) {
			n.add(Grant{Permission: permission, Operation: operation, For: why}, on)
		}
	}
}

// apply grants what a run that applies the action takes: the looks, then the calls.
func (n *needs) apply(example action.Action, why string) {
	on := n.site.thingsOf(example)
	looks, err := remedy.Looks(example)
	n.err = cmp.Or(n.err, err)
	for _, operation := range looks {
		n.read(operation, why, on)
	}
	for _, operation := range example.Describe().Calls {
		for _, permission := range awsapi.Needs(operation) {
			n.add(Grant{Permission: permission, Operation: operation, For: why, write: true}, on)
		}
	}
}

func (n *needs) add(grant Grant, on things) {
	where, known := scopeOf(grant.Permission)
	if !known {
		n.err = cmp.Or(n.err, fmt.Errorf("granting %s for %s: where it applies is not known", grant.Permission, grant.For))
		return
	}
	if grant.places = where(n.site, on); len(grant.places) > 0 {
		n.grants = append(n.grants, grant)
	}
}

// without drops what other needs have granted already.
func (n *needs) without(other *needs) {
	granted := map[string]bool{}
	for _, grant := range other.grants {
		for _, where := range grant.places {
			granted[where.grants(grant.Permission)] = true
		}
	}
	var rest []Grant
	for _, grant := range n.grants {
		grant.places = slices.DeleteFunc(slices.Clone(grant.places), func(where place) bool { return granted[where.grants(grant.Permission)] })
		if len(grant.places) > 0 {
			rest = append(rest, grant)
		}
	}
	n.grants = rest
}

func (n *needs) role(name string, denials []iampolicy.Statement) (Role, error) {
	if n.err != nil {
		return Role{}, n.err
	}
	slices.SortFunc(n.grants, func(a, b Grant) int {
		return cmp.Or(cmp.Compare(a.Permission, b.Permission), cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.For, b.For))
	})
	if len(n.grants) == 0 {
		return Role{}, n.err
	}
	documents, err := Pack(append(statements(n.prefix, n.grants), denials...))
	if err != nil {
		return Role{}, fmt.Errorf("the %s role: %w", name, err)
	}
	explained := slices.CompactFunc(slices.Clone(n.grants), func(a, b Grant) bool {
		return a.Permission == b.Permission && a.Operation == b.Operation && a.For == b.For
	})
	return Role{Documents: documents, Grants: explained}, nil
}
