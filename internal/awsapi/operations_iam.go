package awsapi

import "slices"

var iamOperations = slices.Concat(
	reads(
		"iam:GetAccountSummary", "iam:GetAccountPasswordPolicy", "iam:GetAccountAuthorizationDetails",
		// Generating a report changes nothing that anyone relies on.
		"iam:GenerateCredentialReport", "iam:GetCredentialReport",
		"iam:GetUser", "iam:GetLoginProfile", "iam:ListMFADevices", "iam:ListAccessKeys", "iam:GetAccessKeyLastUsed",
		"iam:GetGroup", "iam:ListGroupPolicies", "iam:GetGroupPolicy", "iam:ListAttachedGroupPolicies",
		"iam:ListGroupsForUser", "iam:ListUserPolicies", "iam:GetUserPolicy", "iam:ListAttachedUserPolicies",
	),
	writes(
		"iam:UpdateAccountPasswordPolicy", "iam:UpdateAccessKey", "iam:DeleteLoginProfile",
		"iam:CreateGroup", "iam:PutGroupPolicy", "iam:AttachGroupPolicy", "iam:AddUserToGroup",
		"iam:DetachUserPolicy", "iam:DeleteUserPolicy",
		// Those that only an undo makes.
		"iam:DeleteAccountPasswordPolicy", "iam:RemoveUserFromGroup", "iam:AttachUserPolicy", "iam:PutUserPolicy", "iam:DetachGroupPolicy", "iam:DeleteGroupPolicy",
	),
)
