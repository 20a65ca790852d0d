package s3

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

const theirs = `{"Version":"2012-10-17","Id":"team","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*"}]}`

func withOurs(t *testing.T, policy string) string {
	t.Helper()
	merged, err := iampolicy.Merge(policy, iampolicy.DenyInsecureTransport("arn:aws:s3:::box"))
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func TestTLSOnly(t *testing.T) {
	for name, row := range map[string]struct {
		policy inventory.Observed[string]
		want   v1alpha1.VerdictStatus
		why    string
		says   string
	}{
		"denied without TLS": {seen(withOurs(t, theirs)), v1alpha1.Pass, "AsDeclared", ""},
		"no policy":          {seen(""), v1alpha1.Fail, "NoPolicy", "has no policy"},
		"another policy":     {seen(theirs), v1alpha1.Fail, "PlainHTTPAllowed", "does not deny"},
		"for another bucket": {seen(strings.ReplaceAll(withOurs(t, ""), ":::box", ":::other")), v1alpha1.Fail, "PlainHTTPAllowed", "does not deny"},
		"not a policy":       {seen("{}{}"), v1alpha1.Fail, "PolicyUnreadable", "cannot be understood"},
	} {
		t.Run(name, func(t *testing.T) {
			b := box()
			b.Policy = row.policy
			expect(t, tlsOnly.Judge(v1alpha1.S3TLSOnly{}, b, asOf), row.want, row.why, row.says)
		})
	}
}

// The action adds one statement and keeps every byte of the rest.
func TestTLSOnlyMerges(t *testing.T) {
	b := box()
	b.Policy = seen(theirs)
	planned := tlsOnly.Mend(v1alpha1.S3TLSOnly{}, b)
	if len(planned) != 1 {
		t.Fatalf("got %d actions, want one", len(planned))
	}
	got, _ := planned[0].(action.DenyInsecureTransport)
	added, rest := strings.CutPrefix(got.To, strings.TrimSuffix(theirs, "]}")+",")
	if got.From != theirs || !rest || !strings.HasPrefix(added, `{"Sid":"GuardrailsDenyInsecureTransport"`) || strings.Count(added, `"Sid"`) != 1 {
		t.Errorf("got %s", got.To)
	}
	d := got.Describe()
	if d.Risk != v1alpha1.Disruptive || !strings.Contains(d.From, "\n    {\n      \"Sid\": \"Read\",") || !strings.Contains(d.To, "\"Sid\": \"GuardrailsDenyInsecureTransport\"") {
		t.Errorf("a person is shown %s:\n%s\n%s", d.Risk, d.From, d.To)
	}
	b.Policy = seen("")
	if planned := tlsOnly.Mend(v1alpha1.S3TLSOnly{}, b); len(planned) != 1 || planned[0].Describe().From != "no policy" {
		t.Errorf("without a policy: got %v", planned)
	}
}

// A policy without room, or that nobody understands, is for a person.
func TestTLSOnlyByHand(t *testing.T) {
	for name, policy := range map[string]string{
		"full":         strings.Replace(theirs, `"team"`, `"`+strings.Repeat("x", maxPolicy-len(theirs))+`"`, 1),
		"not a policy": "{}{}",
	} {
		t.Run(name, func(t *testing.T) {
			b := box()
			b.Policy = seen(policy)
			if planned := tlsOnly.Mend(v1alpha1.S3TLSOnly{}, b); len(planned) != 0 {
				t.Errorf("planned %d actions, want none", len(planned))
			}
			says := tlsOnly.ByHand(v1alpha1.S3TLSOnly{}, b)
			if !strings.Contains(says, "put-bucket-policy --bucket box --region eu-west-1") || !strings.Contains(says, `"aws:SecureTransport":"false"`) {
				t.Errorf("by hand: %s", says)
			}
		})
	}
}
