package action

import (
	"slices"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var s3Types = []Action{DenyInsecureTransport{}}

// AccountPublicAccess is the account's Block Public Access. To turn it on is disruptive: whoever
// reads any of its buckets without credentials is cut off.
var AccountPublicAccess = sets(Setting[inventory.AccountPublicAccessBlock, inventory.PublicAccessBlock]{
	Type:  "BlockAccountPublicAccess",
	Fact:  inventory.S3PublicAccessBlock,
	Title: "block public access to S3 in account {id}",
	Risk:  v1alpha1.Disruptive,
	Call:  "s3control:PutPublicAccessBlock",
	Was:   Was[inventory.PublicAccessBlock]{Target: "account", To: always(inventory.AllBlocked)},
})

// BucketPublicAccess is a bucket's own Block Public Access. To turn it on is disruptive: whoever
// reads the bucket without credentials is cut off.
var BucketPublicAccess = sets(Setting[inventory.Bucket, inventory.PublicAccessBlock]{
	Type:  "BlockBucketPublicAccess",
	Fact:  inventory.BucketPublicAccessBlock,
	Title: "block public access of bucket {id}",
	Risk:  v1alpha1.Disruptive,
	Call:  "s3:PutPublicAccessBlock",
	Was:   Was[inventory.PublicAccessBlock]{Target: "bucket", To: always(inventory.AllBlocked)},
})

// BucketVersioning is whether every version of a bucket's objects is kept. It is safe: requests
// are answered as before. Versions that were kept stay when it is taken back.
var BucketVersioning = sets(Setting[inventory.Bucket, inventory.Versioning]{
	Type:  "EnableBucketVersioning",
	Fact:  inventory.BucketVersioning,
	Title: "keep versions in bucket {id}",
	Risk:  v1alpha1.Safe,
	Call:  "s3:PutBucketVersioning",
	NeverOf: func(from inventory.Versioning) string {
		if from.MFADelete {
			return "MFA Delete is on: only the root user with MFA can suspend versioning"
		}
		return ""
	},
	Back: func(_, to inventory.Versioning) inventory.Versioning { return to.As(inventory.VersioningSuspended) },
	UndoneOf: func(from inventory.Versioning) (how Undoing) {
		if from.Status == inventory.VersioningNever {
			how.Not = "a bucket that once kept versions can only suspend it, and keeps those it has"
		}
		return how
	},
	Was: Was[inventory.Versioning]{Target: "bucket", To: func(from inventory.Versioning) inventory.Versioning { return from.As(inventory.VersioningOn) }},
})

// BucketAccessLog is where a bucket logs who reads and writes it; storage is billed by size.
var BucketAccessLog = sets(Setting[inventory.Bucket, inventory.AccessLog]{
	Type:  "LogBucket",
	Fact:  inventory.BucketAccessLog,
	Title: "log who reads and writes bucket {id}",
	Risk:  v1alpha1.Safe,
	Call:  "s3:PutBucketLogging",
})

// BucketEncryption is how new objects of a bucket are encrypted. With S3's own keys nobody
// notices; with a key of KMS everyone who reads or writes new objects needs leave to use it, and
// the AWS-managed one gives it to nobody in another account.
var BucketEncryption = sets(Setting[inventory.Bucket, inventory.BucketEncryptionRule]{
	Type:   "EncryptBucket",
	Fact:   inventory.BucketEncryption,
	Title:  "encrypt new objects of bucket {id} with {to}",
	Brief:  encryptionBrief,
	Keys:   func(rule inventory.BucketEncryptionRule) []string { return keys(rule.KMSKey) },
	RiskOf: func(_, to inventory.BucketEncryptionRule) v1alpha1.Risk { return encryptionRisk(to) },
	Call:   "s3:PutBucketEncryption",
	NeverOf: func(from inventory.BucketEncryptionRule) string {
		if from.Algorithm == "" {
			return "S3 has no buckets without default encryption any more"
		}
		return ""
	},
	UndoneOf: func(from inventory.BucketEncryptionRule) Undoing { return Undoing{Risk: encryptionRisk(from)} },
	Was:      Was[inventory.BucketEncryptionRule]{Target: "bucket"},
})

func encryptionBrief(rule inventory.BucketEncryptionRule) string {
	if rule.KMSKey == "" {
		return rule.Algorithm
	}
	return rule.Algorithm + " with " + rule.KMSKey
}

// keys are those that are named.
func keys(named ...string) []string {
	return slices.DeleteFunc(named, func(key string) bool { return key == "" })
}

func encryptionRisk(to inventory.BucketEncryptionRule) v1alpha1.Risk {
	if to.Algorithm == "AES256" {
		return v1alpha1.Safe
	}
	return v1alpha1.Disruptive
}
