package fakeaws_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func newKMSKey(t *testing.T, client *kms.Client, in *kms.CreateKeyInput) *string {
	t.Helper()
	out, err := client.CreateKey(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out.KeyMetadata.KeyId
}

// Each refusal that the readers and the remedy tell apart has KMS's own code.
func TestKMSRefusals(t *testing.T) {
	cloud := fakeaws.New()
	client := kms.NewFromConfig(cloud.ConfigFor("111111111111"))
	plain, doomed, disabled := newKMSKey(t, client, &kms.CreateKeyInput{}), newKMSKey(t, client, &kms.CreateKeyInput{}), newKMSKey(t, client, &kms.CreateKeyInput{})
	rsa := newKMSKey(t, client, &kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify})
	imported := newKMSKey(t, client, &kms.CreateKeyInput{Origin: types.OriginTypeExternal})
	managed := aws.String(cloud.SeedAWSManagedKey("111111111111", "us-east-1", "rds"))
	answers(t, "")(client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: doomed}))
	answers(t, "")(client.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: disabled}))

	answers(t, "NotFoundException")(client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("nobody")}))
	answers(t, "NotFoundException")(client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: aws.String("alias/nobody")}))
	answers(t, "UnsupportedOperationException")(client.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: rsa}))
	answers(t, "UnsupportedOperationException")(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: imported}))
	answers(t, "DisabledException")(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: disabled}))
	answers(t, "KMSInvalidStateException")(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: doomed}))
	answers(t, "AccessDeniedException")(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: managed}))
	answers(t, "ValidationException")(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: plain, RotationPeriodInDays: aws.Int32(89)}))
	answers(t, "KMSInvalidStateException")(client.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: plain}))
	answers(t, "KMSInvalidStateException")(client.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: doomed}))
	answers(t, "KMSInvalidStateException")(client.EnableKey(t.Context(), &kms.EnableKeyInput{KeyId: imported}))
	answers(t, "ValidationException")(client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: plain, PendingWindowInDays: aws.Int32(6)}))
	answers(t, "UnsupportedOperationException")(client.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: plain, ReplicaRegion: aws.String("eu-west-1")}))
	answers(t, "")(client.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/shop"), TargetKeyId: plain}))
	answers(t, "AlreadyExistsException")(client.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/shop"), TargetKeyId: plain}))
	answers(t, "NotAuthorizedException")(client.CreateAlias(t.Context(), &kms.CreateAliasInput{AliasName: aws.String("alias/aws/shop"), TargetKeyId: plain}))
}

// A scheduled deletion reads as not rotating, cancels into a disabled key, and comes if nobody cancels.
func TestKMSDeletion(t *testing.T) {
	cloud, now := fakeaws.New(), time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	cloud.SetClock(func() time.Time { return now })
	client := kms.NewFromConfig(cloud.ConfigFor("111111111111"))
	key := newKMSKey(t, client, &kms.CreateKeyInput{})
	answers(t, "")(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: key}))
	answers(t, "")(client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: key, PendingWindowInDays: aws.Int32(7)}))
	rotation, err := client.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: key})
	if err != nil || rotation.KeyRotationEnabled || rotation.RotationPeriodInDays != nil {
		t.Errorf("pending deletion, rotation is %+v, %v", rotation, err)
	}
	answers(t, "")(client.CancelKeyDeletion(t.Context(), &kms.CancelKeyDeletionInput{KeyId: key}))
	out, err := client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key})
	if err != nil || out.KeyMetadata.KeyState != types.KeyStateDisabled || out.KeyMetadata.DeletionDate != nil {
		t.Errorf("cancelled, the key is %+v, %v", out, err)
	}
	rotation, err = client.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: key})
	if err != nil || aws.ToInt32(rotation.RotationPeriodInDays) != 365 {
		t.Errorf("cancelled, rotation is %+v, %v", rotation, err)
	}
	answers(t, "")(client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: key, PendingWindowInDays: aws.Int32(7)}))
	now = now.Add(7 * 24 * time.Hour)
	answers(t, "NotFoundException")(client.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: key}))
}

// A primary key waits for its replicas, and a replica shows its primary's rotation.
func TestKMSReplicas(t *testing.T) {
	cloud := fakeaws.New()
	client := kms.NewFromConfig(cloud.ConfigFor("111111111111"))
	europe := kms.NewFromConfig(cloud.ConfigFor("111111111111"), func(o *kms.Options) { o.Region = "eu-west-1" })
	key := newKMSKey(t, client, &kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	answers(t, "")(client.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: key, ReplicaRegion: aws.String("eu-west-1")}))
	answers(t, "AlreadyExistsException")(client.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: key, ReplicaRegion: aws.String("eu-west-1")}))
	answers(t, "")(client.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: key}))
	answers(t, "UnsupportedOperationException")(europe.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: key}))
	rotation, err := europe.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: key})
	if err != nil || !rotation.KeyRotationEnabled {
		t.Errorf("the replica's rotation is %+v, %v", rotation, err)
	}
	out, err := client.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: key})
	if err != nil || out.KeyState != types.KeyStatePendingReplicaDeletion || out.DeletionDate != nil {
		t.Errorf("the primary's deletion is %+v, %v", out, err)
	}
}

func TestKMSPages(t *testing.T) {
	client := kms.NewFromConfig(fakeaws.New().ConfigFor("111111111111"))
	for range 101 {
		newKMSKey(t, client, &kms.CreateKeyInput{})
	}
	first, err := client.ListKeys(t.Context(), &kms.ListKeysInput{})
	if err != nil || len(first.Keys) != 100 || !first.Truncated || first.NextMarker == nil {
		t.Fatalf("the first page is %d keys, %v", len(first.Keys), err)
	}
	rest, err := client.ListKeys(t.Context(), &kms.ListKeysInput{Marker: first.NextMarker})
	if err != nil || len(rest.Keys) != 1 || rest.Truncated || rest.NextMarker != nil {
		t.Errorf("the second page is %d keys, %v", len(rest.Keys), err)
	}
	answers(t, "InvalidMarkerException")(client.ListKeys(t.Context(), &kms.ListKeysInput{Marker: aws.String("bad")}))
}
