package action_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// What makes AWS encrypt with a key tells which, in its title and to the brakes.
func TestActionsNameTheirKeys(t *testing.T) {
	const key = "arn:aws:kms:eu-west-1:222222222222:key/1"
	for _, a := range []action.Action{
		action.EncryptEBSByDefault{Key: key},
		action.SetEBSDefaultKey{Alias: "alias/ebs", From: inventory.EBSManagedKey, To: key},
		action.BucketEncryption.Set(action.Target{}, inventory.BucketEncryptionRule{Algorithm: "AES256"}, inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: key}),
	} {
		d := a.Describe()
		if !strings.Contains(d.Title, key) || !slices.Equal(d.Keys, []string{key}) {
			t.Errorf("%s: keys %v, titled %q", action.TypeOf(a), d.Keys, d.Title)
		}
		if back := (action.Undo{Of: a, Done: d.Calls}).Describe(); len(back.Keys) > 0 {
			t.Errorf("%s: taken back, it uses %v", action.TypeOf(a), back.Keys)
		}
	}
}
