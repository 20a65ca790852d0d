package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func playKMS(p *play) {
	c := kms.NewFromConfig(p.in("us-east-1"))
	call(p, "list no keys", c.ListKeys, &kms.ListKeysInput{})
	key := keyOf(call(p, "create a key", c.CreateKey, &kms.CreateKeyInput{Description: aws.String("orders"), Tags: []types.Tag{{TagKey: aws.String("team"), TagValue: aws.String("shop")}}}))
	plain := keyOf(call(p, "create a key without words", c.CreateKey, &kms.CreateKeyInput{}))
	rsa := keyOf(call(p, "create an RSA key", c.CreateKey, &kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify}))
	external := keyOf(call(p, "create a key without material", c.CreateKey, &kms.CreateKeyInput{Origin: types.OriginTypeExternal}))
	primary := keyOf(call(p, "create a key of many regions", c.CreateKey, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)}))
	none := aws.String("11111111-2222-3333-4444-555555555555")
	call(p, "replicate a key", c.ReplicateKey, &kms.ReplicateKeyInput{KeyId: primary, ReplicaRegion: aws.String("eu-west-1")})
	call(p, "list keys", c.ListKeys, &kms.ListKeysInput{Limit: aws.Int32(1000)})
	first := call(p, "list a first page of keys", c.ListKeys, &kms.ListKeysInput{Limit: aws.Int32(2)})
	call(p, "list the next page of keys", c.ListKeys, &kms.ListKeysInput{Limit: aws.Int32(2), Marker: first.NextMarker})
	call(p, "describe a key", c.DescribeKey, &kms.DescribeKeyInput{KeyId: key})
	call(p, "describe an RSA key", c.DescribeKey, &kms.DescribeKeyInput{KeyId: rsa})
	call(p, "describe a key without material", c.DescribeKey, &kms.DescribeKeyInput{KeyId: external})
	call(p, "describe a primary key", c.DescribeKey, &kms.DescribeKeyInput{KeyId: primary})
	call(p, "describe no key", c.DescribeKey, &kms.DescribeKeyInput{KeyId: none})
	call(p, "name a key", c.CreateAlias, &kms.CreateAliasInput{AliasName: aws.String("alias/orders"), TargetKeyId: key})
	call(p, "name a key again", c.CreateAlias, &kms.CreateAliasInput{AliasName: aws.String("alias/orders"), TargetKeyId: key})
	call(p, "describe a key by its name", c.DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/orders")})
	call(p, "describe a key by a wrong name", c.DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/none")})
	call(p, "read a key's policy", c.GetKeyPolicy, &kms.GetKeyPolicyInput{KeyId: key, PolicyName: aws.String("default")})
	call(p, "read tags", c.ListResourceTags, &kms.ListResourceTagsInput{KeyId: key})
	call(p, "read no tags", c.ListResourceTags, &kms.ListResourceTagsInput{KeyId: plain})
	call(p, "read tags of no key", c.ListResourceTags, &kms.ListResourceTagsInput{KeyId: none})

	call(p, "read rotation never on", c.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})
	call(p, "turn rotation on", c.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key})
	call(p, "read rotation on", c.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})
	call(p, "turn rotation on by half a year", c.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key, RotationPeriodInDays: aws.Int32(180)})
	call(p, "read rotation by half a year", c.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})
	call(p, "turn rotation on by a week", c.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key, RotationPeriodInDays: aws.Int32(7)})
	call(p, "read rotation of no key", c.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: none})
	call(p, "turn rotation of no key on", c.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: none})
	call(p, "turn rotation off", c.DisableKeyRotation, &kms.DisableKeyRotationInput{KeyId: key})
	call(p, "read rotation off", c.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})

	call(p, "disable a key", c.DisableKey, &kms.DisableKeyInput{KeyId: plain})
	call(p, "describe a disabled key", c.DescribeKey, &kms.DescribeKeyInput{KeyId: plain})
	call(p, "enable a key", c.EnableKey, &kms.EnableKeyInput{KeyId: plain})
	call(p, "enable a key that is", c.EnableKey, &kms.EnableKeyInput{KeyId: plain})
	call(p, "enable no key", c.EnableKey, &kms.EnableKeyInput{KeyId: none})
	call(p, "cancel a deletion that nobody asked for", c.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: plain})
	call(p, "delete a key tomorrow", c.ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: plain, PendingWindowInDays: aws.Int32(1)})
	call(p, "delete a key in a week", c.ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: plain, PendingWindowInDays: aws.Int32(7)})
	call(p, "describe a key about to go", c.DescribeKey, &kms.DescribeKeyInput{KeyId: plain})
	call(p, "read rotation of a key about to go", c.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: plain})
	call(p, "enable a key about to go", c.EnableKey, &kms.EnableKeyInput{KeyId: plain})
	call(p, "turn rotation on of a key about to go", c.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: plain})
	call(p, "cancel a deletion", c.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: plain})
	call(p, "describe a key that stays", c.DescribeKey, &kms.DescribeKeyInput{KeyId: plain})
	call(p, "enable a key that stays", c.EnableKey, &kms.EnableKeyInput{KeyId: plain})
	call(p, "cancel the deletion of no key", c.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: none})
	call(p, "turn rotation of an RSA key on", c.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: rsa})
	call(p, "read rotation of an RSA key", c.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: rsa})
}

func keyOf(made *kms.CreateKeyOutput) *string {
	if made.KeyMetadata == nil {
		return aws.String("none")
	}
	return made.KeyMetadata.KeyId
}
