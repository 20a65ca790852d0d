package action

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var ec2Types = []Action{
	RevokeSecurityGroupRule{}, RequireIMDSv2{}, EncryptEBSByDefault{}, SetEBSDefaultKey{}, UnshareSnapshot{}, UnshareImage{}, LogVPCFlows{},
}

// RevokeSecurityGroupRule takes one rule of a security group away, by its id: a rule named by
// what it says is silently not found in a default VPC. A rule that opens more than what is
// refused goes whole; it is never narrowed.
type RevokeSecurityGroupRule struct {
	Group Target `json:"group"`
	// Title is the group's name.
	Title string                      `json:"title"`
	From  inventory.SecurityGroupRule `json:"from"`
}

// Describe implements Action.
func (a RevokeSecurityGroupRule) Describe() Description {
	call := "ec2:RevokeSecurityGroupIngress"
	if a.From.Egress {
		call = "ec2:RevokeSecurityGroupEgress"
	}
	from := a.From.String()
	if a.From.Description != "" {
		from += fmt.Sprintf(" (%s)", a.From.Description)
	}
	return Description{
		Target:     a.Group.Ref(),
		Collection: inventory.SecurityGroups.Name,
		Setting:    "Rule " + a.From.ID,
		Title:      fmt.Sprintf("revoke %s rule %s of %s (%s): %s", a.From.Direction(), a.From.ID, a.Group.ID, a.Title, a.From),
		From:       from,
		To:         fmt.Sprintf("closed: %s, the whole rule; connections that are already tracked go on until they end", a.From),
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{call},
	}
}

// Undo implements Action. The rule says the same as before, under a new id.
func (a RevokeSecurityGroupRule) Undo([]string) Undoing {
	call := "ec2:AuthorizeSecurityGroupIngress"
	if a.From.Egress {
		call = "ec2:AuthorizeSecurityGroupEgress"
	}
	return Undoing{Calls: []string{call}, To: a.From.String() + ", by a rule of a new id"}
}

// RequireIMDSv2 makes an instance's metadata service answer to session tokens only. It is
// disruptive: software that asks without one gets nothing, its role's credentials included.
type RequireIMDSv2 struct {
	Instance Target `json:"instance"`
	From     string `json:"from"`
	// HopLimit stays as it is; it is part of what a person is shown.
	HopLimit int32 `json:"hopLimit"`
}

// Describe implements Action.
func (a RequireIMDSv2) Describe() Description {
	to := "HttpTokens required"
	if a.HopLimit == 1 {
		to += "; the hop limit stays 1, so containers behind a bridge get no token"
	}
	return Description{
		Target:     a.Instance.Ref(),
		Collection: inventory.Instances.Name,
		Setting:    "MetadataOptions.HttpTokens",
		Title:      "require IMDSv2 of instance " + a.Instance.ID,
		From:       "HttpTokens " + a.From,
		To:         to,
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"ec2:ModifyInstanceMetadataOptions"},
	}
}

// Undo implements Action.
func (a RequireIMDSv2) Undo(done []string) Undoing { return back(done...) }
