package controls_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

func newKey(t *testing.T, admin *kms.Client, in kms.CreateKeyInput) string {
	t.Helper()
	out, err := admin.CreateKey(t.Context(), &in)
	roundtrip.Done(t)(out, err)
	return *out.KeyMetadata.KeyId
}

func TestKeyRotationRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	admin := kms.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	off := newKey(t, admin, kms.CreateKeyInput{})
	rare := newKey(t, admin, kms.CreateKeyInput{})
	often := newKey(t, admin, kms.CreateKeyInput{})
	for id, days := range map[string]int32{rare: 2000, often: 90} {
		roundtrip.Done(t)(admin.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &id, RotationPeriodInDays: &days}))
	}
	primary := newKey(t, admin, kms.CreateKeyInput{MultiRegion: aws.Bool(true)})
	roundtrip.Done(t)(admin.ReplicateKey(t.Context(), &kms.ReplicateKeyInput{KeyId: &primary, ReplicaRegion: aws.String("eu-west-1")}))
	disabled := newKey(t, admin, kms.CreateKeyInput{})
	roundtrip.Done(t)(admin.DisableKey(t.Context(), &kms.DisableKeyInput{KeyId: &disabled}))
	newKey(t, admin, kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify})
	newKey(t, admin, kms.CreateKeyInput{Origin: types.OriginTypeExternal})
	cloud.SeedAWSManagedKey(roundtrip.Account, "us-east-1", "ebs")

	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Keys: v1alpha1.KeysPosture{KMSKeyRotation: &v1alpha1.KMSKeyRotation{MaxPeriodDays: 180}}})
	rig.Mends(t, "kms-key-rotation", v1alpha1.Pass)
	rig.Rests(t, cloud, "kms-key-rotation", v1alpha1.Pass)
	for id, want := range map[string]int32{off: 180, rare: 180, often: 90, primary: 180} {
		got, err := admin.GetKeyRotationStatus(t.Context(), &kms.GetKeyRotationStatusInput{KeyId: &id})
		roundtrip.Done(t)(got, err)
		if aws.ToInt32(got.RotationPeriodInDays) != want {
			t.Errorf("key %s rotates every %d days, want %d", id, aws.ToInt32(got.RotationPeriodInDays), want)
		}
	}
}

func TestKeyRotationReadsOnlyWhatCanRotate(t *testing.T) {
	cloud := fakeaws.New()
	admin := kms.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	newKey(t, admin, kms.CreateKeyInput{})
	newKey(t, admin, kms.CreateKeyInput{KeySpec: types.KeySpecRsa2048, KeyUsage: types.KeyUsageTypeSignVerify})
	cloud.SeedAWSManagedKey(roundtrip.Account, "us-east-1", "ebs")
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Keys: v1alpha1.KeysPosture{KMSKeyRotation: &v1alpha1.KMSKeyRotation{}, KMSKeyDeletionGuard: &v1alpha1.KMSKeyDeletionGuard{}}})
	cloud.Forget()
	if _, err := rig.Round(t.Context()); err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for _, call := range cloud.Calls() {
		calls[call.Operation]++
	}
	// Two regions, three keys, one that can rotate and does not.
	for operation, want := range map[string]int{"kms:ListKeys": 2, "kms:DescribeKey": 3, "kms:GetKeyRotationStatus": 1, "kms:ListResourceTags": 1} {
		if calls[operation] != want {
			t.Errorf("%s: %d calls, want %d", operation, calls[operation], want)
		}
	}
}

func TestKeyDeletionGuardRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	admin := kms.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	lost := newKey(t, admin, kms.CreateKeyInput{})
	roundtrip.Done(t)(admin.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &lost}))
	old := newKey(t, admin, kms.CreateKeyInput{})
	for _, id := range []string{lost, old} {
		roundtrip.Done(t)(admin.ScheduleKeyDeletion(t.Context(), &kms.ScheduleKeyDeletionInput{KeyId: &id, PendingWindowInDays: aws.Int32(7)}))
	}
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Keys: v1alpha1.KeysPosture{
		KMSKeyDeletionGuard: &v1alpha1.KMSKeyDeletionGuard{Decommissioned: []string{old}},
		KMSKeyRotation:      &v1alpha1.KMSKeyRotation{},
	}})
	rig.Mends(t, "kms-key-deletion-guard", v1alpha1.Pass)
	rig.Rests(t, cloud, "kms-key-deletion-guard", v1alpha1.Pass)
	for id, want := range map[string]types.KeyState{lost: types.KeyStateEnabled, old: types.KeyStatePendingDeletion} {
		got, err := admin.DescribeKey(t.Context(), &kms.DescribeKeyInput{KeyId: &id})
		roundtrip.Done(t)(got, err)
		if got.KeyMetadata.KeyState != want {
			t.Errorf("key %s is %s, want %s", id, got.KeyMetadata.KeyState, want)
		}
	}
}

// A key whose policy shuts the account's roles out is unknown; its neighbours are not.
func TestOneKeyDenied(t *testing.T) {
	cloud := fakeaws.New()
	admin := kms.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	open := newKey(t, admin, kms.CreateKeyInput{})
	roundtrip.Done(t)(admin.EnableKeyRotation(t.Context(), &kms.EnableKeyRotationInput{KeyId: &open}))
	shut := newKey(t, admin, kms.CreateKeyInput{})
	cloud.Inject(&fakeaws.Fault{Err: fakeaws.Denied("kms:DescribeKey"), Match: func(call fakeaws.Call) bool {
		in, ok := call.Input.(*kms.DescribeKeyInput)
		return ok && *in.KeyId == shut
	}})
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Keys: v1alpha1.KeysPosture{KMSKeyRotation: &v1alpha1.KMSKeyRotation{}}})
	result, err := rig.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := verdicts(result.Report.Controls[0])
	if got[open] != v1alpha1.Pass || got[shut] != v1alpha1.Unknown {
		t.Errorf("got %v", got)
	}
}

// A key that is deleted between the list and the look at it is no finding.
func TestKeyDeletedMeanwhile(t *testing.T) {
	cloud := fakeaws.New()
	admin := kms.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	newKey(t, admin, kms.CreateKeyInput{})
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("kms:DescribeKey"), Err: &types.NotFoundException{Message: aws.String("gone")}})
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Keys: v1alpha1.KeysPosture{KMSKeyDeletionGuard: &v1alpha1.KMSKeyDeletionGuard{}}})
	result, err := rig.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := verdicts(result.Report.Controls[0]); len(got) != 0 {
		t.Errorf("got %v, want nothing judged", got)
	}
}

func verdicts(control posture.ControlReport) map[string]v1alpha1.VerdictStatus {
	all := map[string]v1alpha1.VerdictStatus{}
	for _, judged := range control.Judged {
		all[judged.Ref.ID] = judged.Verdict.Status
	}
	return all
}
