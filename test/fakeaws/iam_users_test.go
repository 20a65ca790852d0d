package fakeaws_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

const allow = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`

func TestIAMErrorsThatReadersTellApart(t *testing.T) {
	_, admin := iamIn(t)
	ctx := t.Context()
	bob := aws.String("bob")
	if _, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: bob, Path: aws.String("/it's|<odd>/")}); err != nil {
		t.Fatal(err)
	}
	for i := range 11 {
		if _, err := admin.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: aws.String(fmt.Sprint("g", i))}); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if _, err := admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob}); err != nil {
			t.Fatal(err)
		}
	}
	join := func(i int) error {
		_, err := admin.AddUserToGroup(ctx, &iam.AddUserToGroupInput{UserName: bob, GroupName: aws.String(fmt.Sprint("g", i))})
		return err
	}
	for i := range 10 {
		if err := join(i); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		name, want string
		do         func() error
	}{
		{"user twice", "EntityAlreadyExists", func() error {
			_, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("BOB")})
			return err
		}},
		{"bad name", "ValidationError", func() error {
			_, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("a b")})
			return err
		}},
		{"third key", "LimitExceeded", func() error {
			_, err := admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob})
			return err
		}},
		{"eleventh group", "LimitExceeded", func() error { return join(10) }},
		{"same group again", "<nil>", func() error { return join(3) }},
		{"no password", "NoSuchEntity", func() error {
			_, err := admin.GetLoginProfile(ctx, &iam.GetLoginProfileInput{UserName: bob})
			return err
		}},
		{"no password policy", "NoSuchEntity", func() error {
			_, err := admin.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
			return err
		}},
		{"short passwords", "ValidationError", func() error {
			_, err := admin.UpdateAccountPasswordPolicy(ctx, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(5)})
			return err
		}},
		{"user with things", "DeleteConflict", func() error { _, err := admin.DeleteUser(ctx, &iam.DeleteUserInput{UserName: bob}); return err }},
		{"group with members", "DeleteConflict", func() error {
			_, err := admin.DeleteGroup(ctx, &iam.DeleteGroupInput{GroupName: aws.String("g1")})
			return err
		}},
		{"too long inline", "LimitExceeded", func() error {
			_, err := admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: bob, PolicyName: aws.String("p"), PolicyDocument: aws.String(`{"Statement":["` + strings.Repeat("x", 2048) + `"]}`)})
			return err
		}},
		{"space is free", "<nil>", func() error {
			_, err := admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: bob, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow + strings.Repeat(" ", 2048))})
			return err
		}},
		{"detaching what is not attached", "NoSuchEntity", func() error {
			_, err := admin.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: bob, PolicyArn: aws.String("arn:aws:iam::aws:policy/ReadOnlyAccess")})
			return err
		}},
		{"foreign device", "NoSuchEntity", func() error {
			_, err := admin.EnableMFADevice(ctx, &iam.EnableMFADeviceInput{UserName: bob, SerialNumber: aws.String("arn:aws:iam::111111111111:mfa/x"), AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("123456")})
			return err
		}},
		{"bad marker", "ValidationError", func() error { _, err := admin.ListUsers(ctx, &iam.ListUsersInput{Marker: aws.String("x")}); return err }},
	} {
		got := row.do()
		if code := codeOf(got); code != row.want && fmt.Sprint(got) != row.want {
			t.Errorf("%s: got %s, want %s", row.name, code, row.want)
		}
	}
}

func TestIAMPasswordPolicyResetsWhatIsLeftOut(t *testing.T) {
	_, admin := iamIn(t)
	ctx := t.Context()
	for _, in := range []*iam.UpdateAccountPasswordPolicyInput{
		{MinimumPasswordLength: aws.Int32(20), RequireSymbols: true, MaxPasswordAge: aws.Int32(90)},
		{RequireNumbers: true},
	} {
		if _, err := admin.UpdateAccountPasswordPolicy(ctx, in); err != nil {
			t.Fatal(err)
		}
	}
	out, err := admin.GetAccountPasswordPolicy(ctx, &iam.GetAccountPasswordPolicyInput{})
	if err != nil {
		t.Fatal(err)
	}
	if p := out.PasswordPolicy; *p.MinimumPasswordLength != 6 || p.RequireSymbols || p.MaxPasswordAge != nil || p.ExpirePasswords || !p.RequireNumbers {
		t.Errorf("%+v", p)
	}
}

// A report is a picture of a moment, made a while after it was asked for, and kept for 4 hours.
func TestIAMCredentialReport(t *testing.T) {
	cloud, admin := iamIn(t)
	ctx := t.Context()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return now })
	get := func() (string, error) {
		out, err := admin.GetCredentialReport(ctx, &iam.GetCredentialReportInput{})
		if err != nil {
			return "", err
		}
		return string(out.Content), nil
	}
	generate := func() types.ReportStateType {
		out, err := admin.GenerateCredentialReport(ctx, &iam.GenerateCredentialReportInput{})
		if err != nil {
			t.Fatal(err)
		}
		return out.State
	}
	bob := aws.String("bob")
	_, _ = admin.CreateUser(ctx, &iam.CreateUserInput{UserName: bob})
	key, err := admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: bob})
	if err != nil {
		t.Fatal(err)
	}
	cloud.UseAccessKey("111111111111", *key.AccessKey.AccessKeyId, now.Add(-8*time.Minute), "s3", "eu-west-1")
	if _, err := get(); codeOf(err) != "ReportNotPresent" {
		t.Errorf("before it was asked for: %v", err)
	}
	if state := generate(); state != types.ReportStateTypeStarted {
		t.Errorf("asked for: %s", state)
	}
	if _, err := get(); codeOf(err) != "ReportInProgress" {
		t.Errorf("in the making: %v", err)
	}
	first, err := get()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<root_account>,arn:aws:iam::111111111111:root,",
		"bob,arn:aws:iam::111111111111:user/bob,2026-03-01T12:00:00+00:00,false,N/A,N/A,N/A,false,true,2026-03-01T12:00:00+00:00,2026-03-01T11:45:00+00:00,eu-west-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n",
	} {
		if !strings.Contains(first, want) {
			t.Errorf("no %q in\n%s", want, first)
		}
	}
	_, _ = admin.UpdateAccessKey(ctx, &iam.UpdateAccessKeyInput{UserName: bob, AccessKeyId: key.AccessKey.AccessKeyId, Status: types.StatusTypeInactive})
	now = now.Add(3 * time.Hour)
	if again, err := get(); err != nil || again != first || generate() != types.ReportStateTypeComplete {
		t.Errorf("after 3 hours it is not the same report: %v", err)
	}
	now = now.Add(time.Hour)
	if _, err := get(); codeOf(err) != "ReportExpired" {
		t.Errorf("after 4 hours: %v", err)
	}
	generate()
	_, _ = get()
	if later, err := get(); err != nil || !strings.Contains(later, "bob,arn:aws:iam::111111111111:user/bob,2026-03-01T12:00:00+00:00,false,N/A,N/A,N/A,false,false,N/A,2026-03-01T11:45") {
		t.Errorf("the new report: %v\n%s", err, later)
	}
}

func TestIAMAuthorizationDetailsPages(t *testing.T) {
	_, admin := iamIn(t)
	ctx := t.Context()
	for i := range 3 {
		name := aws.String(fmt.Sprint("u", i))
		_, _ = admin.CreateUser(ctx, &iam.CreateUserInput{UserName: name, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("x")}}})
		_, _ = admin.CreateGroup(ctx, &iam.CreateGroupInput{GroupName: name})
		_, _ = admin.AddUserToGroup(ctx, &iam.AddUserToGroupInput{GroupName: name, UserName: name})
		_, _ = admin.PutUserPolicy(ctx, &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow)})
	}
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(admin, &iam.GetAccountAuthorizationDetailsInput{
		Filter: []types.EntityType{types.EntityTypeUser, types.EntityTypeGroup}, MaxItems: aws.Int32(4),
	})
	var users, groups, calls int
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		calls++
		users += len(page.UserDetailList)
		groups += len(page.GroupDetailList)
		for _, u := range page.UserDetailList {
			if len(u.GroupList) != 1 || len(u.Tags) != 1 || len(u.UserPolicyList) != 1 || !strings.HasPrefix(*u.UserPolicyList[0].PolicyDocument, "%7B") {
				t.Errorf("%+v", u)
			}
		}
	}
	if users != 3 || groups != 3 || calls != 2 {
		t.Errorf("%d users, %d groups in %d calls", users, groups, calls)
	}
}
