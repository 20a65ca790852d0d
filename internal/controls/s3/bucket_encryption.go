package s3

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Every bucket has been encrypted since 2023, so what counts is whose key it is.
var bucketEncryption = posture.AddPlain(&Controls, posture.Plain[v1alpha1.S3BucketEncryption, inventory.Bucket, inventory.BucketEncryptionRule]{
	ID: "s3-bucket-encryption",
	Declared: func(p *v1alpha1.Posture) *v1alpha1.S3BucketEncryption {
		return p.DataAtRest.S3BucketEncryption
	},
	Setting: action.BucketEncryption,
	Want: func(leaf v1alpha1.S3BucketEncryption, have inventory.BucketEncryptionRule) inventory.BucketEncryptionRule {
		if strength(have.Algorithm) >= strength(declaredAlgorithm(leaf)) && usesKey(have, leaf.KMSKeyARN) {
			return have
		}
		return strengthen(have, leaf)
	},
	Fails: func(leaf v1alpha1.S3BucketEncryption, have inventory.BucketEncryptionRule) posture.Verdict {
		switch {
		case have.Algorithm == "":
			return posture.Fail("NoDefaultEncryption", "the bucket has no default encryption, declared is %s", declaredAlgorithm(leaf))
		case strength(have.Algorithm) < 0:
			return posture.Fail("UnknownEncryption", "objects are encrypted by %s, which this version does not know", have.Algorithm)
		case strength(have.Algorithm) < strength(declaredAlgorithm(leaf)):
			return posture.Fail("WeakEncryption", "new objects are encrypted by %s, declared is %s", have.Algorithm, declaredAlgorithm(leaf))
		}
		return posture.Fail("OtherKey", "new objects are encrypted with %s, declared is %s", cmp.Or(have.KMSKey, "the AWS-managed key"), leaf.KMSKeyARN)
	},
	ByHand: func(leaf v1alpha1.S3BucketEncryption, b inventory.Bucket) string {
		rule, _ := b.Encryption.Get()
		switch {
		case !sameRegion(leaf.KMSKeyARN, b):
			return fmt.Sprintf("the declared key %s is of another region than the bucket (%s): replicate a multi-Region key there, or declare a key of that region, and set it: aws s3api put-bucket-encryption --bucket %s --region %s --server-side-encryption-configuration "+
				"'{\"Rules\":[{\"ApplyServerSideEncryptionByDefault\":{\"SSEAlgorithm\":\"%s\",\"KMSMasterKeyID\":\"KEY_ARN\"},\"BucketKeyEnabled\":true}]}'", leaf.KMSKeyARN, b.Region, b.ID, b.Region, declaredAlgorithm(leaf))
		case rule.Algorithm != "" && strength(rule.Algorithm) < 0:
			return fmt.Sprintf("look at the bucket's encryption, which this version does not know: aws s3api get-bucket-encryption --bucket %s --region %s", b.ID, b.Region)
		}
		return ""
	},
})

// algorithms from the weakest to the strongest.
var algorithms = []string{"AES256", "aws:kms", "aws:kms:dsse"}

// strength ranks an algorithm; -1 is one that is not known.
func strength(algorithm string) int { return slices.Index(algorithms, algorithm) }

// declaredAlgorithm is the weakest allowed: KMS unless the leaf says otherwise.
func declaredAlgorithm(leaf v1alpha1.S3BucketEncryption) string {
	return cmp.Or(leaf.Algorithm, "aws:kms")
}

// usesKey says whether the rule names the declared key, or a replica of it in another region.
func usesKey(rule inventory.BucketEncryptionRule, declared string) bool {
	if declared == "" || rule.KMSKey == declared {
		return true
	}
	_, id, _ := strings.Cut(declared, ":key/mrk-")
	_, other, _ := strings.Cut(rule.KMSKey, ":key/mrk-")
	return id != "" && id == other
}

// sameRegion says whether the bucket can use the declared key.
func sameRegion(declared string, b inventory.Bucket) bool {
	parts := strings.SplitN(declared, ":", 6)
	return declared == "" || len(parts) == 6 && parts[3] == b.Region
}

// strengthen raises what is weaker than declared and keeps the rest: a stronger algorithm, a key
// where none is declared, what requests may not ask for. A bucket key spares KMS a call per
// object; two layers of KMS cannot have one.
func strengthen(rule inventory.BucketEncryptionRule, leaf v1alpha1.S3BucketEncryption) inventory.BucketEncryptionRule {
	if declared := declaredAlgorithm(leaf); strength(declared) > strength(rule.Algorithm) {
		rule.Algorithm = declared
	}
	rule.KMSKey = cmp.Or(leaf.KMSKeyARN, rule.KMSKey)
	switch rule.Algorithm {
	case "aws:kms":
		rule.BucketKey = true
	case "aws:kms:dsse":
		rule.BucketKey = false
	}
	return rule
}
