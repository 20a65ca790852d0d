package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = []*reader{
	collection(inventory.RootUsers, rootUser, nil).takes(getAccountSummary),
	collection(inventory.PasswordPolicies, passwordPolicy, nil).takes(getPasswordPolicy),
	collection(inventory.Users, users, nil).takes(getAuthorization),
	collection(inventory.Credentials, credentials, freshCredentials).takes(
		getAuthorization, getCredentialReport, generateCredentialReport, getLoginProfile, getUser, listMFADevices, listAccessKeys, getAccessKeyLastUsed),
}

var (
	getAccountSummary = awsapi.Reads((*iam.Client).GetAccountSummary)
	getPasswordPolicy = awsapi.Reads((*iam.Client).GetAccountPasswordPolicy)
)

// noSuchEntity is how IAM says that something is not there.
const noSuchEntity = "NoSuchEntity"

func (s *Scope) accountRef(arn string) inventory.Ref {
	return s.ref("AWS::::Account", "", s.Account, arn)
}

// rootUser reads what the root user has from the account's summary: no call shows it directly.
func rootUser(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Root, error) {
	out, err := getAccountSummary.In(ctx, s.AWS, &iam.GetAccountSummaryInput{})
	if err != nil {
		return nil, fmt.Errorf("reading the account summary: %w", err)
	}
	for _, entry := range []string{"AccountMFAEnabled", "AccountAccessKeysPresent"} {
		if _, ok := out.SummaryMap[entry]; !ok {
			return nil, &fault.Fault{Class: fault.Unavailable, Operation: "iam:GetAccountSummary", Message: "the account summary came without " + entry}
		}
	}
	// A summary that says nothing of the password is of a time when every root user had one.
	password, told := out.SummaryMap["AccountPasswordPresent"]
	return []inventory.Root{{
		Ref:          s.accountRef(s.ARN("iam", "", "root")),
		Password:     !told || password > 0,
		AccessKeys:   out.SummaryMap["AccountAccessKeysPresent"] > 0,
		Certificates: out.SummaryMap["AccountSigningCertificatesPresent"] > 0,
		MFA:          out.SummaryMap["AccountMFAEnabled"] > 0,
	}}, nil
}

func passwordPolicy(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.PasswordPolicy, error) {
	rules, err := PasswordRules.Of(ctx, s.Session, "")
	if err != nil {
		return nil, err
	}
	return []inventory.PasswordPolicy{{Ref: s.accountRef(""), Rules: rules}}, nil
}

// PasswordRules are the account's password policy; none is not set.
var PasswordRules = look(func(ctx context.Context, s *awsapi.Session, _ string) (inventory.PasswordRules, error) {
	out, err := getPasswordPolicy.In(ctx, s.In(""), &iam.GetAccountPasswordPolicyInput{})
	if fault.Code(err) == noSuchEntity {
		return inventory.PasswordRules{}, nil
	}
	if err != nil {
		return inventory.PasswordRules{}, fmt.Errorf("reading the password policy: %w", err)
	}
	policy := out.PasswordPolicy
	return inventory.PasswordRules{
		Set:       true,
		MinLength: aws.ToInt32(policy.MinimumPasswordLength),
		Uppercase: policy.RequireUppercaseCharacters, Lowercase: policy.RequireLowercaseCharacters,
		Numbers: policy.RequireNumbers, Symbols: policy.RequireSymbols,
		ReusePrevention: aws.ToInt32(policy.PasswordReusePrevention),
		MaxAgeDays:      aws.ToInt32(policy.MaxPasswordAge),
		HardExpiry:      aws.ToBool(policy.HardExpiry),
		UsersChange:     policy.AllowUsersToChangePassword,
	}, nil
}, getPasswordPolicy)
