package grants_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/grants"
	"github.com/guardrails-dev/aws-guardrails/test/neglected"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// A whole neglected account is audited and mended, and nothing is denied on the way.
func TestANeglectedAccountIsMended(t *testing.T) {
	cloud := fakeaws.New()
	if err := neglected.Furnish(t.Context(), cloud, roundtrip.Account, neglected.Shop); err != nil {
		t.Fatal(err)
	}
	whole := neglected.Everything()
	stage := grants.Under(t, cloud, cloud.Now, whole, grants.PoliciesFor(t, &whole, v1alpha1.Enforce))
	applied := 0
	for range 3 {
		result, err := stage.Round(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, control := range result.Report.Controls {
			if n := control.Count(v1alpha1.Unknown); n > 0 {
				t.Errorf("%s: %d unknown", control.Control.ID, n)
			}
		}
		journal, err := stage.Apply(t.Context(), result.Plan)
		if err != nil {
			t.Fatal(err)
		}
		applied += len(journal.Entries)
	}
	if applied < 200 {
		t.Errorf("%d calls, want the account mended", applied)
	}
	stage.Granted(t)
}

// A role that has the audit's policies writes nothing, though a run tries.
func TestNoWriteUnderAudit(t *testing.T) {
	whole := neglected.Everything()
	policies := grants.PoliciesFor(t, &whole, v1alpha1.Audit)
	if len(policies.Remediation.Documents) != 0 {
		t.Errorf("what is only audited grants %v", policies.Remediation.Grants)
	}
	cloud := fakeaws.New()
	scene(t.Context(), t, cloud, "iam-password-policy")
	stage := grants.Under(t, cloud, cloud.Now, whole, policies)
	stage.Writer = stage.Target
	result, err := stage.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cloud.Forget()
	if _, err := stage.Apply(t.Context(), result.Plan); err != nil {
		t.Fatal(err)
	}
	writes := cloud.Writes()
	for _, call := range writes {
		if call.Err == nil {
			t.Errorf("%s was let through", call.Operation)
		}
	}
	if len(writes) == 0 {
		t.Error("nothing was tried")
	}
}

const administrator = `{"Version":"2012-10-17","Statement":[{"Sid":"All","Effect":"Allow","Action":["*"],"Resource":["*"]}]}`

// Whatever else is attached to the remediation role, it changes neither the operator's own roles
// nor the protected principals.
func TestDeniedWhateverElseIsAttached(t *testing.T) {
	cloud := fakeaws.New()
	whole := neglected.Everything()
	stage := grants.Under(t, cloud, cloud.Now, whole, grants.PoliciesFor(t, &whole, v1alpha1.Enforce))
	texts := []string{administrator}
	for _, document := range grants.PoliciesFor(t, &whole, v1alpha1.Enforce).Remediation.Documents {
		texts = append(texts, document.Text())
	}
	if _, err := cloud.Enforce(stage.Writer.RoleARN, texts...); err != nil {
		t.Fatal(err)
	}
	admin, done := iam.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), roundtrip.Done(t)
	trust := aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`)
	for _, name := range []string{"guardrails-audit", "break-glass-admin", "app"} {
		done(admin.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String(name), AssumeRolePolicyDocument: trust}))
	}
	for name, path := range map[string]string{"break-glass-1": "/", "break-glass-2": "/people/", "bob": "/"} {
		done(admin.CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String(name), Path: aws.String(path)}))
		done(admin.CreateLoginProfile(t.Context(), &iam.CreateLoginProfileInput{UserName: aws.String(name), Password: aws.String("Correct-horse-9-battery")}))
	}
	session, err := stage.Pool.OpenForRun(t.Context(), stage.Writer)
	if err != nil {
		t.Fatal(err)
	}
	client := awsapi.Client[iam.Client](session.In(""))
	for role, denied := range map[string]bool{"guardrails-audit": true, "break-glass-admin": true, "app": false} {
		_, err := client.PutRolePolicy(awsapi.Permit(t.Context(), "iam:PutRolePolicy"), &iam.PutRolePolicyInput{RoleName: aws.String(role), PolicyName: aws.String("p"), PolicyDocument: aws.String(administrator)})
		if fault.Is(err, fault.Denied) != denied {
			t.Errorf("a policy for role %s: got %v, denied should be %t", role, err, denied)
		}
	}
	for user, denied := range map[string]bool{"break-glass-1": true, "break-glass-2": true, "bob": false} {
		_, err := client.DeleteLoginProfile(awsapi.Permit(t.Context(), "iam:DeleteLoginProfile"), &iam.DeleteLoginProfileInput{UserName: aws.String(user)})
		if fault.Is(err, fault.Denied) != denied {
			t.Errorf("the password of %s: got %v, denied should be %t", user, err, denied)
		}
	}
}
