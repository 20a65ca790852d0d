package account

import (
	"strings"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// A key that the guard does not list any more is not used by a run that was approved before.
func TestRunsUseNoKeyThatIsNotTrusted(t *testing.T) {
	uses := action.SetEBSDefaultKey{Region: action.Target{Account: "111111111111"}, To: "arn:aws:kms:eu-west-1:222222222222:key/1"}
	account := shopAccount()
	v := &visit{Reconciler: &Reconciler{Now: time.Now}, account: account}
	if result, why := v.refuses(&v1alpha1.RemediationRun{}, v1alpha1.RunAction{}, uses, nil, false); result != v1alpha1.CallDenied || !strings.Contains(why, "of account 222222222222") {
		t.Errorf("got %s %q", result, why)
	}
	account.Spec.Guard.TrustedKeyAccounts = []string{"222222222222"}
	if _, why := v.refuses(&v1alpha1.RemediationRun{}, v1alpha1.RunAction{}, uses, nil, false); strings.Contains(why, "of account") {
		t.Errorf("got %q of a trusted account", why)
	}
}
