package iam

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func daysAgo(days int) time.Time { return asOf.AddDate(0, 0, -days) }

func seen[T any](value T) inventory.Observed[T] { return inventory.Seen(value, asOf) }

func denied[T any](operation string) inventory.Observed[T] {
	return inventory.Unseen[T](fault.DeniedRead(operation, operation))
}

// is compares a verdict with what a row wants: the status, and a part of the message.
func is(t *testing.T, got posture.Verdict, want v1alpha1.VerdictStatus, says string) {
	t.Helper()
	if got.Status != want || !strings.Contains(got.Message, says) {
		t.Errorf("got %s %q, want %s %q", got.Status, got.Message, want, says)
	}
}

const notRead = "the fact was not read"

// An item whose one read failed is no item at all, so the rows of these three have no facts of
// their own to deny; the whole collection is Unknown then, as TestDeniedReads shows.
func TestRootAccessKey(t *testing.T) {
	is(t, rootAccessKey.Judge(v1alpha1.RootAccessKey{}, inventory.Root{Password: true}, asOf), v1alpha1.Pass, "")
	is(t, rootAccessKey.Judge(v1alpha1.RootAccessKey{}, inventory.Root{AccessKeys: true}, asOf), v1alpha1.Fail, "the root user has access keys")
}

func TestRootMFA(t *testing.T) {
	for name, row := range map[string]struct {
		root inventory.Root
		want v1alpha1.VerdictStatus
		says string
	}{
		"password and MFA":        {inventory.Root{Password: true, MFA: true}, v1alpha1.Pass, ""},
		"password alone":          {inventory.Root{Password: true}, v1alpha1.Fail, "no MFA device"},
		"keys alone":              {inventory.Root{AccessKeys: true}, v1alpha1.Fail, "no MFA device"},
		"certificates alone":      {inventory.Root{Certificates: true}, v1alpha1.Fail, "no MFA device"},
		"no credentials, no MFA":  {inventory.Root{}, v1alpha1.NotApplicable, "no password and no keys"},
		"no credentials, but MFA": {inventory.Root{MFA: true}, v1alpha1.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) { is(t, rootMFA.Judge(v1alpha1.RootMFA{}, row.root, asOf), row.want, row.says) })
	}
}

func TestPasswordPolicy(t *testing.T) {
	no := false
	strict := inventory.PasswordRules{Set: true, MinLength: 14, Uppercase: true, Lowercase: true, Numbers: true, Symbols: true, ReusePrevention: 24}
	with := func(change func(*inventory.PasswordRules)) inventory.PasswordRules {
		p := strict
		change(&p)
		return p
	}
	for name, row := range map[string]struct {
		leaf  v1alpha1.PasswordPolicy
		rules inventory.PasswordRules
		want  v1alpha1.VerdictStatus
		says  string
	}{
		"as declared":             {v1alpha1.PasswordPolicy{}, strict, v1alpha1.Pass, ""},
		"stricter":                {v1alpha1.PasswordPolicy{}, with(func(p *inventory.PasswordRules) { p.MinLength = 30; p.MaxAgeDays = 30 }), v1alpha1.Pass, ""},
		"none":                    {v1alpha1.PasswordPolicy{}, inventory.PasswordRules{}, v1alpha1.Fail, "no password policy"},
		"short":                   {v1alpha1.PasswordPolicy{}, with(func(p *inventory.PasswordRules) { p.MinLength = 8 }), v1alpha1.Fail, "minimum length 8, not 14"},
		"no symbols":              {v1alpha1.PasswordPolicy{}, with(func(p *inventory.PasswordRules) { p.Symbols = false }), v1alpha1.Fail, "no symbols required"},
		"classes not declared":    {v1alpha1.PasswordPolicy{CharacterClasses: &no}, with(func(p *inventory.PasswordRules) { p.Symbols = false }), v1alpha1.Pass, ""},
		"reuse":                   {v1alpha1.PasswordPolicy{}, with(func(p *inventory.PasswordRules) { p.ReusePrevention = 0 }), v1alpha1.Fail, "0 passwords remembered, not 24"},
		"never expire":            {v1alpha1.PasswordPolicy{MaxAgeDays: 90}, strict, v1alpha1.Fail, "never expire, not after 90 days"},
		"expire late":             {v1alpha1.PasswordPolicy{MaxAgeDays: 90}, with(func(p *inventory.PasswordRules) { p.MaxAgeDays = 365 }), v1alpha1.Fail, "after 365 days, not 90"},
		"expire early":            {v1alpha1.PasswordPolicy{MaxAgeDays: 90}, with(func(p *inventory.PasswordRules) { p.MaxAgeDays = 30 }), v1alpha1.Pass, ""},
		"shorter declared length": {v1alpha1.PasswordPolicy{MinLength: 8}, with(func(p *inventory.PasswordRules) { p.MinLength = 8 }), v1alpha1.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			is(t, passwordPolicy.Judge(row.leaf, inventory.PasswordPolicy{Rules: row.rules}, asOf), row.want, row.says)
		})
	}
}

// Every policy there can be, against every declaration there can be, on the edges of each
// value: what is set is as strict as both, and passes.
func TestPasswordPolicyNeverWeakens(t *testing.T) {
	lengths, remembered, ages, bools := []int32{6, 8, 14, 128}, []int32{0, 1, 24}, []int32{0, 1, 90, 1095}, []bool{false, true}
	n := 0
	for _, leaf := range leaves(lengths, remembered, ages) {
		for bits := range 1 << 7 {
			for i := range len(lengths) * len(remembered) * len(ages) {
				from := inventory.PasswordRules{
					Set: bools[bits&1], Uppercase: bits&2 > 0, Lowercase: bits&4 > 0, Numbers: bits&8 > 0, Symbols: bits&16 > 0, HardExpiry: bits&32 > 0, UsersChange: bits&64 > 0,
					MinLength: lengths[i%4], ReusePrevention: remembered[i/4%3], MaxAgeDays: ages[i/12],
				}
				p := inventory.PasswordPolicy{Rules: from}
				change, ok := passwordPolicy.Mend(leaf, p)[0].(action.SetPasswordPolicy)
				if !ok {
					t.Fatal("another action")
				}
				to := change.To
				if gaps := to.Gaps(from); gaps != "" || to.HardExpiry != from.HardExpiry || to.UsersChange != from.UsersChange {
					t.Fatalf("%+v weakens %+v to %+v: %s", leaf, from, to, gaps)
				}
				if v := passwordPolicy.Judge(leaf, inventory.PasswordPolicy{Rules: to}, asOf); v.Status != v1alpha1.Pass {
					t.Fatalf("%+v makes %+v of %+v, which fails: %s", leaf, to, from, v.Message)
				}
				n++
			}
		}
	}
	if n < 100000 {
		t.Errorf("only %d cases", n)
	}
}

func leaves(lengths, remembered, ages []int32) (all []v1alpha1.PasswordPolicy) {
	no := false
	for _, length := range lengths {
		for _, reuse := range remembered {
			for _, age := range ages {
				all = append(all, v1alpha1.PasswordPolicy{MinLength: length, ReusePrevention: reuse, MaxAgeDays: age}, v1alpha1.PasswordPolicy{MinLength: length, ReusePrevention: reuse, MaxAgeDays: age, CharacterClasses: &no})
			}
		}
	}
	return all
}

func TestPasswordPolicyRisk(t *testing.T) {
	risk := func(leaf v1alpha1.PasswordPolicy, from inventory.PasswordRules) (v1alpha1.Risk, string) {
		d := passwordPolicy.Mend(leaf, inventory.PasswordPolicy{Rules: from})[0].Describe()
		return d.Risk, d.Title
	}
	if got, _ := risk(v1alpha1.PasswordPolicy{}, inventory.PasswordRules{}); got != v1alpha1.Safe {
		t.Errorf("new rules for new passwords: %s", got)
	}
	if got, title := risk(v1alpha1.PasswordPolicy{MaxAgeDays: 90}, inventory.PasswordRules{Set: true, HardExpiry: true}); got != v1alpha1.Disruptive || !strings.Contains(title, "only an administrator") {
		t.Errorf("passwords that expire at once: %s %q", got, title)
	}
}

func key(created, used int) inventory.AccessKey {
	k := inventory.AccessKey{ID: fmt.Sprintf("AKIA%d", created), Active: true, Created: daysAgo(created)}
	if used >= 0 {
		k.LastUsed = daysAgo(used)
	}
	return k
}

func inactive(k inventory.AccessKey) inventory.AccessKey {
	k.Active = false
	return k
}

func keys(all ...inventory.AccessKey) inventory.Observed[[]inventory.AccessKey] { return seen(all) }

func TestAccessKeyRotation(t *testing.T) {
	for name, row := range map[string]struct {
		keys    inventory.Observed[[]inventory.AccessKey]
		want    v1alpha1.VerdictStatus
		says    string
		planned string
	}{
		"young":                  {keys(key(89, 1)), v1alpha1.Pass, "", ""},
		"on the day":             {keys(key(90, 1)), v1alpha1.Pass, "", ""},
		"old and in use":         {keys(key(91, 1)), v1alpha1.Fail, "access key AKIA91 is 91 days old, last used 1 days ago", "AKIA91"},
		"old and never used":     {keys(key(500, -1)), v1alpha1.Fail, "500 days old, never used", "AKIA500"},
		"both while one rotates": {keys(key(80, 1), key(2, 1)), v1alpha1.Pass, "", ""},
		"old beside young":       {keys(key(200, 1), key(2, 1)), v1alpha1.Fail, "AKIA200", "AKIA200"},
		"both old":               {keys(key(200, 1), key(100, 1)), v1alpha1.Fail, "AKIA200 is 200 days old, last used 1 days ago; access key AKIA100", "AKIA200 AKIA100"},
		"old but inactive":       {keys(inactive(key(200, 1))), v1alpha1.NotApplicable, "no active access key", ""},
		"none":                   {keys(), v1alpha1.NotApplicable, "no active access key", ""},
		"by the report alone":    {keys(inventory.AccessKey{Active: true, Created: daysAgo(200)}), v1alpha1.Fail, "access key is 200 days old", ""},
		"denied":                 {denied[[]inventory.AccessKey]("iam:ListAccessKeys"), v1alpha1.Unknown, "missing permission iam:ListAccessKeys", ""},
		"not read":               {inventory.Observed[[]inventory.AccessKey]{}, v1alpha1.Unknown, notRead, ""},
	} {
		t.Run(name, func(t *testing.T) {
			c := inventory.UserCredentials{Ref: inventory.Ref{ID: "deploy"}, Keys: row.keys}
			is(t, accessKeyRotation.Judge(v1alpha1.AccessKeyRotation{MaxAgeDays: 90}, c, asOf), row.want, row.says)
			var planned []string
			for _, a := range accessKeyRotation.Mend(v1alpha1.AccessKeyRotation{MaxAgeDays: 90}, c) {
				planned = append(planned, strings.TrimPrefix(a.Describe().Setting, "AccessKey "))
			}
			if got := strings.Join(planned, " "); got != row.planned {
				t.Errorf("planned %q, want %q", got, row.planned)
			}
			c.Kind = inventory.BreakGlass
			if got := accessKeyRotation.Mend(v1alpha1.AccessKeyRotation{MaxAgeDays: 90}, c); len(got) > 0 {
				t.Errorf("planned for a break-glass user: %v", got)
			}
		})
	}
}

func TestUnusedCredentials(t *testing.T) {
	none := seen(inventory.Password{})
	password := func(changed, used int) inventory.Observed[inventory.Password] {
		p := inventory.Password{Set: true, Changed: daysAgo(changed)}
		if used >= 0 {
			p.LastUsed = daysAgo(used)
		}
		return seen(p)
	}
	for name, row := range map[string]struct {
		kind     inventory.Kind
		password inventory.Observed[inventory.Password]
		keys     inventory.Observed[[]inventory.AccessKey]
		want     v1alpha1.VerdictStatus
		says     string
		planned  int
	}{
		"used":                         {"", password(300, 2), keys(key(300, 2)), v1alpha1.Pass, "", 0},
		"password unused":              {"", password(300, 46), keys(), v1alpha1.Fail, "console password has been unused for 46 days", 1},
		"password never used":          {"", password(300, -1), keys(), v1alpha1.Fail, "unused for 300 days", 1},
		"password new, never used":     {"", password(3, -1), keys(), v1alpha1.Pass, "", 0},
		"password set anew":            {"", password(3, 300), keys(), v1alpha1.Pass, "", 0},
		"key unused":                   {"", none, keys(key(300, 50)), v1alpha1.Fail, "last used 50 days ago", 1},
		"key never used":               {"", none, keys(key(46, -1)), v1alpha1.Fail, "never used", 1},
		"key new, never used":          {"", none, keys(key(45, -1)), v1alpha1.Pass, "", 0},
		"key unused, but inactive":     {"", none, keys(inactive(key(300, 50))), v1alpha1.NotApplicable, "neither", 0},
		"all unused":                   {"", password(300, 60), keys(key(300, 50), key(200, -1)), v1alpha1.Fail, "; ", 3},
		"program":                      {inventory.Service, none, keys(key(300, 50)), v1alpha1.Fail, "last used 50 days ago", 1},
		"break-glass":                  {inventory.BreakGlass, password(300, -1), keys(key(300, -1)), v1alpha1.NotApplicable, "kept unused", 0},
		"nothing":                      {"", none, keys(), v1alpha1.NotApplicable, "neither", 0},
		"password denied":              {"", denied[inventory.Password]("iam:GetLoginProfile"), keys(), v1alpha1.Unknown, "missing permission iam:GetLoginProfile", 0},
		"keys denied":                  {"", none, denied[[]inventory.AccessKey]("iam:ListAccessKeys"), v1alpha1.Unknown, "missing permission iam:ListAccessKeys", 0},
		"password not read":            {"", inventory.Observed[inventory.Password]{}, keys(), v1alpha1.Unknown, notRead, 0},
		"keys not read":                {"", none, inventory.Observed[[]inventory.AccessKey]{}, v1alpha1.Unknown, notRead, 0},
		"password denied, keys unused": {"", denied[inventory.Password]("iam:GetLoginProfile"), keys(key(300, 50)), v1alpha1.Unknown, "missing permission iam:GetLoginProfile", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := inventory.UserCredentials{Ref: inventory.Ref{ID: "bob"}, Kind: row.kind, Password: row.password, Keys: row.keys}
			got := unusedCredentials.Judge(v1alpha1.UnusedCredentials{MaxUnusedDays: 45}, c, asOf)
			is(t, got, row.want, row.says)
			if got.Status != v1alpha1.Fail {
				return
			}
			if planned := unusedCredentials.Mend(v1alpha1.UnusedCredentials{MaxUnusedDays: 45}, c); len(planned) != row.planned {
				t.Errorf("planned %v", planned)
			}
		})
	}
}
