package awsapi

import "slices"

var kmsOperations = slices.Concat(
	reads("kms:ListKeys", "kms:DescribeKey", "kms:GetKeyRotationStatus", "kms:ListResourceTags"),
	writes("kms:EnableKeyRotation", "kms:CancelKeyDeletion", "kms:EnableKey"),
	// Only an undo makes it.
	writes("kms:DisableKeyRotation"),
)
