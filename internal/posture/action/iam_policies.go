package action

import (
	"fmt"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// MoveAttachedPolicy attaches a user's managed policy to the user's own group, and only once
// the user has it there takes it off the user: permissions are the same at every moment.
type MoveAttachedPolicy struct {
	User   Target `json:"user"`
	Policy string `json:"policy"`
}

// Describe implements Action.
func (a MoveAttachedPolicy) Describe() Description {
	name := a.Policy[strings.LastIndex(a.Policy, "/")+1:]
	d := movedTo(a.User, "policy "+name)
	d.Setting = "Policy " + a.Policy
	d.From = a.Policy + " attached to the user"
	d.To = a.Policy + " attached to group " + inventory.LandingGroup(a.User.ID) + ", of which the user is the only member"
	d.Calls = []string{"iam:CreateGroup", "iam:AttachGroupPolicy", "iam:AddUserToGroup", "iam:DetachUserPolicy"}
	return d
}

// Undo implements Action. The user has the policy again before the group loses it.
func (a MoveAttachedPolicy) Undo(done []string) Undoing {
	return movedBack(a.User, done, map[string][]string{"iam:DetachUserPolicy": {"iam:AttachUserPolicy"}, "iam:AttachGroupPolicy": {"iam:DetachGroupPolicy"}})
}

// MoveInlinePolicy does the same with an inline policy, word by word.
type MoveInlinePolicy struct {
	User     Target `json:"user"`
	Policy   string `json:"policy"`
	Document string `json:"document"`
}

// Describe implements Action.
func (a MoveInlinePolicy) Describe() Description {
	d := movedTo(a.User, "inline policy "+a.Policy)
	d.Setting = "InlinePolicy " + a.Policy
	d.From = "inline policy of the user:\n" + indented(a.Document)
	d.To = "inline policy of group " + inventory.LandingGroup(a.User.ID) + ", of which the user is the only member:\n" + indented(a.Document)
	d.Calls = []string{"iam:CreateGroup", "iam:PutGroupPolicy", "iam:AddUserToGroup", "iam:DeleteUserPolicy"}
	return d
}

// Undo implements Action. The user has the policy again before the group loses it.
func (a MoveInlinePolicy) Undo(done []string) Undoing {
	return movedBack(a.User, done, map[string][]string{"iam:DeleteUserPolicy": {"iam:PutUserPolicy"}, "iam:PutGroupPolicy": {"iam:DeleteGroupPolicy"}})
}

func movedBack(user Target, done []string, by map[string][]string) Undoing {
	return Undoing{Calls: inverse(done, by), Not: "group " + inventory.LandingGroup(user.ID) + " stays, and the user in it: it grants nothing that was not given to it otherwise"}
}

func movedTo(user Target, what string) Description {
	group := inventory.LandingGroup(user.ID)
	return Description{
		Target:     user.Ref(),
		Collection: inventory.Users.Name,
		Title:      fmt.Sprintf("move %s of user %s to group %s", what, user.ID, group),
		Risk:       v1alpha1.Disruptive,
		Touches:    []string{groupARN(user, group)},
	}
}
