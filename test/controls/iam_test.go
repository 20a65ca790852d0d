package controls_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

func TestPasswordPolicyRoundTrip(t *testing.T) {
	for name, there := range map[string]*sdk.UpdateAccountPasswordPolicyInput{
		"none": nil,
		"weak": {MinimumPasswordLength: aws.Int32(20), RequireSymbols: true, HardExpiry: aws.Bool(true), MaxPasswordAge: aws.Int32(60), AllowUsersToChangePassword: true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			if there != nil {
				must[*sdk.UpdateAccountPasswordPolicyOutput](s)(s.admin.UpdateAccountPasswordPolicy(s.Context(), there))
			}
			rig := s.rig(v1alpha1.IdentityPosture{PasswordPolicy: &v1alpha1.PasswordPolicy{MaxAgeDays: 90}})
			rig.Mends(t, "iam-password-policy", v1alpha1.Pass)
			s.rests(rig)
			got := must[*sdk.GetAccountPasswordPolicyOutput](s)(s.admin.GetAccountPasswordPolicy(s.Context(), &sdk.GetAccountPasswordPolicyInput{})).PasswordPolicy
			length, age, kept := int32(14), int32(90), false
			if there != nil {
				length, age, kept = 20, 60, true
			}
			if *got.MinimumPasswordLength != length || *got.MaxPasswordAge != age || got.AllowUsersToChangePassword != kept || aws.ToBool(got.HardExpiry) != kept || !got.RequireNumbers || *got.PasswordReusePrevention != 24 {
				t.Errorf("the policy is now %+v", got)
			}
		})
	}
}

func TestUserMFARoundTrip(t *testing.T) {
	s := newScene(t)
	s.daysAgo(400, func() {
		for _, name := range []string{"alice", "bob", "carol"} {
			s.user(name)
			s.password(name)
		}
		s.device("carol")
		s.used(s.key("bob"), -399)
	})
	rig := s.rig(v1alpha1.IdentityPosture{UserMFA: &v1alpha1.UserMFA{}})
	bob := s.round(rig).Report.Controls[0].Judged[1]
	if !strings.Contains(bob.Verdict.Message, "1 access keys in use would be denied") || !strings.Contains(bob.Mend[0].Describe().Title, "cuts off 1 access keys in use") {
		t.Errorf("the keys at stake are not shown: %s; %s", bob.Verdict.Message, bob.Mend[0].Describe().Title)
	}
	rig.Mends(t, "iam-user-mfa", v1alpha1.Contained)
	s.rests(rig)
	if got := verdictOn(s, s.round(rig), "iam-user-mfa", "/alice"); !strings.Contains(got.ByHand, "user alice has to sign in") {
		t.Errorf("what alice has to do: %q", got.ByHand)
	}
	// Alice enrols: the report of the morning still says that she has not.
	s.device("alice")
	if got := verdictOn(s, s.round(rig), "iam-user-mfa", "/alice"); got.Verdict.Status != v1alpha1.Pass {
		t.Errorf("after she enrolled: %+v", got.Verdict)
	}
}

// A contained user is contained by what the group's policy says, not by the group's name.
func TestUserMFAContainmentIsReadFromThePolicy(t *testing.T) {
	s := newScene(t)
	s.user("alice")
	s.password("alice")
	rig := s.rig(v1alpha1.IdentityPosture{UserMFA: &v1alpha1.UserMFA{}})
	rig.Mends(t, "iam-user-mfa", v1alpha1.Contained)
	must[*sdk.PutGroupPolicyOutput](s)(s.admin.PutGroupPolicy(s.Context(), &sdk.PutGroupPolicyInput{
		GroupName: aws.String(inventory.MFAGroup), PolicyName: aws.String(inventory.MFAPolicy), PolicyDocument: aws.String(allow),
	}))
	rig.Mends(t, "iam-user-mfa", v1alpha1.Contained)
	s.rests(rig)
}

func TestAccessKeyRotationRoundTrip(t *testing.T) {
	s := newScene(t)
	var old, young string
	s.daysAgo(200, func() { s.user("deploy"); old = s.key("deploy") })
	s.daysAgo(5, func() { young = s.key("deploy") })
	s.used(old, 1)
	rig := s.rig(v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{MaxAgeDays: 90}})
	rig.Mends(t, "iam-access-key-rotation", v1alpha1.Pass)
	s.rests(rig)
	for _, key := range must[*sdk.ListAccessKeysOutput](s)(s.admin.ListAccessKeys(s.Context(), &sdk.ListAccessKeysInput{UserName: aws.String("deploy")})).AccessKeyMetadata {
		if want := map[string]string{old: "Inactive", young: "Active"}[*key.AccessKeyId]; string(key.Status) != want {
			t.Errorf("key %s is %s, want %s", *key.AccessKeyId, key.Status, want)
		}
	}
}

func TestUnusedCredentialsRoundTrip(t *testing.T) {
	s := newScene(t)
	s.daysAgo(200, func() {
		s.user("gone")
		s.password("gone")
		s.used(s.key("gone"), -10)
		s.user("here")
		s.password("here")
	})
	s.daysAgo(10, func() { s.user("new"); s.key("new"); s.password("new") })
	s.cloud.SignIn(roundtrip.Account, "here", s.now.AddDate(0, 0, -3))
	rig := s.rig(v1alpha1.IdentityPosture{UnusedCredentials: &v1alpha1.UnusedCredentials{MaxUnusedDays: 45}})
	rig.Mends(t, "iam-unused-credentials", v1alpha1.Pass)
	s.rests(rig)
	result := s.round(rig)
	for user, want := range map[string]v1alpha1.VerdictStatus{"/gone": v1alpha1.NotApplicable, "/here": v1alpha1.Pass, "/new": v1alpha1.Pass} {
		if got := verdictOn(s, result, "iam-unused-credentials", user).Verdict; got.Status != want {
			t.Errorf("%s: %+v, want %s", user, got, want)
		}
	}
}

// An old key that nobody uses is wrong twice and deactivated once.
func TestOldUnusedKeyIsOneAction(t *testing.T) {
	s := newScene(t)
	s.daysAgo(200, func() { s.user("gone"); s.key("gone") })
	rig := s.rig(v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{}, UnusedCredentials: &v1alpha1.UnusedCredentials{}})
	changes := s.round(rig).Plan.Changes
	if len(changes) != 1 || len(changes[0].Controls) != 2 {
		t.Errorf("%+v", changes)
	}
}

// A key in daily use stays the same action from day to day, or no approval of it would hold.
func TestKeyInUseStaysTheSameAction(t *testing.T) {
	s := newScene(t)
	var key string
	s.daysAgo(200, func() { s.user("deploy"); key = s.key("deploy") })
	rig := s.rig(v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{}})
	hashes := map[string]bool{}
	for range 3 {
		s.used(key, 0)
		hashes[s.round(rig).Plan.Changes[0].Hash] = true
		s.now = s.now.Add(24 * time.Hour)
	}
	if len(hashes) != 1 {
		t.Errorf("%d different actions in three days", len(hashes))
	}
}

func TestNoDirectPoliciesRoundTrip(t *testing.T) {
	s := newScene(t)
	s.user("bob")
	s.attach("bob", readOnly)
	s.attach("bob", "arn:aws:iam::aws:policy/job-function/Billing")
	s.inline("bob", "buckets", allow)
	s.user("alice")
	rig := s.rig(v1alpha1.IdentityPosture{NoDirectPolicies: &v1alpha1.NoDirectPolicies{}})
	rig.Mends(t, "iam-no-direct-policies", v1alpha1.Pass)
	s.rests(rig)
	group := aws.String("guardrails-user-bob")
	attached := must[*sdk.ListAttachedGroupPoliciesOutput](s)(s.admin.ListAttachedGroupPolicies(s.Context(), &sdk.ListAttachedGroupPoliciesInput{GroupName: group}))
	inline := must[*sdk.GetGroupPolicyOutput](s)(s.admin.GetGroupPolicy(s.Context(), &sdk.GetGroupPolicyInput{GroupName: group, PolicyName: aws.String("buckets")}))
	members := must[*sdk.GetGroupOutput](s)(s.admin.GetGroup(s.Context(), &sdk.GetGroupInput{GroupName: group}))
	if len(attached.AttachedPolicies) != 2 || inline.PolicyDocument == nil || len(members.Users) != 1 || *members.Users[0].UserName != "bob" {
		t.Errorf("bob's group has %v, %v and members %v", attached.AttachedPolicies, inline.PolicyDocument, members.Users)
	}
}

// At no moment of a move does the user lack the policy: it is in the group, and the user too,
// before it is taken off.
func TestMovingAPolicyCutsNobodyOff(t *testing.T) {
	s := newScene(t)
	s.user("bob")
	s.attach("bob", readOnly)
	s.inline("bob", "buckets", allow)
	rig := s.rig(v1alpha1.IdentityPosture{NoDirectPolicies: &v1alpha1.NoDirectPolicies{}})
	plan := s.round(rig).Plan
	s.cloud.Forget()
	must[*roundtrip.Journal](s)(rig.Apply(s.Context(), plan))
	want := "iam:CreateGroup iam:AttachGroupPolicy iam:AddUserToGroup iam:DetachUserPolicy iam:PutGroupPolicy iam:DeleteUserPolicy"
	if got := strings.Join(operations(s.cloud.Writes()), " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestRootControlsAreByHand(t *testing.T) {
	s := newScene(t)
	s.cloud.SetRoot(roundtrip.Account, fakeaws.RootUser{Password: true, AccessKeys: 1})
	rig := s.rig(v1alpha1.IdentityPosture{RootAccessKey: &v1alpha1.RootAccessKey{}, RootMFA: &v1alpha1.RootMFA{}})
	result := s.round(rig)
	if len(result.Plan.Changes) != 0 || len(result.Plan.Held) != 2 {
		t.Fatalf("planned %v, held %v", result.Plan.Changes, result.Plan.Held)
	}
	for control, says := range map[string]string{"iam-root-access-key": "aws iam delete-access-key", "iam-root-mfa": "assign an MFA device"} {
		got := verdictOn(s, result, control, ":root")
		if got.Verdict.Status != v1alpha1.Fail || !strings.Contains(got.ByHand, says) || !strings.Contains(got.ByHand, "aws sts assume-root --target-principal 111111111111 --task-policy-arn arn=arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials") {
			t.Errorf("%s: %+v %q", control, got.Verdict, got.ByHand)
		}
	}
	s.cloud.SetRoot(roundtrip.Account, fakeaws.RootUser{})
	result = s.round(rig)
	if got := verdictOn(s, result, "iam-root-mfa", ":root").Verdict; got.Status != v1alpha1.NotApplicable {
		t.Errorf("without root credentials: %+v", got)
	}
	if got := verdictOn(s, result, "iam-root-access-key", ":root").Verdict; got.Status != v1alpha1.Pass {
		t.Errorf("without root credentials: %+v", got)
	}
}
