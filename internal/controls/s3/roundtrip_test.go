package s3_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

func TestBucketPublicAccessBlockRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	admin := s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	for _, name := range []string{"logs", "photos"} {
		if _, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
		if _, err := admin.DeletePublicAccessBlock(t.Context(), &s3.DeletePublicAccessBlockInput{Bucket: aws.String(name)}); err != nil {
			t.Fatal(err)
		}
	}
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{
		DataAtRest: v1alpha1.DataAtRestPosture{S3BucketPublicAccessBlock: &v1alpha1.S3BucketPublicAccessBlock{}},
	})
	rig.Mends(t, "s3-bucket-public-access-block", v1alpha1.Pass)
}
