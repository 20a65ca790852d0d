package action

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// RequireMFA puts a user into the group that denies everything but enrolling until its members
// sign in with MFA. The group is made with the first.
type RequireMFA struct {
	User Target `json:"user"`
	// Policy is what the group's policy is where it is neither absent nor as it should be.
	Policy string `json:"policy,omitempty"`
	// KeysInUse are the user's access keys that were used of late: they sign without MFA, and
	// are denied too.
	KeysInUse []string `json:"keysInUse,omitempty"`
}

// Describe implements Action.
func (a RequireMFA) Describe() Description {
	from := "signs in with the password alone"
	if a.Policy != "" {
		from += "; policy " + inventory.MFAPolicy + " of group " + inventory.MFAGroup + ":\n" + indented(a.Policy)
	}
	title := fmt.Sprintf("deny user %s everything but enrolling until signed in with MFA", a.User.ID)
	to := fmt.Sprintf("member of group %s; sessions without MFA can only enrol a device and change the password", inventory.MFAGroup)
	if len(a.KeysInUse) > 0 {
		title += fmt.Sprintf("; cuts off %d access keys in use", len(a.KeysInUse))
		to += fmt.Sprintf("; calls signed with %s are denied as well, unless through sts:GetSessionToken with MFA", strings.Join(a.KeysInUse, " and "))
	}
	return Description{
		Target:     a.User.Ref(),
		Collection: inventory.Credentials.Name,
		Setting:    "RequireMFA",
		Title:      title,
		From:       from,
		To:         to + ";\npolicy of the group:\n" + MFAPolicy(a.User.Partition),
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"iam:CreateGroup", "iam:PutGroupPolicy", "iam:AddUserToGroup"},
		Touches:    []string{groupARN(a.User, inventory.MFAGroup)},
	}
}

// Undo implements Action. The group is that of all who have no MFA.
func (a RequireMFA) Undo(done []string) Undoing {
	return Undoing{
		Calls: inverse(done, map[string][]string{"iam:AddUserToGroup": {"iam:RemoveUserFromGroup"}}),
		Not:   "group " + inventory.MFAGroup + " stays as it is for its other members",
		To:    "not a member of group " + inventory.MFAGroup + ": signs in with the password alone",
	}
}

func groupARN(user Target, group string) string {
	return fmt.Sprintf("arn:%s:iam::%s:group%s%s", user.Partition, user.Account, inventory.GroupPath, group)
}

type policyDocument struct {
	Version   string
	Statement []policyStatement
}

type policyStatement struct {
	Sid         string
	Effect      string
	Action      []string                     `json:",omitempty"`
	NotAction   []string                     `json:",omitempty"`
	Resource    []string                     `json:",omitempty"`
	NotResource []string                     `json:",omitempty"`
	Condition   map[string]map[string]string `json:",omitempty"`
}

// MFAPolicy is the policy of the group that requires MFA. It allows every member to enrol a
// device of its own, for a member that nobody lets do it would be locked out, and without MFA
// denies all else. Signing in without MFA leaves the condition's key false; signing with an
// access key leaves it out, which BoolIfExists counts as without MFA.
func MFAPolicy(partition string) string {
	iam := "arn:" + partition + ":iam::*:"
	// A user's ARN has its path in it, which no policy variable gives.
	own := []string{iam + "user/${aws:username}", iam + "user/*/${aws:username}"}
	without := map[string]map[string]string{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
	enrol := []string{"iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:ListMFADevices", "iam:GetMFADevice", "iam:GetUser", "iam:ChangePassword"}
	look := []string{"iam:ListVirtualMFADevices", "iam:GetAccountPasswordPolicy"}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(policyDocument{Version: "2012-10-17", Statement: []policyStatement{
		{Sid: "EnrolOneself", Effect: "Allow", Action: enrol, Resource: own},
		{Sid: "MakeADevice", Effect: "Allow", Action: []string{"iam:CreateVirtualMFADevice"}, Resource: []string{iam + "mfa/*"}},
		{Sid: "LookAround", Effect: "Allow", Action: look, Resource: []string{"*"}},
		{Sid: "NothingElseWithoutMFA", Effect: "Deny", NotAction: append(append([]string{"iam:CreateVirtualMFADevice", "sts:GetSessionToken"}, enrol...), look...), Resource: []string{"*"}, Condition: without},
		{Sid: "NobodyElseWithoutMFA", Effect: "Deny", Action: enrol, NotResource: own, Condition: without},
	}})
	return strings.TrimSpace(text.String())
}

// indented shows a JSON document so that two can be compared line by line.
func indented(document string) string {
	var text bytes.Buffer
	if json.Indent(&text, []byte(document), "", "  ") != nil {
		return document
	}
	return text.String()
}
