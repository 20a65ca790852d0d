package ec2

import (
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

const keyARN = "arn:aws:kms:eu-west-1:111111111111:key/k1"

func ebsDefault(encrypted bool, key string, aliased ...inventory.Observed[inventory.AliasedKey]) inventory.EBSDefault {
	d := inventory.EBSDefault{Ref: refTo("AWS::::Account", account), Encrypted: encrypted, Aliased: map[string]inventory.Observed[inventory.AliasedKey]{}}
	if key != "" {
		d.Key = inventory.Seen(key, asOf)
	}
	for _, k := range aliased {
		d.Aliased["alias/ebs"] = k
	}
	return d
}

func aliasedKey(arn, state string) inventory.Observed[inventory.AliasedKey] {
	return inventory.Seen(inventory.AliasedKey{ARN: arn, State: state}, asOf)
}

func TestEBSDefaultEncryption(t *testing.T) {
	declared := v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{}}}
	turnOn := []string{"encrypt new EBS volumes in eu-west-1"}
	check(t, ebsDefaultEncryption, declared, refused(map[string]row[inventory.EBSDefault]{
		"on":            {items: one(ebsDefault(true, "")), want: v1alpha1.Pass, reason: "AsDeclared"},
		"off":           {items: one(ebsDefault(false, inventory.EBSManagedKey)), want: v1alpha1.Fail, reason: "NotEncrypted", says: "new volumes are not encrypted by default", mends: turnOn},
		"off, key dark": {items: one(ebsDefault(false, "")), want: v1alpha1.Fail, reason: "NotEncrypted", says: "new volumes are not encrypted by default", mends: turnOn},
	}, "ec2:GetEbsEncryptionByDefault"))
}

func TestEBSDefaultEncryptionWithAKey(t *testing.T) {
	declared := v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{EBSDefaultEncryption: &v1alpha1.EBSDefaultEncryption{KMSKeyAlias: "alias/ebs"}}}
	enabled := aliasedKey(keyARN, "Enabled")
	setKey := "encrypt new EBS volumes in eu-west-1 with alias/ebs (arn:aws:kms:eu-west-1:111111111111:key/k1)"
	enable := "make the key usable: aws kms enable-key --region eu-west-1 --key-id " + keyARN + " (cancel its deletion first if it is pending)"
	check(t, ebsDefaultEncryption, declared, refused(map[string]row[inventory.EBSDefault]{
		"by ARN":   {items: one(ebsDefault(true, keyARN, enabled)), want: v1alpha1.Pass, reason: "AsDeclared"},
		"by id":    {items: one(ebsDefault(true, "k1", enabled)), want: v1alpha1.Pass, reason: "AsDeclared"},
		"by alias": {items: one(ebsDefault(true, "arn:aws:kms:eu-west-1:111111111111:alias/ebs", enabled)), want: v1alpha1.Pass, reason: "AsDeclared"},
		"other key": {
			items: one(ebsDefault(true, inventory.EBSManagedKey, enabled)), want: v1alpha1.Fail, reason: "OtherKey",
			says: "new volumes are encrypted with alias/aws/ebs, not with alias/ebs", mends: []string{setKey},
		},
		"off, other key": {
			items: one(ebsDefault(false, inventory.EBSManagedKey, enabled)), want: v1alpha1.Fail, reason: "NotEncrypted",
			says: "new volumes are not encrypted by default", mends: []string{setKey, "encrypt new EBS volumes in eu-west-1"},
		},
		"no such alias": {
			items: one(ebsDefault(true, inventory.EBSManagedKey, aliasedKey("", ""))), want: v1alpha1.Fail, reason: "NoSuchKey",
			says:   "there is no alias/ebs; new volumes are encrypted with alias/aws/ebs",
			byHand: "make a key for EBS and name it: aws kms create-alias --region eu-west-1 --alias-name alias/ebs --target-key-id KEY",
		},
		"other key, declared one disabled": {
			items: one(ebsDefault(true, inventory.EBSManagedKey, aliasedKey(keyARN, "Disabled"))), want: v1alpha1.Fail, reason: "OtherKey",
			says: "new volumes are encrypted with alias/aws/ebs, not with alias/ebs", byHand: enable,
		},
		"disabled": {
			items: one(ebsDefault(true, keyARN, aliasedKey(keyARN, "Disabled"))), want: v1alpha1.Fail, reason: "KeyUnusable",
			says: "alias/ebs is Disabled, so launches with new volumes fail", byHand: enable,
		},
		"key denied": {
			items: one(ebsDefault(true, keyARN, inventory.Unseen[inventory.AliasedKey](fault.DeniedRead("kms:DescribeKey", "kms:DescribeKey")))),
			want:  v1alpha1.Unknown, reason: v1alpha1.VerdictReadDenied, says: "kms:DescribeKey: missing permission kms:DescribeKey",
		},
		"key unread": {items: one(ebsDefault(true, "")), want: v1alpha1.Unknown, reason: v1alpha1.VerdictNotRead, says: "the fact was not read"},
	}, "ec2:GetEbsEncryptionByDefault"))
}

func TestEncryptingByDefaultIsSafeWithTheManagedKeyOnly(t *testing.T) {
	for key, want := range map[string]v1alpha1.Risk{
		inventory.EBSManagedKey:                                v1alpha1.Safe,
		"arn:aws-cn:kms:cn-north-1:111111111111:alias/aws/ebs": v1alpha1.Safe,
		keyARN: v1alpha1.Disruptive,
		"":     v1alpha1.Disruptive,
	} {
		if got := (action.EncryptEBSByDefault{Key: key}).Describe().Risk; got != want {
			t.Errorf("with key %q: %s, want %s", key, got, want)
		}
	}
}
