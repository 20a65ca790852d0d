package iam

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Permissions that hang on single users are forgotten when people change their work; those of a
// group are seen and given as one.
var noDirectPolicies = posture.Add(&Controls, posture.Over[v1alpha1.NoDirectPolicies, inventory.User]{
	ID:       "iam-no-direct-policies",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.NoDirectPolicies { return p.Identity.NoDirectPolicies },
	Observe:  inventory.Users.With(),
	Judge: func(_ v1alpha1.NoDirectPolicies, u inventory.User, _ time.Time) posture.Verdict {
		if len(u.Attached)+len(u.Inline) == 0 {
			return posture.Pass()
		}
		var direct []string
		for _, arn := range u.Attached {
			direct = append(direct, policyName(arn)+" attached")
		}
		for _, policy := range u.Inline {
			direct = append(direct, policy.Name+" inline")
		}
		return posture.Fail("DirectPolicies", "%d policies on the user itself: %s", len(direct), strings.Join(direct, ", "))
	},
	Plans: posture.Always[v1alpha1.NoDirectPolicies](action.MoveAttachedPolicy{}, action.MoveInlinePolicy{}),
	Mend: func(_ v1alpha1.NoDirectPolicies, u inventory.User) []action.Action {
		actions, _ := moves(u)
		return actions
	},
	ByHand: func(_ v1alpha1.NoDirectPolicies, u inventory.User) string {
		_, why := moves(u)
		return fmt.Sprintf("give the permissions by a group that the user is in, then `aws iam detach-user-policy --user-name %[1]s --policy-arn ARN` or "+
			"`aws iam delete-user-policy --user-name %[1]s --policy-name NAME`; they are not moved: %[2]s", u.ID, why)
	},
})

// moves plans one action a policy, as far as IAM's quotas and the group that is there allow,
// and says what keeps the others.
func moves(u inventory.User) (actions []action.Action, why string) {
	group := u.Landing
	if why := closed(u, group); why != "" {
		return nil, why
	}
	if group == nil {
		group = &inventory.Group{}
	}
	attached := slices.Clone(group.Attached)
	for _, arn := range u.Attached {
		if strings.HasPrefix(policyName(arn), "AWSCompromisedKeyQuarantine") {
			why = "AWS put " + policyName(arn) + " there because a key of the user leaked: replace the key first"
			continue
		}
		if !slices.Contains(attached, arn) {
			if len(attached) >= inventory.PoliciesPerGroup {
				why = fmt.Sprintf("a group holds %d policies at most", inventory.PoliciesPerGroup)
				continue
			}
			attached = append(attached, arn)
		}
		actions = append(actions, action.MoveAttachedPolicy{User: action.On(u), Policy: arn})
	}
	inline, whyNot := inlineMoves(u, group)
	if whyNot != "" {
		why = whyNot
	}
	return append(actions, inline...), why
}

func inlineMoves(u inventory.User, group *inventory.Group) (actions []action.Action, why string) {
	size := 0
	for _, policy := range group.Inline {
		size += inventory.PolicySize(policy.Document)
	}
	for _, policy := range u.Inline {
		there := group.Policy(policy.Name)
		switch {
		case there != "" && !iampolicy.Equal(there, policy.Document):
			why = "group " + group.Name + " has another policy named " + policy.Name
			continue
		case there == "" && size+inventory.PolicySize(policy.Document) > inventory.InlinePerGroup:
			why = fmt.Sprintf("a group's inline policies have %d characters at most", inventory.InlinePerGroup)
			continue
		case there == "":
			size += inventory.PolicySize(policy.Document)
		}
		actions = append(actions, action.MoveInlinePolicy{User: action.On(u), Policy: policy.Name, Document: policy.Document})
	}
	return actions, why
}

// closed says why the user's own group cannot be used, or "": it must be nobody else's, and
// must not give the user anything that it does not have already.
func closed(u inventory.User, group *inventory.Group) string {
	name := inventory.LandingGroup(u.ID)
	member := slices.Contains(u.Groups, name)
	switch {
	case u.Kind == inventory.BreakGlass:
		return "a break-glass user is left as it is"
	case !member && len(u.Groups) >= inventory.GroupsPerUser:
		return fmt.Sprintf("the user is in %d groups, the most that AWS allows", len(u.Groups))
	case group == nil:
		return ""
	case group.Path != inventory.GroupPath:
		return "group " + name + " is not the operator's own: its path is " + group.Path
	case slices.ContainsFunc(group.Members, func(m string) bool { return m != u.ID }):
		return "group " + name + " has other members, who would get the policies as well"
	}
	if grants := group.Grants(u.Attached, u.Inline); !member && len(grants) > 0 {
		return "group " + name + " holds policies that the user would newly get: " + strings.Join(grants, ", ")
	}
	return ""
}

func policyName(arn string) string { return arn[strings.LastIndex(arn, "/")+1:] }
