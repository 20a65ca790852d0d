package controls_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/internal/remedy"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// applied is one type of action: a scene in which a control plans it, and what somebody does in
// the meantime that makes it wrong to send.
type applied struct {
	control  string
	identity v1alpha1.IdentityPosture
	settled  v1alpha1.VerdictStatus
	set      func(*scene)
	change   map[string]func(*scene)
}

func actions() map[string]applied {
	bob := aws.String("bob")
	old := func(s *scene) {
		s.daysAgo(200, func() { s.user("bob"); s.password("bob"); s.key("bob") })
	}
	oldPassword := func(s *scene) {
		s.daysAgo(200, func() { s.user("bob"); s.password("bob") })
	}
	newPassword := func(s *scene) {
		must[*sdk.DeleteLoginProfileOutput](s)(s.admin.DeleteLoginProfile(s.Context(), &sdk.DeleteLoginProfileInput{UserName: bob}))
		s.password("bob")
	}
	detach := func(s *scene) {
		must[*sdk.DetachUserPolicyOutput](s)(s.admin.DetachUserPolicy(s.Context(), &sdk.DetachUserPolicyInput{UserName: bob, PolicyArn: aws.String(readOnly)}))
	}
	direct := v1alpha1.IdentityPosture{NoDirectPolicies: &v1alpha1.NoDirectPolicies{}}
	return map[string]applied{
		"SetPasswordPolicy": {"iam-password-policy", v1alpha1.IdentityPosture{PasswordPolicy: &v1alpha1.PasswordPolicy{}}, v1alpha1.Pass, func(*scene) {}, map[string]func(*scene){
			"another policy": func(s *scene) {
				must[*sdk.UpdateAccountPasswordPolicyOutput](s)(s.admin.UpdateAccountPasswordPolicy(s.Context(), &sdk.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(30)}))
			},
		}},
		"DeactivateAccessKey": {"iam-access-key-rotation", v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{}}, v1alpha1.NotApplicable, old, map[string]func(*scene){
			"deleted": func(s *scene) {
				must[*sdk.DeleteAccessKeyOutput](s)(s.admin.DeleteAccessKey(s.Context(), &sdk.DeleteAccessKeyInput{UserName: bob, AccessKeyId: aws.String(s.onlyKey("bob"))}))
			},
			"used after all": func(s *scene) { s.used(s.onlyKey("bob"), 0) },
		}},
		"DeletePassword": {"iam-unused-credentials", v1alpha1.IdentityPosture{UnusedCredentials: &v1alpha1.UnusedCredentials{}}, v1alpha1.NotApplicable, oldPassword, map[string]func(*scene){
			"signed in": func(s *scene) { s.cloud.SignIn(roundtrip.Account, "bob", s.now) },
			"new one":   newPassword,
		}},
		"RequireMFA": {"iam-user-mfa", v1alpha1.IdentityPosture{UserMFA: &v1alpha1.UserMFA{}}, v1alpha1.Contained, old, map[string]func(*scene){
			"enrolled": func(s *scene) { s.device("bob") },
			"no password any more": func(s *scene) {
				must[*sdk.DeleteLoginProfileOutput](s)(s.admin.DeleteLoginProfile(s.Context(), &sdk.DeleteLoginProfileInput{UserName: bob}))
			},
			"a stranger's group": func(s *scene) { s.group(inventory.MFAGroup, "/") },
			"a stranger's policy": func(s *scene) {
				s.group(inventory.MFAGroup, inventory.GroupPath)
				must[*sdk.PutGroupPolicyOutput](s)(s.admin.PutGroupPolicy(s.Context(), &sdk.PutGroupPolicyInput{GroupName: aws.String(inventory.MFAGroup), PolicyName: aws.String(inventory.MFAPolicy), PolicyDocument: aws.String(allow)}))
			},
		}},
		"MoveAttachedPolicy": {"iam-no-direct-policies", direct, v1alpha1.Pass, func(s *scene) { s.user("bob"); s.attach("bob", readOnly) }, map[string]func(*scene){
			"taken away": detach,
			"a member came": func(s *scene) {
				s.group("guardrails-user-bob", inventory.GroupPath)
				s.user("mallory")
				s.join("mallory", "guardrails-user-bob")
			},
			"a stranger's group": func(s *scene) { s.group("guardrails-user-bob", "/") },
		}},
		"MoveInlinePolicy": {"iam-no-direct-policies", direct, v1alpha1.Pass, func(s *scene) { s.user("bob"); s.inline("bob", "buckets", allow) }, map[string]func(*scene){
			"changed": func(s *scene) { s.inline("bob", "buckets", strings.Replace(allow, "s3", "ec2", 1)) },
			"another of the name": func(s *scene) {
				s.group("guardrails-user-bob", inventory.GroupPath)
				must[*sdk.PutGroupPolicyOutput](s)(s.admin.PutGroupPolicy(s.Context(), &sdk.PutGroupPolicyInput{GroupName: aws.String("guardrails-user-bob"), PolicyName: aws.String("buckets"), PolicyDocument: aws.String(`{"Statement":[]}`)}))
			},
		}},
	}
}

func (s *scene) onlyKey(user string) string {
	return *must[*sdk.ListAccessKeysOutput](s)(s.admin.ListAccessKeys(s.Context(), &sdk.ListAccessKeysInput{UserName: aws.String(user)})).AccessKeyMetadata[0].AccessKeyId
}

// planned sets the scene and returns the one change of the action's type.
func planned(s *scene, typeName string, a applied) (*roundtrip.Rig, posture.Plan) {
	s.Helper()
	a.set(s)
	rig := s.rig(a.identity)
	changes := slices.DeleteFunc(s.round(rig).Plan.Changes, func(c posture.Change) bool { return action.TypeOf(c.Action) != typeName })
	if len(changes) != 1 {
		s.Fatalf("planned %d of %s", len(changes), typeName)
	}
	return rig, posture.Plan{Changes: changes}
}

func results(journal *roundtrip.Journal) (all []string) {
	for _, e := range journal.Entries {
		all = append(all, string(e.Result))
	}
	return all
}

func TestStepsAreTheCallsDescribed(t *testing.T) {
	for name, a := range actions() {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			rig, plan := planned(s, name, a)
			session := must[*awsapi.Session](s)(rig.Pool.OpenForRun(s.Context(), rig.Target))
			var calls []string
			for _, step := range must[[]remedy.Step](s)(remedy.Steps(session, plan.Changes[0].Action)) {
				calls = append(calls, step.Call)
			}
			if !slices.Equal(calls, plan.Changes[0].Calls) {
				t.Errorf("the steps are %v, described are %v", calls, plan.Changes[0].Calls)
			}
			content := must[[]byte](s)(action.Encode(plan.Changes[0].Action))
			if got := must[string](s)(action.Hash(must[action.Action](s)(action.Decode(name, content)))); got != plan.Changes[0].Hash {
				t.Errorf("decoded it has hash %s, not %s", got, plan.Changes[0].Hash)
			}
		})
	}
}

func TestChangedTargetsAreLeftAlone(t *testing.T) {
	for name, a := range actions() {
		for how, change := range a.change {
			t.Run(name+" "+how, func(t *testing.T) {
				s := newScene(t)
				rig, plan := planned(s, name, a)
				change(s)
				s.cloud.Forget()
				journal := must[*roundtrip.Journal](s)(rig.Apply(s.Context(), plan))
				got := results(journal)
				if got[len(got)-1] != string(v1alpha1.CallChanged) || slices.Contains(got, string(v1alpha1.CallDone)) || len(s.cloud.Writes()) > 0 {
					t.Errorf("got %v, written %v", got, operations(s.cloud.Writes()))
				}
			})
		}
	}
}

func TestAppliedTwiceWritesOnce(t *testing.T) {
	for name, a := range actions() {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			rig, plan := planned(s, name, a)
			must[*roundtrip.Journal](s)(rig.Apply(s.Context(), plan))
			s.cloud.Forget()
			journal := must[*roundtrip.Journal](s)(rig.Apply(s.Context(), plan))
			if got := slices.Compact(results(journal)); !slices.Equal(got, []string{string(v1alpha1.CallAlreadySo)}) || len(s.cloud.Writes()) > 0 {
				t.Errorf("the second time: %v, written %v", got, operations(s.cloud.Writes()))
			}
		})
	}
}

func TestCrashesAreFinished(t *testing.T) {
	for name, a := range actions() {
		t.Run(name, func(t *testing.T) {
			roundtrip.Crashes(t, func(t *testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
				s := newScene(t)
				a.set(s)
				return s.cloud, s.rig(a.identity)
			}, a.control, a.settled)
		})
	}
}

// Somebody who takes a policy away by taking the user out of the group does not get undone when
// another policy moves there.
func TestMovesGiveNothingBack(t *testing.T) {
	s := newScene(t)
	s.user("bob")
	s.attach("bob", "arn:aws:iam::aws:policy/AdministratorAccess")
	rig := s.rig(v1alpha1.IdentityPosture{NoDirectPolicies: &v1alpha1.NoDirectPolicies{}})
	rig.Mends(t, "iam-no-direct-policies", v1alpha1.Pass)
	must[*sdk.RemoveUserFromGroupOutput](s)(s.admin.RemoveUserFromGroup(s.Context(), &sdk.RemoveUserFromGroupInput{UserName: aws.String("bob"), GroupName: aws.String("guardrails-user-bob")}))
	s.attach("bob", readOnly)
	result := s.round(rig)
	if len(result.Plan.Changes) > 0 || len(result.Plan.Held) != 1 || !strings.Contains(result.Plan.Held[0].ByHand, "newly get") {
		t.Errorf("planned %v, held %+v", result.Plan.Changes, result.Plan.Held)
	}
}

// Protection sees the group that an action changes, not the user alone.
func TestProtectedGroupsAreRefused(t *testing.T) {
	s := newScene(t)
	_, plan := planned(s, "RequireMFA", actions()["RequireMFA"])
	protection := posture.Protection{Resources: []string{"arn:aws:iam::*:group/guardrails/*"}}
	if got := protection.Refuses(plan.Changes[0].Description); !strings.Contains(got, "group/guardrails/guardrails-require-mfa") {
		t.Errorf("refused by %q", got)
	}
}
