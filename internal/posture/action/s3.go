package action

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var s3Types = []Action{
	BlockBucketPublicAccess{}, EnableBucketVersioning{}, EncryptBucket{}, DenyInsecureTransport{},
}

// AccountPublicAccess is the account's Block Public Access. To turn it on is disruptive: whoever
// reads any of its buckets without credentials is cut off.
var AccountPublicAccess = sets(Setting[inventory.AccountPublicAccessBlock, inventory.PublicAccessBlock]{
	Type:  "BlockAccountPublicAccess",
	Fact:  inventory.S3PublicAccessBlock,
	Title: "block public access to S3 in account {id}",
	Risk:  v1alpha1.Disruptive,
	Call:  "s3control:PutPublicAccessBlock",
})

// BlockBucketPublicAccess turns all four parts of a bucket's Block Public Access on. It is
// disruptive: whoever reads the bucket without credentials is cut off.
type BlockBucketPublicAccess struct {
	Bucket Target                      `json:"bucket"`
	From   inventory.PublicAccessBlock `json:"from"`
}

// Describe implements Action.
func (a BlockBucketPublicAccess) Describe() Description {
	return Description{
		Target:     a.Bucket.Ref(),
		Collection: inventory.Buckets.Name,
		Setting:    "PublicAccessBlock",
		Title:      "block public access of bucket " + a.Bucket.ID,
		From:       a.From.String(),
		To:         inventory.AllBlocked.String(),
		Risk:       v1alpha1.Disruptive,
		Calls:      []string{"s3:PutPublicAccessBlock"},
	}
}

// Undo implements Action.
func (a BlockBucketPublicAccess) Undo(done []string) Undoing { return back(done...) }

// EnableBucketVersioning keeps every version of a bucket's objects. It is safe: requests are
// answered as before.
type EnableBucketVersioning struct {
	Bucket Target               `json:"bucket"`
	From   inventory.Versioning `json:"from"`
}

// To is the bucket's versioning afterwards.
func (a EnableBucketVersioning) To() inventory.Versioning {
	return inventory.Versioning{Status: inventory.VersioningOn, MFADelete: a.From.MFADelete}
}

// Describe implements Action.
func (a EnableBucketVersioning) Describe() Description {
	return Description{
		Target:     a.Bucket.Ref(),
		Collection: inventory.Buckets.Name,
		Setting:    "Versioning",
		Title:      "keep versions in bucket " + a.Bucket.ID,
		From:       a.From.String(),
		To:         a.To().String(),
		Risk:       v1alpha1.Safe,
		Calls:      []string{"s3:PutBucketVersioning"},
	}
}

// Undo implements Action. Versions that were kept stay.
func (a EnableBucketVersioning) Undo(done []string) Undoing {
	switch {
	case a.From.MFADelete:
		return never("MFA Delete is on: only the root user with MFA can suspend versioning")
	case a.From.Status == inventory.VersioningNever:
		return Undoing{Calls: done, To: a.Back().String(), Not: "a bucket that once kept versions can only suspend it, and keeps those it has"}
	}
	return back(done...)
}

// Back is the bucket's versioning once it is undone.
func (a EnableBucketVersioning) Back() inventory.Versioning {
	return inventory.Versioning{Status: inventory.VersioningSuspended, MFADelete: a.From.MFADelete}
}

// EncryptBucket sets how new objects of a bucket are encrypted.
type EncryptBucket struct {
	Bucket Target                         `json:"bucket"`
	From   inventory.BucketEncryptionRule `json:"from"`
	To     inventory.BucketEncryptionRule `json:"to"`
}

// Describe implements Action. With S3's own keys nobody notices; with a key of KMS everyone who
// reads or writes new objects needs leave to use it, and the AWS-managed one gives it to nobody
// in another account.
func (a EncryptBucket) Describe() Description {
	risk := v1alpha1.Disruptive
	if a.To.Algorithm == "AES256" {
		risk = v1alpha1.Safe
	}
	return Description{
		Target:     a.Bucket.Ref(),
		Collection: inventory.Buckets.Name,
		Setting:    "Encryption",
		Title:      "encrypt new objects of bucket " + a.Bucket.ID + " with " + a.To.Algorithm,
		From:       a.From.String(),
		To:         a.To.String(),
		Risk:       risk,
		Calls:      []string{"s3:PutBucketEncryption"},
	}
}

// Undo implements Action.
func (a EncryptBucket) Undo(done []string) Undoing {
	switch a.From.Algorithm {
	case "":
		return never("S3 has no buckets without default encryption any more")
	case "AES256":
		return back(done...)
	}
	return Undoing{Calls: done, Risk: v1alpha1.Disruptive}
}
