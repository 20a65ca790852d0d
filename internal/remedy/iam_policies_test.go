package remedy

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// A user loses a policy only once it comes from the group, and the group only once the user has it.
func TestAPolicyMovesOnlyOntoWhatHoldsIt(t *testing.T) {
	in, out := []string{"bob"}, []string(nil)
	for name, row := range map[string]struct {
		byUser, byGroup         holding
		members                 []string
		taken, returned, revoke Standing
	}{
		"the group gives it":              {hasPolicy, hasPolicy, in, Pending, Done, Pending},
		"the group does not":              {hasPolicy, lacksPolicy, in, Changed, Done, Done},
		"the group gives another":         {hasPolicy, hasAnother, in, Changed, Done, Changed},
		"the user is not in the group":    {hasPolicy, hasPolicy, out, Changed, Done, Pending},
		"the user has another":            {hasAnother, hasPolicy, in, Changed, Changed, Changed},
		"it is off the user":              {lacksPolicy, hasPolicy, in, Done, Pending, Changed},
		"it is off both":                  {lacksPolicy, lacksPolicy, in, Done, Changed, Done},
		"it is off the user, who left":    {lacksPolicy, hasPolicy, out, Done, Changed, Changed},
		"somebody else is in the group":   {hasPolicy, hasPolicy, []string{"bob", "eve"}, Pending, Done, Changed},
		"it is off who is there with eve": {lacksPolicy, hasPolicy, []string{"bob", "eve"}, Done, Pending, Changed},
	} {
		t.Run(name, func(t *testing.T) {
			m := moving{landing{user: "bob", group: &inventory.Group{Members: row.members}}, row.byUser, row.byGroup}
			if m.taken() != row.taken || m.returned() != row.returned || m.revoked() != row.revoke {
				t.Errorf("taken %s, returned %s, revoked %s", m.taken(), m.returned(), m.revoked())
			}
		})
	}
}
