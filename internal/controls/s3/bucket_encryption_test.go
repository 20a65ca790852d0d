package s3

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

const (
	ownKey   = "arn:aws:kms:eu-west-1:111111111111:key/own"
	otherKey = "arn:aws:kms:eu-west-1:111111111111:key/other"
	farKey   = "arn:aws:kms:us-east-1:111111111111:key/mrk-far"
	farHere  = "arn:aws:kms:eu-west-1:111111111111:key/mrk-far"
)

func TestBucketEncryption(t *testing.T) {
	for name, row := range map[string]struct {
		leaf v1alpha1.S3BucketEncryption
		rule inventory.Observed[inventory.BucketEncryptionRule]
		want v1alpha1.VerdictStatus
		why  string
		says string
	}{
		"AES256 is enough":     {v1alpha1.S3BucketEncryption{Algorithm: "AES256"}, seen(inventory.BucketEncryptionRule{Algorithm: "AES256"}), v1alpha1.Pass, "AsDeclared", ""},
		"stronger than asked":  {v1alpha1.S3BucketEncryption{Algorithm: "AES256"}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms"}), v1alpha1.Pass, "AsDeclared", ""},
		"two layers for one":   {v1alpha1.S3BucketEncryption{Algorithm: "aws:kms"}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms:dsse"}), v1alpha1.Pass, "AsDeclared", ""},
		"a customer's for any": {v1alpha1.S3BucketEncryption{Algorithm: "aws:kms"}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: ownKey}), v1alpha1.Pass, "AsDeclared", ""},
		"the declared key":     {v1alpha1.S3BucketEncryption{Algorithm: "aws:kms", KMSKeyARN: ownKey}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms:dsse", KMSKey: ownKey}), v1alpha1.Pass, "AsDeclared", ""},
		"its replica here":     {v1alpha1.S3BucketEncryption{KMSKeyARN: farKey}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: farHere}), v1alpha1.Pass, "AsDeclared", ""},
		"KMS unless said":      {v1alpha1.S3BucketEncryption{}, seen(inventory.BucketEncryptionRule{Algorithm: "AES256"}), v1alpha1.Fail, "WeakEncryption", "AES256, declared is aws:kms"},
		"one layer for two":    {v1alpha1.S3BucketEncryption{Algorithm: "aws:kms:dsse"}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms"}), v1alpha1.Fail, "WeakEncryption", "aws:kms, declared is aws:kms:dsse"},
		"another key":          {v1alpha1.S3BucketEncryption{KMSKeyARN: ownKey}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: otherKey}), v1alpha1.Fail, "OtherKey", otherKey + ", declared is " + ownKey},
		"the AWS-managed key":  {v1alpha1.S3BucketEncryption{KMSKeyARN: ownKey}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:kms"}), v1alpha1.Fail, "OtherKey", "the AWS-managed key"},
		"none":                 {v1alpha1.S3BucketEncryption{Algorithm: "AES256"}, seen(inventory.BucketEncryptionRule{}), v1alpha1.Fail, "NoDefaultEncryption", "declared is AES256"},
		"a method to come":     {v1alpha1.S3BucketEncryption{}, seen(inventory.BucketEncryptionRule{Algorithm: "aws:quantum"}), v1alpha1.Fail, "UnknownEncryption", "aws:quantum"},
	} {
		t.Run(name, func(t *testing.T) {
			b := box()
			b.Encryption = row.rule
			expect(t, bucketEncryption.Judge(row.leaf, b, asOf), row.want, row.why, row.says)
		})
	}
}

// What is stronger than declared stays, and so does what the declaration does not speak of.
func TestBucketEncryptionStrengthens(t *testing.T) {
	for name, row := range map[string]struct {
		leaf     v1alpha1.S3BucketEncryption
		from, to inventory.BucketEncryptionRule
		risk     v1alpha1.Risk
	}{
		"from nothing": {v1alpha1.S3BucketEncryption{Algorithm: "AES256"}, inventory.BucketEncryptionRule{}, inventory.BucketEncryptionRule{Algorithm: "AES256"}, v1alpha1.Safe},
		"to the AWS-managed key": {
			v1alpha1.S3BucketEncryption{},
			inventory.BucketEncryptionRule{Algorithm: "AES256", Blocked: []string{"SSE-C"}},
			inventory.BucketEncryptionRule{Algorithm: "aws:kms", BucketKey: true, Blocked: []string{"SSE-C"}},
			v1alpha1.Disruptive,
		},
		"to a key": {
			v1alpha1.S3BucketEncryption{KMSKeyARN: ownKey},
			inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: otherKey},
			inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: ownKey, BucketKey: true},
			v1alpha1.Disruptive,
		},
		"to a key, two layers kept": {
			v1alpha1.S3BucketEncryption{KMSKeyARN: ownKey},
			inventory.BucketEncryptionRule{Algorithm: "aws:kms:dsse", KMSKey: otherKey},
			inventory.BucketEncryptionRule{Algorithm: "aws:kms:dsse", KMSKey: ownKey},
			v1alpha1.Disruptive,
		},
		"to two layers, the key kept": {
			v1alpha1.S3BucketEncryption{Algorithm: "aws:kms:dsse"},
			inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: otherKey, BucketKey: true},
			inventory.BucketEncryptionRule{Algorithm: "aws:kms:dsse", KMSKey: otherKey},
			v1alpha1.Disruptive,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := box()
			b.Encryption = seen(row.from)
			planned := bucketEncryption.Mend(row.leaf, b)
			if len(planned) != 1 {
				t.Fatalf("got %d actions, want one", len(planned))
			}
			got := planned[0].Describe()
			if got.To != row.to.String() || got.From != row.from.String() || got.Risk != row.risk {
				t.Errorf("got %s, %s, want %s, %s", got.To, got.Risk, row.to, row.risk)
			}
		})
	}
}

func TestBucketEncryptionByHand(t *testing.T) {
	for name, row := range map[string]struct {
		leaf v1alpha1.S3BucketEncryption
		rule inventory.BucketEncryptionRule
		says string
	}{
		"a key of another region": {v1alpha1.S3BucketEncryption{KMSKeyARN: farKey}, inventory.BucketEncryptionRule{Algorithm: "AES256"}, "put-bucket-encryption --bucket box --region eu-west-1"},
		"a method to come":        {v1alpha1.S3BucketEncryption{}, inventory.BucketEncryptionRule{Algorithm: "aws:quantum"}, "get-bucket-encryption --bucket box --region eu-west-1"},
	} {
		t.Run(name, func(t *testing.T) {
			b := box()
			b.Encryption = seen(row.rule)
			if planned := bucketEncryption.Mend(row.leaf, b); len(planned) != 0 {
				t.Errorf("planned %v, want nothing", planned)
			}
			if says := bucketEncryption.ByHand(row.leaf, b); !strings.Contains(says, row.says) {
				t.Errorf("by hand: %s", says)
			}
		})
	}
}
