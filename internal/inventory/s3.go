package inventory

import (
	"cmp"
	"strings"
)

// Buckets are the general-purpose S3 buckets of the account in the regions in scope; each carries
// its own region. One whose region could not be read is among them, its facets unread.
var Buckets = Collection[Bucket]{Name: "s3.buckets", Scope: Global, Type: Type{Name: "AWS::S3::Bucket", ARN: "s3:::{id}"}}

// Bucket is an S3 bucket.
type Bucket struct {
	Ref
	PublicAccessBlock Observed[PublicAccessBlock]
	Versioning        Observed[Versioning]
	AccessLog         Observed[AccessLog]
	Encryption        Observed[BucketEncryptionRule]
	// Policy is its text as S3 gives it, "" where there is none.
	Policy Observed[string]
}

// What is to be known of a bucket is a call each.
var (
	BucketPublicAccessBlock = Asked(Buckets, "PublicAccessBlock", func(b *Bucket) *Observed[PublicAccessBlock] { return &b.PublicAccessBlock })
	BucketAccessLog         = Asked(Buckets, "AccessLog", func(b *Bucket) *Observed[AccessLog] { return &b.AccessLog })
	BucketVersioning        = Asked(Buckets, "Versioning", func(b *Bucket) *Observed[Versioning] { return &b.Versioning })
	BucketEncryption        = Asked(Buckets, "Encryption", func(b *Bucket) *Observed[BucketEncryptionRule] { return &b.Encryption })
	BucketPolicy            = Asked(Buckets, "Policy", func(b *Bucket) *Observed[string] { return &b.Policy })
)

// Versioning of a bucket.
type Versioning struct {
	Status VersioningStatus `json:"status,omitempty"`
	// MFADelete asks for the root user's MFA code before versioning can change.
	MFADelete bool `json:"mfaDelete,omitempty"`
}

// VersioningStatus says whether a bucket keeps versions.
type VersioningStatus string

// Versioning statuses. Never is not Suspended: it leaves no versions behind.
const (
	VersioningNever     VersioningStatus = ""
	VersioningOn        VersioningStatus = "Enabled"
	VersioningSuspended VersioningStatus = "Suspended"
)

// As is the versioning with another status.
func (v Versioning) As(status VersioningStatus) Versioning {
	v.Status = status
	return v
}

func (v Versioning) String() string {
	if v.Status == VersioningNever {
		return "never versioned"
	}
	return strings.ToLower(string(v.Status))
}

// BucketEncryptionRule is how new objects of a bucket are encrypted that do not say how
// themselves. The zero value is no rule, which S3 has not answered since 2023.
type BucketEncryptionRule struct {
	// Algorithm is AES256, aws:kms or aws:kms:dsse.
	Algorithm string `json:"algorithm,omitempty"`
	// KMSKey is the key as it was named, "" for the AWS-managed one.
	KMSKey string `json:"kmsKey,omitempty"`
	// BucketKey spares a call to KMS per object.
	BucketKey bool `json:"bucketKey,omitempty"`
	// Blocked are the kinds of encryption that requests may not ask for.
	Blocked []string `json:"blocked,omitempty"`
}

func (r BucketEncryptionRule) String() string {
	if r.Algorithm == "" {
		return "no default encryption"
	}
	text := r.Algorithm
	if r.Algorithm != "AES256" {
		text += " with " + cmp.Or(r.KMSKey, "the AWS-managed key")
	}
	if r.BucketKey {
		text += ", bucket key on"
	}
	if len(r.Blocked) > 0 {
		text += ", " + strings.Join(r.Blocked, " and ") + " blocked"
	}
	return text
}

// AccountPublicAccessBlocks holds one item: the Block Public Access in effect for the whole
// account, by its own setting or by its organization's.
var AccountPublicAccessBlocks = Collection[AccountPublicAccessBlock]{Name: "s3.accountPublicAccessBlock", Scope: Global, Type: Account}

// AccountPublicAccessBlock is S3 Block Public Access of an account.
type AccountPublicAccessBlock struct {
	Ref
	Block Observed[PublicAccessBlock]
}

// S3PublicAccessBlock is the one thing to know of it.
var S3PublicAccessBlock = Asked(AccountPublicAccessBlocks, "S3PublicAccessBlock", func(a *AccountPublicAccessBlock) *Observed[PublicAccessBlock] { return &a.Block })

// PublicAccessBlock is the four parts of S3 Block Public Access.
type PublicAccessBlock struct {
	BlockPublicAcls       bool `json:"blockPublicAcls"`
	IgnorePublicAcls      bool `json:"ignorePublicAcls"`
	BlockPublicPolicy     bool `json:"blockPublicPolicy"`
	RestrictPublicBuckets bool `json:"restrictPublicBuckets"`
}

// AllBlocked is Block Public Access fully on.
var AllBlocked = PublicAccessBlock{BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true}

// Gaps names the parts that are off, or "".
func (b PublicAccessBlock) Gaps() string {
	var off []string
	for _, part := range []struct {
		on   bool
		name string
	}{
		{b.BlockPublicAcls, "BlockPublicAcls"},
		{b.IgnorePublicAcls, "IgnorePublicAcls"},
		{b.BlockPublicPolicy, "BlockPublicPolicy"},
		{b.RestrictPublicBuckets, "RestrictPublicBuckets"},
	} {
		if !part.on {
			off = append(off, part.name)
		}
	}
	return strings.Join(off, ", ")
}

func (b PublicAccessBlock) String() string {
	if gaps := b.Gaps(); gaps != "" {
		return gaps + " off"
	}
	return "all on"
}
