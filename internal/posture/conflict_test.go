package posture_test

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// Whatever AWS shows, it is not as all of them declare.
func TestBaselinesThatDisagreeNeverPass(t *testing.T) {
	conflict := func(d *posture.Declaration) { d.Conflict = "bucket differs between one and two" }
	report := posture.Judge([]posture.Declaration{declared(rule("a", nil, makeRound), v1alpha1.Audit, conflict)}, observed(round("r"), square("s")))
	c := report.Controls[0]
	if c.Verdict() != v1alpha1.Fail || c.Count(v1alpha1.Pass) != 1 || c.Count(v1alpha1.Fail) != 2 {
		t.Errorf("%s: %+v", c.Verdict(), c.Judged)
	}
	said := false
	for _, judged := range c.Judged {
		said = said || judged.Verdict.Reason == v1alpha1.ReasonBaselinesDisagree && strings.HasPrefix(judged.Verdict.Message, "bucket differs between one and two")
		if judged.ByHand != "" {
			t.Errorf("tells a person to %s, which one of them may not want", judged.ByHand)
		}
	}
	if !said {
		t.Errorf("does not say so: %+v", c.Judged)
	}
}
