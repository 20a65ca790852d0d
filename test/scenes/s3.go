package scenes

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var s3Scenes = []Scene{
	{
		Control: "s3-account-public-access-block", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3AccountPublicAccessBlock: &v1alpha1.S3AccountPublicAccessBlock{}}},
	},
	{
		Control: "s3-bucket-public-access-block", Settled: v1alpha1.Pass, set: openBuckets,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketPublicAccessBlock: &v1alpha1.S3BucketPublicAccessBlock{}}},
	},
	{
		Control: "s3-bucket-versioning", Settled: v1alpha1.Pass, set: openBuckets,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketVersioning: &v1alpha1.S3BucketVersioning{}}},
	},
	{
		Control: "s3-access-logging", Settled: v1alpha1.Pass, set: loggedBuckets,
		Posture: v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{S3AccessLogging: &v1alpha1.S3AccessLogging{BucketName: "scene-access", Region: "us-east-1"}}},
	},
	{
		Control: "s3-bucket-encryption", Settled: v1alpha1.Pass, set: encryptedBuckets,
		Posture: v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketEncryption: &v1alpha1.S3BucketEncryption{Algorithm: "aws:kms"}}},
	},
	{
		Control: "s3-tls-only", Settled: v1alpha1.Pass, set: sharedBuckets,
		Posture: v1alpha1.Posture{DataInTransit: v1alpha1.DataInTransitPosture{S3TLSOnly: &v1alpha1.S3TLSOnly{}}},
	},
}

// openBuckets are one bucket in each region, as they were before S3 closed new ones.
func openBuckets(s *stage) {
	home, europe := s3.NewFromConfig(s.in("us-east-1")), s3.NewFromConfig(s.in("eu-west-1"))
	do(s, home.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("scene-logs")})
	do(s, europe.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("scene-photos"), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}})
	do(s, home.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: aws.String("scene-logs")})
	do(s, europe.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: aws.String("scene-photos")})
}

// loggedBuckets are one that could be logged, beside the one that takes the logs.
func loggedBuckets(s *stage) {
	client := s3.NewFromConfig(s.in("us-east-1"))
	for _, name := range []string{"scene-access", "scene-logs"} {
		do(s, client.CreateBucket, &s3.CreateBucketInput{Bucket: &name})
	}
	do(s, client.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: aws.String("scene-logs"), Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("team"), Value: aws.String("web")}}}})
	do(s, client.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: aws.String("scene-access"), Policy: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::scene-access/*"}]}`,
	)})
}

// encryptedBuckets have S3's own encryption, said in words.
func encryptedBuckets(s *stage) {
	openBuckets(s)
	ours := &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
		ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256},
	}}}
	do(s, s3.NewFromConfig(s.in("us-east-1")).PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: aws.String("scene-logs"), ServerSideEncryptionConfiguration: ours})
	do(s, s3.NewFromConfig(s.in("eu-west-1")).PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: aws.String("scene-photos"), ServerSideEncryptionConfiguration: ours})
}

// sharedBuckets are two buckets, of which one has a policy of its team's.
func sharedBuckets(s *stage) {
	openBuckets(s)
	do(s, s3.NewFromConfig(s.in("eu-west-1")).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: aws.String("scene-photos"), Policy: aws.String(
		`{"Version":"2012-10-17","Id":"team","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":["s3:GetObject"],"Resource":"arn:aws:s3:::scene-photos/*"}]}`,
	)})
}
