// Package grants runs the operator's engine under the IAM policies that are generated for it: a
// call that was not granted is denied, and a grant that no call used is found.
package grants

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// Site is the account of round trips, with a role to read and one to write.
var Site = iamgrant.Site{
	Account: roundtrip.Account, Partition: "aws", Home: "us-east-1",
	Own:        []string{"arn:aws:iam::" + roundtrip.Account + ":role/guardrails-audit", "arn:aws:iam::" + roundtrip.Account + ":role/guardrails-remediation"},
	Principals: []string{"break-glass*"},
}

// PoliciesFor are the policies for a posture that one baseline declares.
func PoliciesFor(t *testing.T, declared *v1alpha1.Posture, enforcement v1alpha1.Enforcement) iamgrant.Policies {
	t.Helper()
	baseline := posture.Declarer{Name: "grants", Enforcement: enforcement, Posture: declared}
	policies, err := iamgrant.For(Site, posture.Declare(controls.All(), []posture.Declarer{baseline}, v1alpha1.Enforce, func(string) v1alpha1.Severity { return v1alpha1.Medium }))
	if err != nil {
		t.Fatal(err)
	}
	return policies
}

// Stage is an account whose roles have their policies.
type Stage struct {
	*roundtrip.Rig
	Audit, Remediation *fakeaws.Enforced
}

// Under makes a rig that declares the posture and works under the policies.
func Under(t *testing.T, cloud *fakeaws.Cloud, now func() time.Time, declared v1alpha1.Posture, policies iamgrant.Policies) *Stage {
	t.Helper()
	rig := roundtrip.New(cloud.Config(), now, declared)
	rig.Writer = rig.Target
	rig.Target.RoleARN, rig.Writer.RoleARN = Site.Own[0], Site.Own[1]
	return &Stage{Rig: rig, Audit: Enforce(t, cloud, Site.Own[0], policies.Audit), Remediation: Enforce(t, cloud, Site.Own[1], policies.Remediation)}
}

// Enforce holds a role to what was granted.
func Enforce(t *testing.T, cloud *fakeaws.Cloud, arn string, granted ...iamgrant.Role) *fakeaws.Enforced {
	t.Helper()
	var texts []string
	for _, role := range granted {
		for _, document := range role.Documents {
			texts = append(texts, document.Text())
		}
	}
	enforced, err := cloud.Enforce(arn, texts...)
	if err != nil {
		t.Fatal(err)
	}
	return enforced
}

// Roles are what the roles are held to, by name.
func (s *Stage) Roles() map[string]*fakeaws.Enforced {
	return map[string]*fakeaws.Enforced{"audit": s.Audit, "remediation": s.Remediation}
}

// Granted fails the test if a call was denied for want of a grant.
func (s *Stage) Granted(t *testing.T) {
	t.Helper()
	for name, role := range s.Roles() {
		for _, denied := range role.Denied() {
			t.Errorf("the %s role was denied %s", name, denied)
		}
	}
}
