package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func playSTS(p *play) {
	client := sts.NewFromConfig(p.in("us-east-1"))
	call(p, "ask who the administrator is", client.GetCallerIdentity, &sts.GetCallerIdentityInput{})
	assumed := call(p, "assume a role", client.AssumeRole, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + p.script.Account + ":role/audit"), RoleSessionName: aws.String("contract"), ExternalId: aws.String("id")})
	as := p.in("eu-west-1")
	if keys := assumed.Credentials; keys != nil {
		as.Credentials = credentials.NewStaticCredentialsProvider(aws.ToString(keys.AccessKeyId), aws.ToString(keys.SecretAccessKey), aws.ToString(keys.SessionToken))
	}
	call(p, "ask who the role is", sts.NewFromConfig(as).GetCallerIdentity, &sts.GetCallerIdentityInput{})
	call(p, "assume what is no role", client.AssumeRole, &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::" + p.script.Account + ":user"), RoleSessionName: aws.String("contract")})
}

func playIAM(p *play) {
	client := iam.NewFromConfig(p.in("us-east-1"))
	playIAMAccount(p, client)
	playIAMUsers(p, client)
	playIAMCredentials(p, client)
	playIAMPolicies(p, client)
	playIAMGroups(p, client)
	playIAMRoles(p, client)
	playIAMDetails(p, client)
	playIAMRefusals(p, client)
	playIAMDeletes(p, client)
}

func playIAMAccount(p *play, c *iam.Client) {
	call(p, "summarise an empty account", c.GetAccountSummary, &iam.GetAccountSummaryInput{})
	call(p, "read no password policy", c.GetAccountPasswordPolicy, &iam.GetAccountPasswordPolicyInput{})
	call(p, "set a password policy by one field", c.UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{RequireSymbols: true})
	call(p, "read the password policy of one field", c.GetAccountPasswordPolicy, &iam.GetAccountPasswordPolicyInput{})
	call(p, "set a strict password policy", c.UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{
		MinimumPasswordLength: aws.Int32(14), MaxPasswordAge: aws.Int32(90), PasswordReusePrevention: aws.Int32(24), AllowUsersToChangePassword: true, HardExpiry: aws.Bool(true),
		RequireLowercaseCharacters: true, RequireNumbers: true, RequireSymbols: true, RequireUppercaseCharacters: true,
	})
	call(p, "read the strict password policy", c.GetAccountPasswordPolicy, &iam.GetAccountPasswordPolicyInput{})
	call(p, "set too short a length", c.UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{MinimumPasswordLength: aws.Int32(3)})
	call(p, "set too many passwords to remember", c.UpdateAccountPasswordPolicy, &iam.UpdateAccountPasswordPolicyInput{PasswordReusePrevention: aws.Int32(25)})
	call(p, "delete the password policy", c.DeleteAccountPasswordPolicy, &iam.DeleteAccountPasswordPolicyInput{})
	call(p, "delete the password policy again", c.DeleteAccountPasswordPolicy, &iam.DeleteAccountPasswordPolicyInput{})
}

func playIAMUsers(p *play, c *iam.Client) {
	alice, nobody := aws.String("alice"), aws.String("nobody")
	call(p, "list no users", c.ListUsers, &iam.ListUsersInput{})
	call(p, "create alice", c.CreateUser, &iam.CreateUserInput{UserName: alice, Tags: []types.Tag{{Key: aws.String("team"), Value: aws.String("shop")}}})
	call(p, "create bob on a path", c.CreateUser, &iam.CreateUserInput{UserName: aws.String("bob"), Path: aws.String("/people/")})
	call(p, "create carol", c.CreateUser, &iam.CreateUserInput{UserName: aws.String("carol")})
	call(p, "create alice again", c.CreateUser, &iam.CreateUserInput{UserName: alice})
	call(p, "get alice", c.GetUser, &iam.GetUserInput{UserName: alice})
	call(p, "get bob", c.GetUser, &iam.GetUserInput{UserName: aws.String("bob")})
	call(p, "get nobody", c.GetUser, &iam.GetUserInput{UserName: nobody})
	call(p, "list users", c.ListUsers, &iam.ListUsersInput{})
	call(p, "list users on a path", c.ListUsers, &iam.ListUsersInput{PathPrefix: aws.String("/people/")})
	first := call(p, "list a first page of users", c.ListUsers, &iam.ListUsersInput{MaxItems: aws.Int32(2)})
	call(p, "list the next page of users", c.ListUsers, &iam.ListUsersInput{MaxItems: aws.Int32(2), Marker: first.Marker})
	call(p, "tag bob", c.TagUser, &iam.TagUserInput{UserName: aws.String("bob"), Tags: []types.Tag{{Key: aws.String("service"), Value: aws.String("")}}})
	call(p, "list bob's tags", c.ListUserTags, &iam.ListUserTagsInput{UserName: aws.String("bob")})
	call(p, "untag bob", c.UntagUser, &iam.UntagUserInput{UserName: aws.String("bob"), TagKeys: []string{"service"}})
	call(p, "list bob's tags taken off", c.ListUserTags, &iam.ListUserTagsInput{UserName: aws.String("bob")})
}

func playIAMCredentials(p *play, c *iam.Client) {
	alice, nobody := aws.String("alice"), aws.String("nobody")
	call(p, "list no keys", c.ListAccessKeys, &iam.ListAccessKeysInput{UserName: alice})
	call(p, "list keys of nobody", c.ListAccessKeys, &iam.ListAccessKeysInput{UserName: nobody})
	made := call(p, "create a key", c.CreateAccessKey, &iam.CreateAccessKeyInput{UserName: alice})
	key := aws.String("AKIANONE")
	if made.AccessKey != nil {
		key = made.AccessKey.AccessKeyId
	}
	call(p, "create a second key", c.CreateAccessKey, &iam.CreateAccessKeyInput{UserName: alice})
	call(p, "create a third key", c.CreateAccessKey, &iam.CreateAccessKeyInput{UserName: alice})
	call(p, "list keys", c.ListAccessKeys, &iam.ListAccessKeysInput{UserName: alice})
	call(p, "ask for the use of a key never used", c.GetAccessKeyLastUsed, &iam.GetAccessKeyLastUsedInput{AccessKeyId: key})
	call(p, "deactivate a key", c.UpdateAccessKey, &iam.UpdateAccessKeyInput{UserName: alice, AccessKeyId: key, Status: types.StatusTypeInactive})
	call(p, "list keys with one inactive", c.ListAccessKeys, &iam.ListAccessKeysInput{UserName: alice})
	call(p, "deactivate no key", c.UpdateAccessKey, &iam.UpdateAccessKeyInput{UserName: alice, AccessKeyId: aws.String("AKIAABCDEFGHIJKLMNOP"), Status: types.StatusTypeInactive})
	call(p, "delete a key", c.DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: alice, AccessKeyId: key})

	call(p, "get no login profile", c.GetLoginProfile, &iam.GetLoginProfileInput{UserName: alice})
	call(p, "create a login profile", c.CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: alice, Password: aws.String("Correct-horse-9-battery")})
	call(p, "create a login profile again", c.CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: alice, Password: aws.String("Correct-horse-9-battery")})
	call(p, "get a login profile", c.GetLoginProfile, &iam.GetLoginProfileInput{UserName: alice})
	call(p, "get a login profile of nobody", c.GetLoginProfile, &iam.GetLoginProfileInput{UserName: nobody})
	call(p, "create a login profile for bob", c.CreateLoginProfile, &iam.CreateLoginProfileInput{UserName: aws.String("bob"), Password: aws.String("Correct-horse-9-battery"), PasswordResetRequired: true})
	call(p, "delete bob's login profile", c.DeleteLoginProfile, &iam.DeleteLoginProfileInput{UserName: aws.String("bob")})
	call(p, "delete bob's login profile again", c.DeleteLoginProfile, &iam.DeleteLoginProfileInput{UserName: aws.String("bob")})

	call(p, "list no devices", c.ListMFADevices, &iam.ListMFADevicesInput{UserName: alice})
	call(p, "list devices of nobody", c.ListMFADevices, &iam.ListMFADevicesInput{UserName: nobody})
	device := call(p, "create a virtual device", c.CreateVirtualMFADevice, &iam.CreateVirtualMFADeviceInput{VirtualMFADeviceName: alice})
	serial := aws.String("arn:aws:iam::" + p.script.Account + ":mfa/alice")
	if device.VirtualMFADevice != nil {
		serial = device.VirtualMFADevice.SerialNumber
	}
	call(p, "enable the device", c.EnableMFADevice, &iam.EnableMFADeviceInput{UserName: alice, SerialNumber: serial, AuthenticationCode1: aws.String("123456"), AuthenticationCode2: aws.String("654321")})
	call(p, "list devices", c.ListMFADevices, &iam.ListMFADevicesInput{UserName: alice})

	call(p, "get no credential report", c.GetCredentialReport, &iam.GetCredentialReportInput{})
	call(p, "generate a credential report", c.GenerateCredentialReport, &iam.GenerateCredentialReportInput{})
	call(p, "generate the credential report on", c.GenerateCredentialReport, &iam.GenerateCredentialReportInput{})
	call(p, "get the credential report", c.GetCredentialReport, &iam.GetCredentialReportInput{})
	call(p, "deactivate the device", c.DeactivateMFADevice, &iam.DeactivateMFADeviceInput{UserName: alice, SerialNumber: serial})
	call(p, "list devices deactivated", c.ListMFADevices, &iam.ListMFADevicesInput{UserName: alice})
}

const readAll = `{"Version":"2012-10-17","Statement":[{"Sid":"Read","Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"}]}`

func playIAMPolicies(p *play, c *iam.Client) {
	bob, nobody := aws.String("bob"), aws.String("nobody")
	made := call(p, "create a policy", c.CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("readers"), PolicyDocument: aws.String(readAll)})
	arn := aws.String("arn:aws:iam::" + p.script.Account + ":policy/readers")
	if made.Policy != nil {
		arn = made.Policy.Arn
	}
	missing := aws.String("arn:aws:iam::" + p.script.Account + ":policy/missing")
	call(p, "create a policy again", c.CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("readers"), PolicyDocument: aws.String(readAll)})
	call(p, "create a policy that is none", c.CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("bad"), PolicyDocument: aws.String("{}")})
	call(p, "get the policy", c.GetPolicy, &iam.GetPolicyInput{PolicyArn: arn})
	call(p, "get a missing policy", c.GetPolicy, &iam.GetPolicyInput{PolicyArn: missing})
	call(p, "get the policy's version", c.GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v1")})

	call(p, "list no attached policies", c.ListAttachedUserPolicies, &iam.ListAttachedUserPoliciesInput{UserName: bob})
	call(p, "attach a policy", c.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: arn})
	call(p, "attach a policy again", c.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: arn})
	call(p, "attach a missing policy", c.AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: bob, PolicyArn: missing})
	call(p, "list attached policies", c.ListAttachedUserPolicies, &iam.ListAttachedUserPoliciesInput{UserName: bob})
	call(p, "list attached policies of nobody", c.ListAttachedUserPolicies, &iam.ListAttachedUserPoliciesInput{UserName: nobody})
	call(p, "list no inline policies", c.ListUserPolicies, &iam.ListUserPoliciesInput{UserName: bob})
	call(p, "put an inline policy", c.PutUserPolicy, &iam.PutUserPolicyInput{UserName: bob, PolicyName: aws.String("buckets"), PolicyDocument: aws.String(readAll)})
	call(p, "put an inline policy that is none", c.PutUserPolicy, &iam.PutUserPolicyInput{UserName: bob, PolicyName: aws.String("bad"), PolicyDocument: aws.String("policy")})
	call(p, "list inline policies", c.ListUserPolicies, &iam.ListUserPoliciesInput{UserName: bob})
	call(p, "get an inline policy", c.GetUserPolicy, &iam.GetUserPolicyInput{UserName: bob, PolicyName: aws.String("buckets")})
	call(p, "get no inline policy", c.GetUserPolicy, &iam.GetUserPolicyInput{UserName: bob, PolicyName: aws.String("none")})
	call(p, "list inline policies of nobody", c.ListUserPolicies, &iam.ListUserPoliciesInput{UserName: nobody})
}

func playIAMGroups(p *play, c *iam.Client) {
	bob, group, none := aws.String("bob"), aws.String("readers"), aws.String("nobodies")
	arn := aws.String("arn:aws:iam::" + p.script.Account + ":policy/readers")
	call(p, "list groups of a user in none", c.ListGroupsForUser, &iam.ListGroupsForUserInput{UserName: bob})
	call(p, "get no group", c.GetGroup, &iam.GetGroupInput{GroupName: none})
	call(p, "create a group", c.CreateGroup, &iam.CreateGroupInput{GroupName: group})
	call(p, "create a group again", c.CreateGroup, &iam.CreateGroupInput{GroupName: group})
	call(p, "get an empty group", c.GetGroup, &iam.GetGroupInput{GroupName: group})
	call(p, "list groups", c.ListGroups, &iam.ListGroupsInput{})
	call(p, "add to a group", c.AddUserToGroup, &iam.AddUserToGroupInput{UserName: bob, GroupName: group})
	call(p, "add to a group again", c.AddUserToGroup, &iam.AddUserToGroupInput{UserName: bob, GroupName: group})
	call(p, "add nobody to a group", c.AddUserToGroup, &iam.AddUserToGroupInput{UserName: aws.String("nobody"), GroupName: group})
	call(p, "add to no group", c.AddUserToGroup, &iam.AddUserToGroupInput{UserName: bob, GroupName: none})
	call(p, "get a group", c.GetGroup, &iam.GetGroupInput{GroupName: group})
	call(p, "list groups of a user", c.ListGroupsForUser, &iam.ListGroupsForUserInput{UserName: bob})
	call(p, "list groups of nobody", c.ListGroupsForUser, &iam.ListGroupsForUserInput{UserName: aws.String("nobody")})
	call(p, "list no policies attached to a group", c.ListAttachedGroupPolicies, &iam.ListAttachedGroupPoliciesInput{GroupName: group})
	call(p, "attach a policy to a group", c.AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: group, PolicyArn: arn})
	call(p, "attach a policy to a group again", c.AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: group, PolicyArn: arn})
	call(p, "list policies attached to a group", c.ListAttachedGroupPolicies, &iam.ListAttachedGroupPoliciesInput{GroupName: group})
	call(p, "list policies attached to no group", c.ListAttachedGroupPolicies, &iam.ListAttachedGroupPoliciesInput{GroupName: none})
	call(p, "list no policies of a group", c.ListGroupPolicies, &iam.ListGroupPoliciesInput{GroupName: group})
	call(p, "put a policy of a group", c.PutGroupPolicy, &iam.PutGroupPolicyInput{GroupName: group, PolicyName: aws.String("buckets"), PolicyDocument: aws.String(readAll)})
	call(p, "list policies of a group", c.ListGroupPolicies, &iam.ListGroupPoliciesInput{GroupName: group})
	call(p, "get a policy of a group", c.GetGroupPolicy, &iam.GetGroupPolicyInput{GroupName: group, PolicyName: aws.String("buckets")})
	call(p, "get no policy of a group", c.GetGroupPolicy, &iam.GetGroupPolicyInput{GroupName: group, PolicyName: aws.String("none")})
}

const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

func playIAMRoles(p *play, c *iam.Client) {
	role := aws.String("flow")
	call(p, "get no role", c.GetRole, &iam.GetRoleInput{RoleName: role})
	call(p, "create a role", c.CreateRole, &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: aws.String(trust), Description: aws.String("writes flow logs"), Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("us")}}})
	call(p, "create a role again", c.CreateRole, &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: aws.String(trust)})
	call(p, "get a role", c.GetRole, &iam.GetRoleInput{RoleName: role})
	call(p, "get no policy of a role", c.GetRolePolicy, &iam.GetRolePolicyInput{RoleName: role, PolicyName: aws.String("write")})
	call(p, "put a policy of a role", c.PutRolePolicy, &iam.PutRolePolicyInput{RoleName: role, PolicyName: aws.String("write"), PolicyDocument: aws.String(readAll)})
	call(p, "get a policy of a role", c.GetRolePolicy, &iam.GetRolePolicyInput{RoleName: role, PolicyName: aws.String("write")})
	call(p, "get a policy of no role", c.GetRolePolicy, &iam.GetRolePolicyInput{RoleName: aws.String("none"), PolicyName: aws.String("write")})
	call(p, "create a service's role", c.CreateServiceLinkedRole, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")})
	call(p, "create a service's role again", c.CreateServiceLinkedRole, &iam.CreateServiceLinkedRoleInput{AWSServiceName: aws.String("config.amazonaws.com")})
	call(p, "get a service's role", c.GetRole, &iam.GetRoleInput{RoleName: aws.String("AWSServiceRoleForConfig")})
	call(p, "list roles", c.ListRoles, &iam.ListRolesInput{})
}

func playIAMDetails(p *play, c *iam.Client) {
	call(p, "get users' details", c.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeUser}})
	call(p, "get groups' details", c.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeGroup}})
	call(p, "get policies' details", c.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeLocalManagedPolicy}})
	call(p, "get roles' details", c.GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeRole}})
	call(p, "summarise the account", c.GetAccountSummary, &iam.GetAccountSummaryInput{})
}

// playIAMRefusals comes late: what one side refuses and the other does would show in every list.
func playIAMRefusals(p *play, c *iam.Client) {
	arn := aws.String("arn:aws:iam::" + p.script.Account + ":policy/held")
	call(p, "create a user to hold", c.CreateUser, &iam.CreateUserInput{UserName: aws.String("held")})
	call(p, "create a group to hold", c.CreateGroup, &iam.CreateGroupInput{GroupName: aws.String("held")})
	call(p, "create a policy to hold", c.CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("held"), PolicyDocument: aws.String(readAll)})
	call(p, "hold the user by the group", c.AddUserToGroup, &iam.AddUserToGroupInput{UserName: aws.String("held"), GroupName: aws.String("held")})
	call(p, "hold the policy by the group", c.AttachGroupPolicy, &iam.AttachGroupPolicyInput{GroupName: aws.String("held"), PolicyArn: arn})
	call(p, "delete a policy in use", c.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: arn})
	call(p, "delete a group in use", c.DeleteGroup, &iam.DeleteGroupInput{GroupName: aws.String("held")})
	call(p, "delete a user that has credentials", c.DeleteUser, &iam.DeleteUserInput{UserName: aws.String("alice")})
	call(p, "create a user with a bad name", c.CreateUser, &iam.CreateUserInput{UserName: aws.String("al ice")})
	call(p, "create a role that trusts nonsense", c.CreateRole, &iam.CreateRoleInput{RoleName: aws.String("bad"), AssumeRolePolicyDocument: aws.String("nonsense")})
}

func playIAMDeletes(p *play, c *iam.Client) {
	arn := aws.String("arn:aws:iam::" + p.script.Account + ":policy/readers")
	bob, group := aws.String("bob"), aws.String("readers")
	call(p, "detach a policy", c.DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: bob, PolicyArn: arn})
	call(p, "detach a policy again", c.DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: bob, PolicyArn: arn})
	call(p, "delete an inline policy", c.DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: bob, PolicyName: aws.String("buckets")})
	call(p, "delete an inline policy again", c.DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: bob, PolicyName: aws.String("buckets")})
	call(p, "detach a policy from a group", c.DetachGroupPolicy, &iam.DetachGroupPolicyInput{GroupName: group, PolicyArn: arn})
	call(p, "delete a policy of a group", c.DeleteGroupPolicy, &iam.DeleteGroupPolicyInput{GroupName: group, PolicyName: aws.String("buckets")})
	call(p, "remove from a group", c.RemoveUserFromGroup, &iam.RemoveUserFromGroupInput{UserName: bob, GroupName: group})
	call(p, "delete a group", c.DeleteGroup, &iam.DeleteGroupInput{GroupName: group})
	call(p, "delete a policy", c.DeletePolicy, &iam.DeletePolicyInput{PolicyArn: arn})
	call(p, "delete a user", c.DeleteUser, &iam.DeleteUserInput{UserName: aws.String("carol")})
	call(p, "delete a user again", c.DeleteUser, &iam.DeleteUserInput{UserName: aws.String("carol")})
}
