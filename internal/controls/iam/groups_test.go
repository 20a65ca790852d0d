package iam

import (
	"fmt"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

const (
	allow  = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
	admins = "arn:aws:iam::aws:policy/AdministratorAccess"
)

func mfaGroup(policy string) *inventory.Group {
	return &inventory.Group{Name: inventory.MFAGroup, Path: inventory.GroupPath, Inline: []inventory.InlinePolicy{{Name: inventory.MFAPolicy, Document: policy}}}
}

func manyGroups(n int, also ...string) []string {
	for i := range n {
		also = append(also, fmt.Sprint("group-", i))
	}
	return also
}

func TestUserMFA(t *testing.T) {
	ours := action.MFAPolicy("aws")
	password := seen(inventory.Password{Set: true, Changed: daysAgo(10)})
	in := []string{inventory.MFAGroup}
	for name, row := range map[string]struct {
		c    inventory.UserCredentials
		want v1alpha1.VerdictStatus
		says string
		// byHand is why nothing is planned, where nothing is.
		byHand string
	}{
		"with MFA":                     {inventory.UserCredentials{Password: password, MFADevices: seen(1)}, v1alpha1.Pass, "", ""},
		"no password":                  {inventory.UserCredentials{Password: seen(inventory.Password{}), MFADevices: seen(0)}, v1alpha1.NotApplicable, "cannot sign in", ""},
		"program, no password":         {inventory.UserCredentials{Kind: inventory.Service, Password: seen(inventory.Password{}), MFADevices: seen(0)}, v1alpha1.NotApplicable, "cannot sign in", ""},
		"program with password":        {inventory.UserCredentials{Kind: inventory.Service, Password: password, MFADevices: seen(0), Keys: keys()}, v1alpha1.Fail, "no MFA device", ""},
		"without":                      {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(key(10, -1))}, v1alpha1.Fail, "no MFA device", ""},
		"without, keys in use":         {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(key(200, 3), key(100, 100))}, v1alpha1.Fail, "its 1 access keys in use would be denied", ""},
		"contained":                    {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), Groups: in, MFAGroup: mfaGroup(ours)}, v1alpha1.Contained, "denies everything else", ""},
		"contained, other space":       {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), Groups: in, MFAGroup: mfaGroup(strings.ReplaceAll(ours, "\n", ""))}, v1alpha1.Contained, "denies everything else", ""},
		"in a group that allows":       {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), Groups: in, MFAGroup: mfaGroup(allow)}, v1alpha1.Fail, "no MFA device", ""},
		"in a group of nothing":        {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), Groups: in, MFAGroup: &inventory.Group{Name: inventory.MFAGroup, Path: inventory.GroupPath}}, v1alpha1.Fail, "no MFA device", ""},
		"ten groups":                   {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), Groups: manyGroups(10)}, v1alpha1.Fail, "no MFA device", "in 10 groups"},
		"ten groups, this one of them": {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), Groups: manyGroups(9, inventory.MFAGroup), MFAGroup: mfaGroup(allow)}, v1alpha1.Fail, "no MFA device", ""},
		"a stranger's group":           {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), MFAGroup: &inventory.Group{Name: inventory.MFAGroup, Path: "/"}}, v1alpha1.Fail, "no MFA device", "not the operator's own"},
		"a group that gives":           {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), MFAGroup: &inventory.Group{Name: inventory.MFAGroup, Path: inventory.GroupPath, Attached: []string{admins}}}, v1alpha1.Fail, "no MFA device", "policies that are not the operator's"},
		"break-glass in the group":     {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: keys(), MFAGroup: &inventory.Group{Name: inventory.MFAGroup, Path: inventory.GroupPath, BreakGlass: []string{"glass"}}}, v1alpha1.Fail, "no MFA device", "break-glass user glass"},
		"break-glass":                  {inventory.UserCredentials{Kind: inventory.BreakGlass, Password: password, MFADevices: seen(0), Keys: keys()}, v1alpha1.Fail, "no MFA device", "never denied"},
		"keys denied":                  {inventory.UserCredentials{Password: password, MFADevices: seen(0), Keys: denied[[]inventory.AccessKey]("iam:ListAccessKeys")}, v1alpha1.Fail, "no MFA device", "could not be read"},
		"password denied":              {inventory.UserCredentials{Password: denied[inventory.Password]("iam:GetLoginProfile"), MFADevices: seen(0)}, v1alpha1.Unknown, "missing permission iam:GetLoginProfile", ""},
		"devices denied":               {inventory.UserCredentials{Password: password, MFADevices: denied[int]("iam:ListMFADevices")}, v1alpha1.Unknown, "missing permission iam:ListMFADevices", ""},
		"not read":                     {inventory.UserCredentials{}, v1alpha1.Unknown, notRead, ""},
		"devices not read":             {inventory.UserCredentials{Password: password}, v1alpha1.Unknown, notRead, ""},
	} {
		t.Run(name, func(t *testing.T) {
			row.c.Ref = inventory.Ref{Account: "111111111111", Partition: "aws", ID: "bob"}
			is(t, userMFA.Judge(v1alpha1.UserMFA{}, row.c, asOf), row.want, row.says)
			if row.want != v1alpha1.Fail {
				return
			}
			planned := userMFA.Mend(v1alpha1.UserMFA{}, row.c)
			if (len(planned) == 0) != (row.byHand != "") {
				t.Errorf("planned %v", planned)
			}
			if got := userMFA.ByHand(v1alpha1.UserMFA{}, row.c); !strings.Contains(got, "user bob has to sign in") || !strings.Contains(got, row.byHand) {
				t.Errorf("by hand: %q", got)
			}
		})
	}
}

// What the group's policy leaves without MFA is enrolling and nothing that reaches anyone else.
func TestMFAPolicy(t *testing.T) {
	for partition, arn := range map[string]string{"aws": "arn:aws:iam::*:user/${aws:username}", "aws-cn": "arn:aws-cn:iam::*:user/${aws:username}"} {
		policy := action.MFAPolicy(partition)
		if !strings.Contains(policy, arn) || inventory.PolicySize(policy) > inventory.InlinePerGroup {
			t.Errorf("%s: %d characters\n%s", partition, inventory.PolicySize(policy), policy)
		}
		for _, never := range []string{"Deactivate", "DeleteVirtual", "RemoveUserFromGroup", "iam:*"} {
			if strings.Contains(policy, never) {
				t.Errorf("%s: the policy lets %s pass", partition, never)
			}
		}
	}
}

func TestNoDirectPolicies(t *testing.T) {
	landing := func(change func(*inventory.Group)) *inventory.Group {
		g := &inventory.Group{Name: "guardrails-user-bob", Path: inventory.GroupPath}
		change(g)
		return g
	}
	inline := []inventory.InlinePolicy{{Name: "buckets", Document: allow}}
	large := `{"Version":"2012-10-17","Statement":["` + strings.Repeat("x", 2000) + `"]}`
	many := func(n int) (arns []string) {
		for i := range n {
			arns = append(arns, fmt.Sprintf("arn:aws:iam::111111111111:policy/p%02d", i))
		}
		return arns
	}
	for name, row := range map[string]struct {
		u       inventory.User
		want    v1alpha1.VerdictStatus
		says    string
		planned int
		byHand  string
	}{
		"groups only":              {inventory.User{Groups: manyGroups(3)}, v1alpha1.Pass, "", 0, ""},
		"attached":                 {inventory.User{Attached: []string{admins}}, v1alpha1.Fail, "1 policies on the user itself: AdministratorAccess attached", 1, ""},
		"inline":                   {inventory.User{Inline: inline}, v1alpha1.Fail, "buckets inline", 1, ""},
		"both":                     {inventory.User{Attached: []string{admins}, Inline: inline}, v1alpha1.Fail, "AdministratorAccess attached, buckets inline", 2, ""},
		"half moved":               {inventory.User{Attached: []string{admins}, Groups: []string{"guardrails-user-bob"}, Landing: landing(func(g *inventory.Group) { g.Attached = []string{admins}; g.Members = []string{"bob"} })}, v1alpha1.Fail, "", 1, ""},
		"program":                  {inventory.User{Kind: inventory.Service, Attached: []string{admins}}, v1alpha1.Fail, "", 1, ""},
		"break-glass":              {inventory.User{Kind: inventory.BreakGlass, Attached: []string{admins}}, v1alpha1.Fail, "", 0, "break-glass"},
		"ten groups":               {inventory.User{Groups: manyGroups(10), Attached: []string{admins}}, v1alpha1.Fail, "", 0, "in 10 groups"},
		"eleven attached":          {inventory.User{Attached: many(11)}, v1alpha1.Fail, "11 policies", 10, ""},
		"full group":               {inventory.User{Attached: []string{admins}, Groups: []string{"guardrails-user-bob"}, Landing: landing(func(g *inventory.Group) { g.Attached = many(10) })}, v1alpha1.Fail, "", 0, "holds 10 policies at most"},
		"inline too long together": {inventory.User{Inline: []inventory.InlinePolicy{{Name: "a", Document: large}, {Name: "b", Document: large}, {Name: "c", Document: large}}}, v1alpha1.Fail, "", 2, ""},
		"inline group full": {inventory.User{Inline: inline, Groups: []string{"guardrails-user-bob"}, Landing: landing(func(g *inventory.Group) {
			g.Inline = []inventory.InlinePolicy{{Name: "a", Document: strings.Repeat("x", 5100)}}
		})}, v1alpha1.Fail, "", 0, "5120 characters"},
		"another of the name": {inventory.User{Inline: inline, Groups: []string{"guardrails-user-bob"}, Landing: landing(func(g *inventory.Group) {
			g.Inline = []inventory.InlinePolicy{{Name: "buckets", Document: `{"Statement":[]}`}}
		})}, v1alpha1.Fail, "", 0, "another policy named buckets"},
		"a stranger's group":      {inventory.User{Attached: []string{admins}, Landing: landing(func(g *inventory.Group) { g.Path = "/" })}, v1alpha1.Fail, "", 0, "not the operator's own"},
		"a group with others":     {inventory.User{Attached: []string{admins}, Landing: landing(func(g *inventory.Group) { g.Members = []string{"mallory"} })}, v1alpha1.Fail, "", 0, "other members"},
		"a group that gives more": {inventory.User{Attached: many(1), Landing: landing(func(g *inventory.Group) { g.Attached = []string{admins} })}, v1alpha1.Fail, "", 0, "newly get: " + admins},
		"put there by AWS":        {inventory.User{Attached: []string{"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"}}, v1alpha1.Fail, "", 0, "a key of the user leaked"},
	} {
		t.Run(name, func(t *testing.T) {
			row.u.Ref = inventory.Ref{Account: "111111111111", Partition: "aws", ID: "bob"}
			is(t, noDirectPolicies.Judge(v1alpha1.NoDirectPolicies{}, row.u, asOf), row.want, row.says)
			if got := noDirectPolicies.Mend(v1alpha1.NoDirectPolicies{}, row.u); len(got) != row.planned {
				t.Errorf("planned %d, want %d: %v", len(got), row.planned, got)
			}
			if row.byHand != "" && !strings.Contains(noDirectPolicies.ByHand(v1alpha1.NoDirectPolicies{}, row.u), row.byHand) {
				t.Errorf("by hand: %q", noDirectPolicies.ByHand(v1alpha1.NoDirectPolicies{}, row.u))
			}
		})
	}
}

// A status shows 600 letters of what to do by hand: the commands have to be among them, however
// long the names are.
func TestByHandFitsAStatus(t *testing.T) {
	long := inventory.Ref{Account: "111111111111", Partition: "aws-us-gov", ID: strings.Repeat("n", 64)}
	group := &inventory.Group{Name: inventory.LandingGroup(long.ID), Path: "/"}
	for name, text := range map[string]string{
		"root key":     rootAccessKey.ByHand(v1alpha1.RootAccessKey{}, inventory.Root{Ref: long}),
		"root MFA":     rootMFA.ByHand(v1alpha1.RootMFA{}, inventory.Root{Ref: long}),
		"user MFA":     userMFA.ByHand(v1alpha1.UserMFA{}, inventory.UserCredentials{Ref: long, Kind: inventory.BreakGlass}),
		"rotation":     accessKeyRotation.ByHand(v1alpha1.AccessKeyRotation{}, inventory.UserCredentials{Ref: long}),
		"direct":       noDirectPolicies.ByHand(v1alpha1.NoDirectPolicies{}, inventory.User{Ref: long, Kind: inventory.BreakGlass}),
		"direct, held": noDirectPolicies.ByHand(v1alpha1.NoDirectPolicies{}, inventory.User{Ref: long, Landing: group}),
	} {
		if len(text) > 600 {
			t.Errorf("%s: %d letters: %s", name, len(text), text)
		}
	}
}
