package inventory

import (
	"fmt"
	"strings"
)

// RootUsers is the account's root user: one.
var RootUsers = Collection[Root]{Name: "iam.root", Scope: Global}

// Root is the root user of the account.
type Root struct {
	Ref
	// Password, AccessKeys and Certificates are the credentials it has.
	Password     bool
	AccessKeys   bool
	Certificates bool
	MFA          bool
}

// HasCredentials says whether anyone can act as the root user without a recovery of it.
func (r Root) HasCredentials() bool { return r.Password || r.AccessKeys || r.Certificates }

// PasswordPolicies is the account's password policy: one.
var PasswordPolicies = Collection[PasswordPolicy]{Name: "iam.password-policy", Scope: Global}

// PasswordPolicy is what the account asks of its users' passwords.
type PasswordPolicy struct {
	Ref
	Rules PasswordRules
}

// PasswordRules are the fields of a password policy; numbers that are 0 are not set.
type PasswordRules struct {
	// Set: without a policy of its own an account has AWS's default.
	Set             bool  `json:"set,omitempty"`
	MinLength       int32 `json:"minLength,omitempty"`
	Uppercase       bool  `json:"uppercase,omitempty"`
	Lowercase       bool  `json:"lowercase,omitempty"`
	Numbers         bool  `json:"numbers,omitempty"`
	Symbols         bool  `json:"symbols,omitempty"`
	ReusePrevention int32 `json:"reusePrevention,omitempty"`
	MaxAgeDays      int32 `json:"maxAgeDays,omitempty"`
	// HardExpiry keeps a user with an expired password out until an administrator helps.
	HardExpiry bool `json:"hardExpiry,omitempty"`
	// UsersChange lets users change their own passwords.
	UsersChange bool `json:"usersChange,omitempty"`
}

// Stricter takes the stricter of each value; who may change a password and what happens to
// an expired one stays as it is.
func (p PasswordRules) Stricter(other PasswordRules) PasswordRules {
	p.Set = true
	p.MinLength = max(p.MinLength, other.MinLength)
	p.Uppercase = p.Uppercase || other.Uppercase
	p.Lowercase = p.Lowercase || other.Lowercase
	p.Numbers = p.Numbers || other.Numbers
	p.Symbols = p.Symbols || other.Symbols
	p.ReusePrevention = max(p.ReusePrevention, other.ReusePrevention)
	if other.MaxAgeDays > 0 && (p.MaxAgeDays == 0 || other.MaxAgeDays < p.MaxAgeDays) {
		p.MaxAgeDays = other.MaxAgeDays
	}
	return p
}

// Gaps names what is weaker than the other rules, with both values, or "".
func (p PasswordRules) Gaps(than PasswordRules) string {
	var gaps []string
	if p.MinLength < than.MinLength {
		gaps = append(gaps, fmt.Sprintf("minimum length %d, not %d", p.MinLength, than.MinLength))
	}
	for _, class := range []struct {
		has, wanted bool
		name        string
	}{
		{p.Uppercase, than.Uppercase, "upper-case letters"},
		{p.Lowercase, than.Lowercase, "lower-case letters"},
		{p.Numbers, than.Numbers, "numbers"},
		{p.Symbols, than.Symbols, "symbols"},
	} {
		if class.wanted && !class.has {
			gaps = append(gaps, "no "+class.name+" required")
		}
	}
	if p.ReusePrevention < than.ReusePrevention {
		gaps = append(gaps, fmt.Sprintf("%d passwords remembered, not %d", p.ReusePrevention, than.ReusePrevention))
	}
	if than.MaxAgeDays > 0 && p.MaxAgeDays == 0 {
		gaps = append(gaps, fmt.Sprintf("passwords never expire, not after %d days", than.MaxAgeDays))
	} else if than.MaxAgeDays > 0 && p.MaxAgeDays > than.MaxAgeDays {
		gaps = append(gaps, fmt.Sprintf("passwords expire after %d days, not %d", p.MaxAgeDays, than.MaxAgeDays))
	}
	return strings.Join(gaps, "; ")
}

// String shows every field, one a line, so that two can be compared.
func (p PasswordRules) String() string {
	if !p.Set {
		return "no password policy (AWS's default applies)"
	}
	return fmt.Sprintf("minimum length: %d\nupper-case letters: %t\nlower-case letters: %t\nnumbers: %t\nsymbols: %t\npasswords remembered: %d\nexpire after days: %d\nexpired passwords need an administrator: %t\nusers change their own: %t",
		p.MinLength, p.Uppercase, p.Lowercase, p.Numbers, p.Symbols, p.ReusePrevention, p.MaxAgeDays, p.HardExpiry, p.UsersChange)
}
