package inventory

import "strings"

// Buckets are the general-purpose S3 buckets of the account; each carries its own region.
var Buckets = Collection[Bucket]{Name: "s3.buckets", Scope: Global}

// Facets of a bucket, a call each.
const (
	BucketPublicAccessBlock Facet = "PublicAccessBlock"
	BucketVersioning        Facet = "Versioning"
	BucketEncryption        Facet = "Encryption"
	BucketPolicy            Facet = "Policy"
)

// Bucket is an S3 bucket.
type Bucket struct {
	Ref
	PublicAccessBlock Observed[PublicAccessBlock]
}

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
