package contract

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
)

func playKMS(p *play) {
	home := kms.NewFromConfig(p.in("us-east-1"))
	call(p, "list no keys", home.ListKeys, &kms.ListKeysInput{})
	made := call(p, "create a key", home.CreateKey, &kms.CreateKeyInput{Tags: []types.Tag{{TagKey: aws.String("owner"), TagValue: aws.String("shop")}, {TagKey: aws.String("empty"), TagValue: aws.String("")}}})
	key := keyOf(made)
	call(p, "describe the key", home.DescribeKey, &kms.DescribeKeyInput{KeyId: key})
	call(p, "describe the key by its ARN", home.DescribeKey, &kms.DescribeKeyInput{KeyId: made.KeyMetadata.Arn})
	call(p, "name the key", home.CreateAlias, &kms.CreateAliasInput{AliasName: aws.String("alias/shop"), TargetKeyId: key})
	call(p, "name the key again", home.CreateAlias, &kms.CreateAliasInput{AliasName: aws.String("alias/shop"), TargetKeyId: key})
	call(p, "describe the key by its name", home.DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/shop")})
	call(p, "describe the key by no name", home.DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/none")})

	call(p, "list the key's tags", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: key})
	first := call(p, "list a first page of tags", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: key, Limit: aws.Int32(1)})
	call(p, "list the next page of tags", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: key, Limit: aws.Int32(1), Marker: first.NextMarker})
	call(p, "tag the key", home.TagResource, &kms.TagResourceInput{KeyId: key, Tags: []types.Tag{{TagKey: aws.String("owner"), TagValue: aws.String("till")}}})
	call(p, "list the tags changed", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: key})

	plain := keyOf(call(p, "create a key without tags", home.CreateKey, &kms.CreateKeyInput{Description: aws.String("plain")}))
	call(p, "list no tags", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: plain})
	call(p, "list both keys", home.ListKeys, &kms.ListKeysInput{Limit: aws.Int32(1000)})
	page := call(p, "list a first page of keys", home.ListKeys, &kms.ListKeysInput{Limit: aws.Int32(1)})
	call(p, "list the next page of keys", home.ListKeys, &kms.ListKeysInput{Limit: aws.Int32(1), Marker: page.NextMarker})

	playKMSRotation(p, home, key)
	playKMSKinds(p, home)
	playKMSStates(p, home, key)
	playKMSAbsence(p, home, key)
}

func keyOf(out *kms.CreateKeyOutput) *string {
	if out.KeyMetadata == nil {
		panic("no key was made")
	}
	return out.KeyMetadata.KeyId
}

func playKMSRotation(p *play, home *kms.Client, key *string) {
	rotation := func(step string) {
		call(p, step, home.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})
	}
	rotation("read rotation never set")
	call(p, "rotate", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key})
	rotation("read rotation")
	call(p, "rotate more often", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key, RotationPeriodInDays: aws.Int32(180)})
	rotation("read rotation more often")
	call(p, "rotate too often", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key, RotationPeriodInDays: aws.Int32(89)})
	call(p, "rotate too rarely", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key, RotationPeriodInDays: aws.Int32(2561)})
	rotation("read rotation refused")
	call(p, "rotate no more", home.DisableKeyRotation, &kms.DisableKeyRotationInput{KeyId: key})
	rotation("read no rotation")
	call(p, "rotate once more", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key})
}

// playKMSKinds goes through the keys whose rotation cannot be set.
func playKMSKinds(p *play, home *kms.Client) {
	kinds := []struct {
		name string
		in   kms.CreateKeyInput
	}{
		{"an RSA key", kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify}},
		{"an HMAC key", kms.CreateKeyInput{KeySpec: types.KeySpecHmac256, KeyUsage: types.KeyUsageTypeGenerateVerifyMac}},
		{"an imported key", kms.CreateKeyInput{Origin: types.OriginTypeExternal}},
		{"a multi-region key", kms.CreateKeyInput{MultiRegion: aws.Bool(true)}},
	}
	var id *string
	for _, kind := range kinds {
		id = keyOf(call(p, "create "+kind.name, home.CreateKey, &kind.in))
		call(p, "describe "+kind.name, home.DescribeKey, &kms.DescribeKeyInput{KeyId: id})
		call(p, "rotate "+kind.name, home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: id})
		call(p, "read rotation of "+kind.name, home.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: id})
		call(p, "enable "+kind.name, home.EnableKey, &kms.EnableKeyInput{KeyId: id})
	}
	ireland := kms.NewFromConfig(p.in("eu-west-1"))
	call(p, "replicate the multi-region key", home.ReplicateKey, &kms.ReplicateKeyInput{KeyId: id, ReplicaRegion: aws.String("eu-west-1")})
	call(p, "describe the primary", home.DescribeKey, &kms.DescribeKeyInput{KeyId: id})
	call(p, "describe the replica", ireland.DescribeKey, &kms.DescribeKeyInput{KeyId: id})
	call(p, "rotate the replica", ireland.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: id})
	call(p, "read rotation of the replica", ireland.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: id})
	call(p, "list keys in Ireland", ireland.ListKeys, &kms.ListKeysInput{})
	call(p, "schedule the primary's deletion", home.ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: id})
	call(p, "describe the primary scheduled", home.DescribeKey, &kms.DescribeKeyInput{KeyId: id})
	call(p, "cancel the primary's deletion", home.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: id})

	own := call(p, "describe AWS's key", home.DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/aws/ebs")})
	if own.KeyMetadata == nil {
		return
	}
	id = own.KeyMetadata.KeyId
	call(p, "rotate AWS's key", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: id})
	call(p, "read rotation of AWS's key", home.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: id})
	call(p, "list tags of AWS's key", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: id})
	call(p, "describe AWS's key again", home.DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/aws/ebs")})
}

func playKMSStates(p *play, home *kms.Client, key *string) {
	describe := func(step string) {
		call(p, step, home.DescribeKey, &kms.DescribeKeyInput{KeyId: key})
	}
	call(p, "enable what is enabled", home.EnableKey, &kms.EnableKeyInput{KeyId: key})
	call(p, "disable", home.DisableKey, &kms.DisableKeyInput{KeyId: key})
	describe("describe a disabled key")
	call(p, "rotate a disabled key", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key})
	call(p, "read rotation of a disabled key", home.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})
	call(p, "enable", home.EnableKey, &kms.EnableKeyInput{KeyId: key})
	describe("describe an enabled key")
	call(p, "cancel no deletion", home.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: key})
	for _, days := range []int32{6, 31} {
		call(p, fmt.Sprintf("schedule deletion in %d days", days), home.ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: key, PendingWindowInDays: aws.Int32(days)})
	}
	call(p, "schedule deletion", home.ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: key, PendingWindowInDays: aws.Int32(7)})
	describe("describe a key to be deleted")
	call(p, "schedule deletion again", home.ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: key})
	call(p, "rotate a key to be deleted", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: key})
	call(p, "read rotation of a key to be deleted", home.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})
	call(p, "list tags of a key to be deleted", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: key})
	call(p, "enable a key to be deleted", home.EnableKey, &kms.EnableKeyInput{KeyId: key})
	call(p, "cancel deletion", home.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: key})
	describe("describe a key recovered")
	call(p, "cancel deletion again", home.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: key})
	call(p, "enable a key recovered", home.EnableKey, &kms.EnableKeyInput{KeyId: key})
	call(p, "read rotation of a key recovered", home.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: key})
}

func playKMSAbsence(p *play, home *kms.Client, key *string) {
	none := aws.String("11111111-2222-3333-4444-555555555555")
	call(p, "describe no key", home.DescribeKey, &kms.DescribeKeyInput{KeyId: none})
	call(p, "rotate no key", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: none})
	call(p, "read rotation of no key", home.GetKeyRotationStatus, &kms.GetKeyRotationStatusInput{KeyId: none})
	call(p, "list tags of no key", home.ListResourceTags, &kms.ListResourceTagsInput{KeyId: none})
	call(p, "enable no key", home.EnableKey, &kms.EnableKeyInput{KeyId: none})
	call(p, "cancel deletion of no key", home.CancelKeyDeletion, &kms.CancelKeyDeletionInput{KeyId: none})
	call(p, "rotate a key by its alias", home.EnableKeyRotation, &kms.EnableKeyRotationInput{KeyId: aws.String("alias/shop")})
	foreign := kms.NewFromConfig(p.as(stranger))
	call(p, "describe another's key", foreign.DescribeKey, &kms.DescribeKeyInput{KeyId: key})
	call(p, "describe a key elsewhere", kms.NewFromConfig(p.in("eu-west-1")).DescribeKey, &kms.DescribeKeyInput{KeyId: key})
}
