package fakeaws

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// s3State is an account's buckets.
type s3State struct {
	buckets map[string]*bucket
	// unlocated: lists say no regions.
	unlocated bool
}

type bucket struct {
	account    string
	region     string
	created    time.Time
	block      *types.PublicAccessBlockConfiguration
	ownership  *types.OwnershipControls
	tags       []types.Tag
	versioning types.BucketVersioningStatus
	logging    *types.LoggingEnabled
	locked     bool
	// encryption is nil where nobody set it: S3 answers with its own default.
	encryption *types.ServerSideEncryptionRule
	policy     string
}

// closedByDefault is from when on new buckets have Block Public Access on and ACLs off.
var closedByDefault = time.Date(2023, 4, 28, 0, 0, 0, 0, time.UTC)

func serveS3(c *Cloud) {
	on(c, createBucket)
	on(c, deleteBucket)
	on(c, headBucket)
	on(c, getBucketLocation)
	on(c, listBuckets)
	serveBucketPolicy(c)
	serveBucketSettings(c)
	serveBucketTagging(c)
}

// HideBucketRegions makes lists of the account's buckets say no regions, as endpoints other than
// AWS do.
func (c *Cloud) HideBucketRegions(account string) {
	c.edit(account, "", func(r *Request) { global[s3State](r).unlocated = true })
}

// anyBucket finds a bucket by name in all accounts, as S3's one namespace has it.
func (c *Cloud) anyBucket(name string) *bucket {
	for _, state := range c.states {
		if buckets, ok := state.(*s3State); ok && buckets.buckets[name] != nil {
			return buckets.buckets[name]
		}
	}
	return nil
}

// errNoSuchBucket is generic: none of these operations models the type.
func errNoSuchBucket() error {
	return failure("NoSuchBucket", "The specified bucket does not exist")
}

// bucket finds a bucket as S3 does: by name in all accounts, then by owner and region.
func (r *Request) bucket(name, owner *string) (*bucket, error) {
	b := r.Cloud.anyBucket(aws.ToString(name))
	switch {
	case b == nil:
		return nil, errNoSuchBucket()
	case b.account != r.Account, owner != nil && *owner != b.account:
		return nil, failure("AccessDenied", "Access Denied")
	case b.region != r.Region:
		return nil, failure("PermanentRedirect", "The bucket %s must be addressed in region %s", aws.ToString(name), b.region)
	}
	return b, nil
}

// ofBucket serves an operation on a bucket that is there.
func ofBucket[I, O any](c *Cloud, handle func(*Request, *bucket, *I) (*O, error)) {
	on(c, func(r *Request, in *I) (*O, error) {
		name, _ := reflect.ValueOf(in).Elem().FieldByName("Bucket").Interface().(*string)
		owner, _ := reflect.ValueOf(in).Elem().FieldByName("ExpectedBucketOwner").Interface().(*string)
		b, err := r.bucket(name, owner)
		if err != nil {
			return nil, err
		}
		return handle(r, b, in)
	})
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func createBucket(r *Request, in *s3.CreateBucketInput) (*s3.CreateBucketOutput, error) {
	name := aws.ToString(in.Bucket)
	if !bucketName.MatchString(name) {
		return nil, failure("InvalidBucketName", "The specified bucket is not valid.")
	}
	region, err := placeOf(r, in.CreateBucketConfiguration)
	if err != nil {
		return nil, err
	}
	if have := r.Cloud.anyBucket(name); have != nil {
		switch {
		case have.account != r.Account:
			return nil, &types.BucketAlreadyExists{Message: aws.String("The requested bucket name is not available.")}
		case r.Region != "us-east-1" || have.region != "us-east-1":
			return nil, &types.BucketAlreadyOwnedByYou{Message: aws.String("Your previous request to create the named bucket succeeded and you already own it.")}
		}
		// Northern Virginia alone answers as if it had created the bucket again.
		return &s3.CreateBucketOutput{Location: aws.String("/" + name)}, nil
	}
	state := global[s3State](r)
	if state.buckets == nil {
		state.buckets = map[string]*bucket{}
	}
	state.buckets[name] = newBucket(r, in, region)
	return &s3.CreateBucketOutput{Location: aws.String("/" + name)}, nil
}

func newBucket(r *Request, in *s3.CreateBucketInput, region string) *bucket {
	b := &bucket{account: r.Account, region: region, created: r.Now}
	if !r.Now.Before(closedByDefault) {
		b.block = blockAll()
		ownership := cmp.Or(in.ObjectOwnership, types.ObjectOwnershipBucketOwnerEnforced)
		b.ownership = &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: ownership}}}
	}
	if aws.ToBool(in.ObjectLockEnabledForBucket) {
		b.locked, b.versioning = true, types.BucketVersioningStatusEnabled
	}
	if in.CreateBucketConfiguration != nil {
		b.tags = slices.Clone(in.CreateBucketConfiguration.Tags)
	}
	return b
}

// placeOf returns the region of a new bucket: an endpoint creates only in its own region, but
// for that of Northern Virginia, which must not be named.
func placeOf(r *Request, config *types.CreateBucketConfiguration) (string, error) {
	asked := ""
	if config != nil {
		asked = string(config.LocationConstraint)
	}
	switch {
	case asked == "us-east-1":
		return "", failure("InvalidLocationConstraint", "The specified location-constraint is not valid")
	case asked == "" && r.Region != "us-east-1":
		return "", failure("IllegalLocationConstraintException", "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.")
	case asked != "" && r.Region != "us-east-1" && asked != r.Region:
		return "", failure("IllegalLocationConstraintException", "The %s location constraint is incompatible for the region specific endpoint this request was sent to.", asked)
	case asked != "":
		return asked, nil
	}
	return r.Region, nil
}

func deleteBucket(r *Request, in *s3.DeleteBucketInput) (*s3.DeleteBucketOutput, error) {
	if _, err := r.bucket(in.Bucket, in.ExpectedBucketOwner); err != nil {
		return nil, err
	}
	delete(global[s3State](r).buckets, aws.ToString(in.Bucket))
	return &s3.DeleteBucketOutput{}, nil
}

// headBucket answers without a body, so that its errors carry only what their status says.
func headBucket(r *Request, in *s3.HeadBucketInput) (*s3.HeadBucketOutput, error) {
	b := r.Cloud.anyBucket(aws.ToString(in.Bucket))
	switch {
	case b == nil:
		return nil, &types.NotFound{}
	case b.account != r.Account, in.ExpectedBucketOwner != nil && *in.ExpectedBucketOwner != b.account:
		return nil, failure("Forbidden", "Forbidden")
	case b.region != r.Region:
		return nil, failure("MovedPermanently", "Moved Permanently")
	}
	return &s3.HeadBucketOutput{BucketRegion: aws.String(b.region), AccessPointAlias: aws.Bool(false)}, nil
}

func (b *bucket) arn(r *Request, name string) string {
	return "arn:" + r.Cloud.Partition + ":s3:::" + name
}

// getBucketLocation answers wherever it is asked; no location is Northern Virginia.
func getBucketLocation(r *Request, in *s3.GetBucketLocationInput) (*s3.GetBucketLocationOutput, error) {
	b := r.Cloud.anyBucket(aws.ToString(in.Bucket))
	switch {
	case b == nil:
		return nil, errNoSuchBucket()
	case b.account != r.Account, in.ExpectedBucketOwner != nil && *in.ExpectedBucketOwner != b.account:
		return nil, failure("AccessDenied", "Access Denied")
	case b.region == "us-east-1":
		return &s3.GetBucketLocationOutput{}, nil
	}
	return &s3.GetBucketLocationOutput{LocationConstraint: types.BucketLocationConstraint(b.region)}, nil
}

// listBuckets says the regions only where a parameter was sent.
func listBuckets(r *Request, in *s3.ListBucketsInput) (*s3.ListBucketsOutput, error) {
	located := !global[s3State](r).unlocated && (in.MaxBuckets != nil || in.ContinuationToken != nil || in.Prefix != nil || in.BucketRegion != nil)
	var all []types.Bucket
	for name, b := range global[s3State](r).buckets {
		if !strings.HasPrefix(name, aws.ToString(in.Prefix)) || in.BucketRegion != nil && *in.BucketRegion != b.region {
			continue
		}
		listed := types.Bucket{Name: aws.String(name), CreationDate: aws.Time(b.created)}
		if located {
			listed.BucketRegion = aws.String(b.region)
		}
		all = append(all, listed)
	}
	slices.SortFunc(all, func(a, b types.Bucket) int { return strings.Compare(*a.Name, *b.Name) })
	items, next, err := page(all, in.ContinuationToken, int(aws.ToInt32(in.MaxBuckets)), 10000, "InvalidArgument")
	if err != nil {
		return nil, err
	}
	return &s3.ListBucketsOutput{Buckets: items, ContinuationToken: next, Prefix: in.Prefix, Owner: &types.Owner{ID: aws.String(canonicalID(r.Account))}}, nil
}

// canonicalID is an account as S3 knows it.
func canonicalID(account string) string {
	sum := sha256.Sum256([]byte(account))
	return hex.EncodeToString(sum[:])
}
