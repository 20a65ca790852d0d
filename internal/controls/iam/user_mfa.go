package iam

import (
	"fmt"
	"slices"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Nobody but its user can enrol a device, so what can be enforced is that a password alone is
// worth nothing until then: that contains the risk, and is no pass.
var userMFA = posture.Add(&Controls, posture.Over[v1alpha1.UserMFA, inventory.UserCredentials]{
	ID:       "iam-user-mfa",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.UserMFA { return p.Identity.UserMFA },
	Observe:  inventory.Credentials.With(),
	Judge: func(_ v1alpha1.UserMFA, c inventory.UserCredentials, asOf time.Time) posture.Verdict {
		password, err := c.Password.Get()
		if err != nil {
			return posture.Unknown(err)
		}
		if !password.Set {
			return posture.DoesNotApply("NoPassword", "the user cannot sign in to the console")
		}
		devices, err := c.MFADevices.Get()
		switch {
		case err != nil:
			return posture.Unknown(err)
		case devices > 0:
			return posture.Pass()
		case contained(c):
			return posture.Contained("MFARequired", "the user has no MFA device, and until one is enrolled group %s denies everything else", inventory.MFAGroup)
		}
		return posture.Fail("UserWithoutMFA", "the user has a console password and no MFA device%s", keysAtStake(c, asOf))
	},
	Plans: posture.Always[v1alpha1.UserMFA](action.RequireMFA{}),
	Mend: func(_ v1alpha1.UserMFA, c inventory.UserCredentials) []action.Action {
		if byHandWhy(c) != "" {
			return nil
		}
		want := action.RequireMFA{User: action.On(c), KeysInUse: keysInUse(c, c.Keys.At())}
		if there := c.MFAGroup.Policy(inventory.MFAPolicy); there != "" && !iampolicy.Equal(there, action.MFAPolicy(c.Partition)) {
			want.Policy = there
		}
		return []action.Action{want}
	},
	ByHand: func(_ v1alpha1.UserMFA, c inventory.UserCredentials) string {
		enrol := fmt.Sprintf("user %[1]s has to sign in to the console and assign an MFA device under Security credentials "+
			"(or `aws iam create-virtual-mfa-device` and `aws iam enable-mfa-device --user-name %[1]s`)", c.ID)
		if why := byHandWhy(c); why != "" && !contained(c) {
			return enrol + "; it is not made to: " + why
		}
		return enrol
	},
})

// contained says whether the user is in the operator's group and the group's policy is, by its
// meaning, the one that denies everything without MFA.
func contained(c inventory.UserCredentials) bool {
	return slices.Contains(c.Groups, inventory.MFAGroup) &&
		iampolicy.Equal(c.MFAGroup.Policy(inventory.MFAPolicy), action.MFAPolicy(c.Partition))
}

// byHandWhy says why nothing is planned for the user, or "".
func byHandWhy(c inventory.UserCredentials) string {
	_, err := c.Keys.Get()
	switch {
	case c.Kind == inventory.BreakGlass:
		return "a break-glass user is never denied anything"
	case err != nil:
		return "its access keys, which would be denied as well, could not be read"
	case !slices.Contains(c.Groups, inventory.MFAGroup) && len(c.Groups) >= inventory.GroupsPerUser:
		return fmt.Sprintf("the user is in %d groups, the most that AWS allows", len(c.Groups))
	case c.MFAGroup != nil:
		return unfit(*c.MFAGroup, c.Partition)
	}
	return ""
}

// unfit says why nobody may be put into the group that is there, or "".
func unfit(group inventory.Group, partition string) string {
	there := group.Policy(inventory.MFAPolicy)
	foreign := len(group.Attached) > 0 || slices.ContainsFunc(group.Inline, func(p inventory.InlinePolicy) bool { return p.Name != inventory.MFAPolicy })
	switch {
	case group.Path != inventory.GroupPath:
		return "group " + group.Name + " is not the operator's own: its path is " + group.Path
	case foreign:
		return "group " + group.Name + " holds policies that are not the operator's, which the user would get with it"
	case len(group.BreakGlass) > 0 && !iampolicy.Equal(there, action.MFAPolicy(partition)):
		return "break-glass user " + group.BreakGlass[0] + " is in group " + group.Name
	}
	return ""
}

func keysInUse(c inventory.UserCredentials, asOf time.Time) []string {
	keys, _ := c.Keys.Get()
	var used []string
	for _, key := range keys {
		if key.InUse(asOf) {
			used = append(used, key.ID)
		}
	}
	slices.Sort(used)
	return used
}

// keysAtStake says before anyone enforces it how many keys a denial without MFA would cut off.
func keysAtStake(c inventory.UserCredentials, asOf time.Time) string {
	if n := len(keysInUse(c, asOf)); n > 0 {
		return fmt.Sprintf("; its %d access keys in use would be denied without MFA as well", n)
	}
	return ""
}
