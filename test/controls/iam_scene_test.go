package controls_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

const (
	readOnly = "arn:aws:iam::aws:policy/ReadOnlyAccess"
	allow    = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`
)

// scene is an account of the fake, at noon of a day that a test can leave and come back to.
type scene struct {
	*testing.T
	cloud *fakeaws.Cloud
	admin *sdk.Client
	now   time.Time
}

func newScene(t *testing.T) *scene {
	t.Helper()
	cloud := fakeaws.New()
	s := &scene{T: t, cloud: cloud, admin: sdk.NewFromConfig(cloud.ConfigFor(roundtrip.Account)), now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	cloud.SetClock(func() time.Time { return s.now })
	return s
}

// daysAgo sets a part of the scene in the past.
func (s *scene) daysAgo(days int, set func()) {
	now := s.now
	s.now = now.AddDate(0, 0, -days)
	set()
	s.now = now
}

func must[O any](s *scene) func(O, error) O {
	return func(out O, err error) O {
		s.Helper()
		if err != nil {
			s.Fatal(err)
		}
		return out
	}
}

func (s *scene) user(name string) {
	must[*sdk.CreateUserOutput](s)(s.admin.CreateUser(s.Context(), &sdk.CreateUserInput{UserName: aws.String(name)}))
}

func (s *scene) password(name string) {
	must[*sdk.CreateLoginProfileOutput](s)(s.admin.CreateLoginProfile(s.Context(), &sdk.CreateLoginProfileInput{UserName: aws.String(name), Password: aws.String("correct horse")}))
}

func (s *scene) key(name string) string {
	out := must[*sdk.CreateAccessKeyOutput](s)(s.admin.CreateAccessKey(s.Context(), &sdk.CreateAccessKeyInput{UserName: aws.String(name)}))
	return *out.AccessKey.AccessKeyId
}

// used makes a key last used so many days ago.
func (s *scene) used(key string, days int) {
	s.cloud.UseAccessKey(roundtrip.Account, key, s.now.AddDate(0, 0, -days), "s3", "us-east-1")
}

func (s *scene) device(name string) {
	must[*sdk.EnableMFADeviceOutput](s)(s.admin.EnableMFADevice(s.Context(), &sdk.EnableMFADeviceInput{
		UserName: aws.String(name), SerialNumber: aws.String("GAHT" + name), AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321"),
	}))
}

func (s *scene) group(name, path string) {
	must[*sdk.CreateGroupOutput](s)(s.admin.CreateGroup(s.Context(), &sdk.CreateGroupInput{GroupName: aws.String(name), Path: aws.String(path)}))
}

func (s *scene) join(user, group string) {
	must[*sdk.AddUserToGroupOutput](s)(s.admin.AddUserToGroup(s.Context(), &sdk.AddUserToGroupInput{UserName: aws.String(user), GroupName: aws.String(group)}))
}

func (s *scene) attach(user, policy string) {
	must[*sdk.AttachUserPolicyOutput](s)(s.admin.AttachUserPolicy(s.Context(), &sdk.AttachUserPolicyInput{UserName: aws.String(user), PolicyArn: aws.String(policy)}))
}

func (s *scene) inline(user, name, document string) {
	must[*sdk.PutUserPolicyOutput](s)(s.admin.PutUserPolicy(s.Context(), &sdk.PutUserPolicyInput{UserName: aws.String(user), PolicyName: aws.String(name), PolicyDocument: aws.String(document)}))
}

func (s *scene) rig(identity v1alpha1.IdentityPosture) *roundtrip.Rig {
	return roundtrip.New(s.cloud.Config(), s.cloud.Now, v1alpha1.Posture{Identity: identity})
}

func (s *scene) round(rig *roundtrip.Rig) round.Result {
	s.Helper()
	return must[round.Result](s)(rig.Round(s.Context()))
}

// rests asserts that a further round, and applying what it plans, write nothing.
func (s *scene) rests(rig *roundtrip.Rig) {
	s.Helper()
	s.cloud.Forget()
	result := s.round(rig)
	if _, err := rig.Apply(s.Context(), result.Plan); err != nil {
		s.Fatal(err)
	}
	if writes := s.cloud.Writes(); len(writes) > 0 {
		s.Errorf("a further round writes: %v", operations(writes))
	}
}

func operations(calls []fakeaws.Call) (names []string) {
	for _, call := range calls {
		names = append(names, call.Operation)
	}
	return names
}

// verdictOn returns the verdict of the control on the resource whose name ends so.
func verdictOn(s *scene, result round.Result, control, resource string) posture.Judged {
	s.Helper()
	for _, c := range result.Report.Controls {
		for _, judged := range c.Judged {
			if c.Control.ID == control && strings.HasSuffix(judged.Ref.Name(), resource) {
				return judged
			}
		}
	}
	s.Fatalf("%s has no verdict on %s", control, resource)
	return posture.Judged{}
}

func everythingOfIAM() v1alpha1.IdentityPosture {
	return v1alpha1.IdentityPosture{
		RootAccessKey: &v1alpha1.RootAccessKey{}, RootMFA: &v1alpha1.RootMFA{}, PasswordPolicy: &v1alpha1.PasswordPolicy{}, UserMFA: &v1alpha1.UserMFA{},
		AccessKeyRotation: &v1alpha1.AccessKeyRotation{}, UnusedCredentials: &v1alpha1.UnusedCredentials{}, NoDirectPolicies: &v1alpha1.NoDirectPolicies{},
	}
}
