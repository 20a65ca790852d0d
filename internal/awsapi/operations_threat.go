package awsapi

import "slices"

var threatOperations = slices.Concat(
	reads("guardduty:ListDetectors", "guardduty:GetDetector", "account:GetAlternateContact"),
	[]Operation{
		// A new detector is tagged, and makes GuardDuty's service-linked role.
		{Name: "guardduty:CreateDetector", Permissions: []string{"guardduty:CreateDetector", "guardduty:TagResource", "iam:CreateServiceLinkedRole"}, Write: true},
	},
	writes("guardduty:UpdateDetector", "account:PutAlternateContact"),
	// Only an undo makes it.
	writes("account:DeleteAlternateContact"),
)
