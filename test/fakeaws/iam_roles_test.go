package fakeaws_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"vpc-flow-logs.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// codeOf is the code of an AWS error, or what else it is.
func codeOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return fmt.Sprint(err)
}

func iamIn(t *testing.T) (*fakeaws.Cloud, *iam.Client) {
	t.Helper()
	cloud := fakeaws.New()
	return cloud, iam.NewFromConfig(cloud.ConfigFor("111111111111"))
}

func TestIAMRoles(t *testing.T) {
	_, admin := iamIn(t)
	ctx := t.Context()
	made, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("flow-logs"), Path: aws.String("/ops/"), AssumeRolePolicyDocument: aws.String(trust)})
	if err != nil {
		t.Fatal(err)
	}
	if got := aws.ToString(made.Role.Arn); got != "arn:aws:iam::111111111111:role/ops/flow-logs" {
		t.Errorf("arn: %s", got)
	}
	if document := aws.ToString(made.Role.AssumeRolePolicyDocument); strings.Contains(document, "{") || strings.Contains(document, "+") {
		t.Errorf("the document is not URL-encoded: %s", document)
	} else if plain, _ := url.PathUnescape(document); plain != trust {
		t.Errorf("the document decodes to %s", plain)
	}
	for name, row := range map[string]struct {
		do   func() error
		want string
	}{
		"same name, other case": {func() error {
			_, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("Flow-Logs"), AssumeRolePolicyDocument: aws.String(trust)})
			return err
		}, "EntityAlreadyExists"},
		"no principal": {func() error {
			_, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("other"), AssumeRolePolicyDocument: aws.String(`{"Statement":[]}`)})
			return err
		}, "MalformedPolicyDocument"},
		"absent": {func() error {
			_, err := admin.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("other")})
			return err
		}, "NoSuchEntity"},
		"absent inline policy": {func() error {
			_, err := admin.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: aws.String("flow-logs"), PolicyName: aws.String("x")})
			return err
		}, "NoSuchEntity"},
		"absent managed policy": {func() error {
			_, err := admin.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: aws.String("flow-logs"), PolicyArn: aws.String("arn:aws:iam::111111111111:policy/x")})
			return err
		}, "NoSuchEntity"},
		"inline policy too large": {func() error {
			_, err := admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String("flow-logs"), PolicyName: aws.String("x"), PolicyDocument: aws.String(`{"Statement":["` + strings.Repeat("x", 10240) + `"]}`)})
			return err
		}, "LimitExceeded"},
		"unknown service": {func() error {
			_, err := admin.CreateServiceLinkedRole(ctx, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("nothing.amazonaws.com")})
			return err
		}, "NoSuchEntity"},
	} {
		if got := codeOf(row.do()); got != row.want {
			t.Errorf("%s: got %s, want %s", name, got, row.want)
		}
	}
}

func TestIAMServiceLinkedRoles(t *testing.T) {
	_, admin := iamIn(t)
	ctx := t.Context()
	in := &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")}
	made, err := admin.CreateServiceLinkedRole(ctx, in)
	if err != nil || aws.ToString(made.Role.Arn) != "arn:aws:iam::111111111111:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig" {
		t.Fatal(made, err)
	}
	if _, err := admin.CreateServiceLinkedRole(ctx, in); codeOf(err) != "InvalidInput" {
		t.Errorf("made twice: %v", err)
	}
	_, err = admin.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: made.Role.RoleName, PolicyArn: aws.String("arn:aws:iam::aws:policy/AdministratorAccess")})
	if codeOf(err) != "UnmodifiableEntity" {
		t.Errorf("changed: %v", err)
	}
}

func TestIAMRoleTagsAndPages(t *testing.T) {
	_, admin := iamIn(t)
	ctx := t.Context()
	for i := range 5 {
		if _, err := admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String(fmt.Sprint("role-", i)), AssumeRolePolicyDocument: aws.String(trust)}); err != nil {
			t.Fatal(err)
		}
	}
	pages := iam.NewListRolesPaginator(admin, &iam.ListRolesInput{MaxItems: aws.Int32(2)})
	var names []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, role := range page.Roles {
			names = append(names, *role.RoleName)
		}
	}
	if fmt.Sprint(names) != "[role-0 role-1 role-2 role-3 role-4]" {
		t.Error(names)
	}
}
