package controls_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// A bucket in a region that is not in scope is neither judged nor called.
func TestBucketsOutOfScope(t *testing.T) {
	cloud := buckets(t)
	r := bucketRig(cloud, declaredBuckets["s3-bucket-versioning"])
	r.Regions = []string{"us-east-1"}
	result := look(t, r)
	if got := judgedBuckets(result, "s3-bucket-versioning"); len(got) != 1 || got["logs"].Verdict.Status != v1alpha1.Fail {
		t.Errorf("got %v, want logs alone", got)
	}
	if len(result.Plan.Changes) != 1 || result.Plan.Changes[0].Target.ID != "logs" {
		t.Errorf("planned %v", result.Plan.Changes)
	}
	for _, call := range cloud.Calls() {
		if in, ok := call.Input.(*s3.GetBucketVersioningInput); ok && aws.ToString(in.Bucket) == "photos" {
			t.Error("the bucket out of scope was read")
		}
	}
}

// Where the list says no region, each bucket is asked for its own.
func TestBucketRegionsAreAskedFor(t *testing.T) {
	cloud := buckets(t)
	cloud.HideBucketRegions(roundtrip.Account)
	r := bucketRig(cloud, declaredBuckets["s3-bucket-versioning"])
	r.Mends(t, "s3-bucket-versioning", v1alpha1.Pass)
	got := judgedBuckets(look(t, r), "s3-bucket-versioning")
	if got["logs"].Ref.Region != "us-east-1" || got["photos"].Ref.Region != "eu-west-1" {
		t.Errorf("got %v", got)
	}
}

// Whether a bucket of an unknown region is in scope is not known: it is shown, and not touched.
func TestBucketRegionDenied(t *testing.T) {
	cloud := buckets(t)
	cloud.HideBucketRegions(roundtrip.Account)
	cloud.Deny("s3:GetBucketLocation")
	result := look(t, bucketRig(cloud, all()))
	for control := range declaredBuckets {
		for id, j := range judgedBuckets(result, control) {
			if id != roundtrip.Account && j.Verdict.Status != v1alpha1.Unknown {
				t.Errorf("%s of %s is %v", control, id, j.Verdict)
			}
		}
	}
}

// A bucket that went before it said where it is, is no finding, and none that passes either.
func TestBucketThatWent(t *testing.T) {
	cloud := buckets(t)
	cloud.HideBucketRegions(roundtrip.Account)
	cloud.Inject(&fakeaws.Fault{Match: func(call fakeaws.Call) bool {
		in, ok := call.Input.(*s3.GetBucketLocationInput)
		return ok && aws.ToString(in.Bucket) == "photos"
	}, Err: &types.NoSuchBucket{}})
	got := judgedBuckets(look(t, bucketRig(cloud, declaredBuckets["s3-bucket-versioning"])), "s3-bucket-versioning")
	if _, there := got["photos"]; there || got["logs"].Verdict.Status != v1alpha1.Fail {
		t.Errorf("got %v, want logs alone", got)
	}
}

// Buckets of a stack are left to it.
func TestBucketsManagedElsewhere(t *testing.T) {
	cloud := buckets(t)
	cloud.TagBucket(roundtrip.Account, "photos", "aws:cloudformation:stack-name", "web")
	result := look(t, bucketRig(cloud, declaredBuckets["s3-bucket-versioning"]))
	if len(result.Plan.Changes) != 1 || result.Plan.Changes[0].Target.ID != "logs" || len(result.Plan.Held) != 1 || result.Plan.Held[0].ManagedElsewhere != "CloudFormation web" {
		t.Errorf("planned %v, held %v", result.Plan.Changes, result.Plan.Held)
	}
}
