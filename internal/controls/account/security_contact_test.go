package account

import (
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestSecurityContact(t *testing.T) {
	leaf := v1alpha1.AccountSecurityContact{Name: "Blue Team", Email: "security@example.com", Phone: "+1 555 0100"}
	right := inventory.Contact{Name: "Blue Team", Title: "Security", Email: "security@example.com", Phone: "+1 555 0100"}
	other := inventory.Contact{Name: "Blue Team", Title: "CISO", Email: "someone.else@example.com", Phone: "+1 555 0100"}
	for name, row := range map[string]struct {
		contact inventory.Observed[inventory.Contact]
		want    v1alpha1.VerdictStatus
		says    string
	}{
		"as declared": {inventory.Seen(right, asOf), v1alpha1.Pass, ""},
		"none":        {inventory.Seen(inventory.Contact{}, asOf), v1alpha1.Fail, "no security contact is registered"},
		"another":     {inventory.Seen(other, asOf), v1alpha1.Fail, "the registered contact differs from the declared one in: title, email"},
	} {
		t.Run(name, func(t *testing.T) {
			got := securityContact.Judge(leaf, inventory.SecurityContact{Contact: row.contact}, asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
			if strings.Contains(got.Message, "@") {
				t.Errorf("%q shows an address", got.Message)
			}
		})
	}
}
