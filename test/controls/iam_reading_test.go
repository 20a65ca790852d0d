package controls_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func unknown(result round.Result) (controls []string) {
	for _, c := range result.Report.Controls {
		if c.Count(v1alpha1.Unknown) > 0 {
			controls = append(controls, strings.TrimPrefix(c.Control.ID, "iam-"))
		}
	}
	return controls
}

// A read that is refused makes the controls that need it Unknown, by the name of the permission,
// and no other.
func TestDeniedReads(t *testing.T) {
	for operation, want := range map[string]string{
		"iam:GetAccountSummary":              "root-access-key root-mfa",
		"iam:GetAccountPasswordPolicy":       "password-policy",
		"iam:GetAccountAuthorizationDetails": "access-key-rotation no-direct-policies unused-credentials user-mfa",
		"iam:GetCredentialReport":            "access-key-rotation unused-credentials user-mfa",
		"iam:GenerateCredentialReport":       "access-key-rotation unused-credentials user-mfa",
		// What confirms a finding: only the controls that found something are in doubt.
		"iam:ListAccessKeys":       "access-key-rotation unused-credentials",
		"iam:GetAccessKeyLastUsed": "access-key-rotation unused-credentials",
		"iam:GetLoginProfile":      "unused-credentials user-mfa",
		"iam:GetUser":              "unused-credentials user-mfa",
		"iam:ListMFADevices":       "user-mfa",
	} {
		t.Run(operation, func(t *testing.T) {
			s := newScene(t)
			s.daysAgo(200, func() { s.user("bob"); s.password("bob"); s.key("bob") })
			rig := s.rig(everythingOfIAM())
			s.cloud.Deny(operation)
			result := s.round(rig)
			if got := strings.Join(unknown(result), " "); got != want {
				t.Errorf("Unknown: got %s, want %s", got, want)
			}
			for _, c := range result.Report.Controls {
				for _, judged := range c.Judged {
					if judged.Verdict.Status == v1alpha1.Unknown && (judged.Verdict.Reason != v1alpha1.VerdictReadDenied || !strings.Contains(judged.Verdict.Message, operation)) {
						t.Errorf("%s: %+v", c.Control.ID, judged.Verdict)
					}
				}
			}
			s.cloud.Heal()
			if got := unknown(s.round(rig)); len(got) > 0 {
				t.Errorf("after it was allowed still Unknown: %v", got)
			}
		})
	}
}

func calls(s *scene) map[string]int {
	count := map[string]int{}
	for _, call := range s.cloud.Calls() {
		if strings.HasPrefix(call.Operation, "iam:") {
			count[call.Operation]++
		}
	}
	return count
}

// A thousand users take two pages and a report, and calls of their own only for those with whom
// something is wrong.
func TestCallsForManyUsers(t *testing.T) {
	s := newScene(t)
	s.daysAgo(30, func() {
		for i := range 1200 {
			s.user(fmt.Sprintf("user-%04d", i))
			s.key(fmt.Sprintf("user-%04d", i))
		}
	})
	rig := s.rig(everythingOfIAM())
	s.round(rig)
	s.cloud.Forget()
	result := s.round(rig)
	want := map[string]int{"iam:GetAccountAuthorizationDetails": 2, "iam:GetCredentialReport": 1, "iam:GetAccountSummary": 1, "iam:GetAccountPasswordPolicy": 1}
	if got := calls(s); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if size, complete := result.Facts.Size(inventory.Credentials.Name); size != 1200 || !complete {
		t.Errorf("%d users, complete %t", size, complete)
	}
}

func TestCallsForFailingUsers(t *testing.T) {
	s := newScene(t)
	s.daysAgo(200, func() {
		s.user("old-key")
		s.key("old-key")
		s.user("no-mfa")
		s.password("no-mfa")
		s.user("direct")
		s.attach("direct", readOnly)
	})
	rig := s.rig(v1alpha1.IdentityPosture{UserMFA: &v1alpha1.UserMFA{}, AccessKeyRotation: &v1alpha1.AccessKeyRotation{}, NoDirectPolicies: &v1alpha1.NoDirectPolicies{}})
	s.round(rig)
	s.cloud.Forget()
	s.round(rig)
	want := map[string]int{
		"iam:GetAccountAuthorizationDetails": 1, "iam:GetCredentialReport": 1,
		"iam:ListAccessKeys": 1, "iam:GetAccessKeyLastUsed": 1, "iam:GetLoginProfile": 1, "iam:GetUser": 1, "iam:ListMFADevices": 1,
	}
	if got := calls(s); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNoUsers(t *testing.T) {
	s := newScene(t)
	result := s.round(s.rig(everythingOfIAM()))
	for _, c := range result.Report.Controls {
		if strings.Contains("iam-user-mfa iam-access-key-rotation iam-unused-credentials iam-no-direct-policies", c.Control.ID) && c.Verdict() != v1alpha1.NotApplicable {
			t.Errorf("%s: %s", c.Control.ID, c.Verdict())
		}
	}
	if n := calls(s)["iam:GetCredentialReport"]; n != 0 {
		t.Errorf("the report is read %d times for nobody", n)
	}
}

// The report is up to four hours old: whoever came since, or came again under the name of
// somebody else, is read by calls of their own.
func TestUsersYoungerThanTheReport(t *testing.T) {
	s := newScene(t)
	s.daysAgo(300, func() { s.user("again"); s.password("again"); s.device("again") })
	rig := s.rig(v1alpha1.IdentityPosture{UserMFA: &v1alpha1.UserMFA{}})
	s.round(rig)
	s.now = s.now.Add(time.Hour)
	must[*sdk.DeactivateMFADeviceOutput](s)(s.admin.DeactivateMFADevice(s.Context(), &sdk.DeactivateMFADeviceInput{UserName: aws.String("again"), SerialNumber: aws.String("GAHTagain")}))
	must[*sdk.DeleteLoginProfileOutput](s)(s.admin.DeleteLoginProfile(s.Context(), &sdk.DeleteLoginProfileInput{UserName: aws.String("again")}))
	must[*sdk.DeleteUserOutput](s)(s.admin.DeleteUser(s.Context(), &sdk.DeleteUserInput{UserName: aws.String("again")}))
	for _, name := range []string{"again", "new"} {
		s.user(name)
		s.password(name)
	}
	result := s.round(rig)
	for _, name := range []string{"/again", "/new"} {
		if got := verdictOn(s, result, "iam-user-mfa", name).Verdict; got.Status != v1alpha1.Fail {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// After four hours a new report is made, and the round waits the moment that it takes.
func TestReportExpires(t *testing.T) {
	s := newScene(t)
	s.daysAgo(10, func() { s.user("bob"); s.key("bob") })
	rig := s.rig(v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{}})
	s.round(rig)
	s.now = s.now.Add(5 * time.Hour)
	s.cloud.Forget()
	if got := s.round(rig).Report.Controls[0].Verdict(); got != v1alpha1.Pass {
		t.Errorf("with an expired report: %s", got)
	}
	if n := calls(s)["iam:GenerateCredentialReport"]; n != 1 {
		t.Errorf("it was asked for %d times", n)
	}
}

// Names hold commas and equals signs, paths anything printable.
func TestHostileNames(t *testing.T) {
	s := newScene(t)
	names := []string{"=cmd,calc", "root_account", "a+b@c.d", "guardrails-user-x", strings.Repeat("n", 64)}
	paths := []string{"/<root_account>/", `/a"b,c/`, "/%2e%2e/|/", "/user/../x/", "/" + strings.Repeat("p", 510) + "/"}
	s.daysAgo(200, func() {
		for i, name := range names {
			must[*sdk.CreateUserOutput](s)(s.admin.CreateUser(s.Context(), &sdk.CreateUserInput{UserName: aws.String(name), Path: aws.String(paths[i])}))
			s.password(name)
			s.key(name)
			s.inline(name, "in,line=", allow)
		}
	})
	rig := s.rig(everythingOfIAM())
	result := s.round(rig)
	if got := unknown(result); len(got) > 0 {
		t.Errorf("Unknown: %v", got)
	}
	for _, control := range []string{"iam-user-mfa", "iam-access-key-rotation", "iam-unused-credentials", "iam-no-direct-policies"} {
		for i, name := range names {
			if got := verdictOn(s, result, control, "user"+paths[i]+name).Verdict; got.Status != v1alpha1.Fail {
				t.Errorf("%s on %s: %+v", control, name, got)
			}
		}
	}
	rig.Mends(t, "iam-access-key-rotation", v1alpha1.NotApplicable)
	rig.Mends(t, "iam-no-direct-policies", v1alpha1.Pass)
}

// Tags come with the users, so that what another tool manages is left to it.
func TestUsersOfOtherTools(t *testing.T) {
	s := newScene(t)
	s.daysAgo(200, func() {
		must[*sdk.CreateUserOutput](s)(s.admin.CreateUser(s.Context(), &sdk.CreateUserInput{UserName: aws.String("stack"), Tags: []types.Tag{{Key: aws.String("aws:cloudformation:stack-name"), Value: aws.String("ci")}}}))
		s.key("stack")
		s.attach("stack", readOnly)
	})
	plan := s.round(s.rig(v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{}, NoDirectPolicies: &v1alpha1.NoDirectPolicies{}})).Plan
	if len(plan.Changes) != 0 || len(plan.Held) != 2 || plan.Held[0].ManagedElsewhere != "CloudFormation ci" {
		t.Errorf("planned %v, held %+v", plan.Changes, plan.Held)
	}
}

func TestBreakGlassAndPrograms(t *testing.T) {
	s := newScene(t)
	s.daysAgo(200, func() {
		for _, name := range []string{"glass-1", "svc-ci"} {
			s.user(name)
			s.key(name)
			s.attach(name, readOnly)
		}
		s.password("glass-1")
	})
	rig := s.rig(everythingOfIAM())
	rig.Who = inventory.Who{Services: []string{"svc-*"}, BreakGlass: []string{"glass-*"}}
	result := s.round(rig)
	for _, row := range []struct {
		control, user string
		want          v1alpha1.VerdictStatus
	}{
		{"iam-user-mfa", "/glass-1", v1alpha1.Fail},
		{"iam-user-mfa", "/svc-ci", v1alpha1.NotApplicable},
		{"iam-access-key-rotation", "/glass-1", v1alpha1.Fail},
		{"iam-access-key-rotation", "/svc-ci", v1alpha1.Fail},
		{"iam-unused-credentials", "/glass-1", v1alpha1.NotApplicable},
		{"iam-unused-credentials", "/svc-ci", v1alpha1.Fail},
	} {
		if got := verdictOn(s, result, row.control, row.user).Verdict; got.Status != row.want {
			t.Errorf("%s on %s: %+v, want %s", row.control, row.user, got, row.want)
		}
	}
	for _, change := range result.Plan.Changes {
		if change.Target.ID == "glass-1" {
			t.Errorf("planned for a break-glass user: %s", change.Title)
		}
	}
	held := slices.DeleteFunc(result.Plan.Held, func(h posture.Held) bool { return !strings.HasSuffix(h.Ref.Name(), "/glass-1") || h.ByHand == "" })
	if len(held) != 3 {
		t.Errorf("by hand for the break-glass user: %+v", held)
	}
}

// Too many calls are no account without keys.
func TestThrottledSummary(t *testing.T) {
	s := newScene(t)
	rig := s.rig(v1alpha1.IdentityPosture{RootAccessKey: &v1alpha1.RootAccessKey{}, RootMFA: &v1alpha1.RootMFA{}})
	s.cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("iam:GetAccountSummary"), Err: fakeaws.Throttled()})
	if got := unknown(s.round(rig)); len(got) != 2 {
		t.Errorf("throttled: Unknown are %v", got)
	}
}
