package scenes

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var kmsScenes = []Scene{
	{
		Control: "kms-key-rotation", Settled: v1alpha1.Pass, set: func(s *stage) { newKey(s, "eu-west-1"); newKey(s, "us-east-1") },
		Posture: v1alpha1.Posture{Keys: v1alpha1.KeysPosture{KMSKeyRotation: &v1alpha1.KMSKeyRotation{MaxPeriodDays: 365}}},
	},
	{
		Control: "kms-key-deletion-guard", Settled: v1alpha1.Pass, set: lostKey,
		Posture: v1alpha1.Posture{Keys: v1alpha1.KeysPosture{KMSKeyDeletionGuard: &v1alpha1.KMSKeyDeletionGuard{}}},
	},
}

func newKey(s *stage, region string) *string {
	made := do(s, kms.NewFromConfig(s.in(region)).CreateKey, &kms.CreateKeyInput{Description: aws.String("orders")})
	if made.KeyMetadata == nil {
		return nil
	}
	return made.KeyMetadata.KeyId
}

func lostKey(s *stage) {
	key := newKey(s, "us-east-1")
	do(s, kms.NewFromConfig(s.in("us-east-1")).ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: key, PendingWindowInDays: aws.Int32(7)})
}
