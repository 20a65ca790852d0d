package fakeaws

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// RootUser is what an account's root user has. A new account's has a password alone.
type RootUser struct {
	Password, MFA bool
	AccessKeys    int
}

// SetRoot gives an account's root user its credentials: no API can.
func (c *Cloud) SetRoot(account string, root RootUser) {
	c.edit(account, "", func(r *Request) { r.iam().root = root })
}

func serveIAMAccount(c *Cloud) {
	on(c, accountSummary)
	on(c, authorizationDetails)
	on(c, updatePasswordPolicy)
	on(c, func(r *Request, _ *iam.GetAccountPasswordPolicyInput) (*iam.GetAccountPasswordPolicyOutput, error) {
		if r.iam().password == nil {
			return nil, noSuchEntity("The Password Policy with domain name %s cannot be found.", r.Account)
		}
		shown := *r.iam().password
		return &iam.GetAccountPasswordPolicyOutput{PasswordPolicy: &shown}, nil
	})
	on(c, func(r *Request, _ *iam.DeleteAccountPasswordPolicyInput) (*iam.DeleteAccountPasswordPolicyOutput, error) {
		if r.iam().password == nil {
			return nil, noSuchEntity("The account policy with name PasswordPolicy cannot be found.")
		}
		r.iam().password = nil
		return &iam.DeleteAccountPasswordPolicyOutput{}, nil
	})
}

func accountSummary(r *Request, _ *iam.GetAccountSummaryInput) (*iam.GetAccountSummaryOutput, error) {
	state := r.iam()
	inUse := 0
	for _, user := range state.users {
		inUse += len(user.devices)
	}
	count := func(yes bool) int32 {
		if yes {
			return 1
		}
		return 0
	}
	return &iam.GetAccountSummaryOutput{SummaryMap: map[string]int32{
		"Users": int32(len(state.users)), "Groups": int32(len(state.groups)), "Roles": int32(len(state.roles)), "Policies": int32(len(state.policies)),
		"MFADevices": int32(len(state.devices)), "MFADevicesInUse": int32(inUse),
		"AccountMFAEnabled": count(state.root.MFA), "AccountPasswordPresent": count(state.root.Password),
		"AccountAccessKeysPresent": count(state.root.AccessKeys > 0), "AccountSigningCertificatesPresent": 0,
		"UsersQuota": 5000, "GroupsQuota": 300, "AccessKeysPerUserQuota": keysPerUser, "GroupsPerUserQuota": groupsPerUser,
		"UserPolicySizeQuota": userInline, "GroupPolicySizeQuota": groupInline, "AttachedPoliciesPerGroupQuota": mostAttached, "AttachedPoliciesPerUserQuota": mostAttached,
	}}, nil
}

// updatePasswordPolicy resets every field that is left out, as IAM does.
func updatePasswordPolicy(r *Request, in *iam.UpdateAccountPasswordPolicyInput) (*iam.UpdateAccountPasswordPolicyOutput, error) {
	policy := &types.PasswordPolicy{
		MinimumPasswordLength: in.MinimumPasswordLength, MaxPasswordAge: in.MaxPasswordAge, PasswordReusePrevention: in.PasswordReusePrevention,
		AllowUsersToChangePassword: in.AllowUsersToChangePassword, HardExpiry: aws.Bool(aws.ToBool(in.HardExpiry)), ExpirePasswords: in.MaxPasswordAge != nil,
		RequireLowercaseCharacters: in.RequireLowercaseCharacters, RequireUppercaseCharacters: in.RequireUppercaseCharacters,
		RequireNumbers: in.RequireNumbers, RequireSymbols: in.RequireSymbols,
	}
	if policy.MinimumPasswordLength == nil {
		policy.MinimumPasswordLength = aws.Int32(6)
	}
	for _, value := range []struct {
		name           string
		value          *int32
		least, largest int32
	}{
		{"minimumPasswordLength", policy.MinimumPasswordLength, 6, 128},
		{"maxPasswordAge", policy.MaxPasswordAge, 1, 1095},
		{"passwordReusePrevention", policy.PasswordReusePrevention, 1, 24},
	} {
		if value.value != nil && (*value.value < value.least || *value.value > value.largest) {
			return nil, failure("ValidationError", "Value '%d' at '%s' failed to satisfy constraint: Member must have value between %d and %d", *value.value, value.name, value.least, value.largest)
		}
	}
	r.iam().password = policy
	return &iam.UpdateAccountPasswordPolicyOutput{}, nil
}
