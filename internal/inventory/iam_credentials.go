package inventory

import "time"

// Credentials are what each IAM user signs in with, one resource a user.
var Credentials = Collection[UserCredentials]{Name: "iam.credentials", Scope: Global}

// UserCredentials are one user's password, MFA devices and access keys. At first they are as
// the credential report shows them, which may be hours old; where they show something wrong
// they are read again by the calls of the one user.
type UserCredentials struct {
	Ref
	Kind Kind
	// Groups that the user is in, by name.
	Groups []string
	// MFAGroup is the group that denies its members everything without MFA, as it stands; nil
	// where there is none.
	MFAGroup *Group

	Password Observed[Password]
	// MFADevices is how many there are.
	MFADevices Observed[int]
	Keys       Observed[[]AccessKey]
}

// Password is a user's console password.
type Password struct {
	Set bool
	// Changed is when it was set last, LastUsed when somebody signed in with it; zero: never.
	Changed, LastUsed time.Time
}

// Idle is since when nobody has used the password.
func (p Password) Idle() time.Time { return later(p.Changed, p.LastUsed) }

// AccessKey is one access key.
type AccessKey struct {
	// ID is empty as long as only the credential report was read.
	ID      string
	Active  bool
	Created time.Time
	// LastUsed is zero for a key that was never used.
	LastUsed time.Time
}

// Idle is since when nobody has used the key.
func (k AccessKey) Idle() time.Time { return later(k.Created, k.LastUsed) }

// InUseDays is how many days after its last use a credential counts as being in use.
const InUseDays = 90

// InUse says whether somebody used the key of late.
func (k AccessKey) InUse(asOf time.Time) bool {
	return k.Active && !k.LastUsed.IsZero() && Days(k.LastUsed, asOf) <= InUseDays
}

// Days are the whole days from one moment to another.
func Days(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
