package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	control "github.com/aws/aws-sdk-go-v2/service/s3control/types"
)

const stranger = "100000000099"

func playS3(p *play) {
	home, europe, foreign := s3.NewFromConfig(p.in("us-east-1")), s3.NewFromConfig(p.in("eu-west-1")), s3.NewFromConfig(p.as(stranger))
	photos, logs, none := aws.String("contract-photos"), aws.String("contract-logs"), aws.String("contract-none")
	ireland := &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraintEuWest1}

	call(p, "list no buckets", home.ListBuckets, &s3.ListBucketsInput{})
	call(p, "create photos", home.CreateBucket, &s3.CreateBucketInput{Bucket: photos})
	call(p, "create logs in Ireland", europe.CreateBucket, &s3.CreateBucketInput{Bucket: logs, CreateBucketConfiguration: ireland})
	call(p, "create photos again", home.CreateBucket, &s3.CreateBucketInput{Bucket: photos})
	call(p, "create logs again", europe.CreateBucket, &s3.CreateBucketInput{Bucket: logs, CreateBucketConfiguration: ireland})
	call(p, "create another's bucket", foreign.CreateBucket, &s3.CreateBucketInput{Bucket: photos})
	call(p, "create without a place in Ireland", europe.CreateBucket, &s3.CreateBucketInput{Bucket: none})
	call(p, "list both", home.ListBuckets, &s3.ListBucketsInput{})
	call(p, "list both with regions", home.ListBuckets, &s3.ListBucketsInput{MaxBuckets: aws.Int32(10000)})
	call(p, "list by prefix", home.ListBuckets, &s3.ListBucketsInput{Prefix: aws.String("contract-l")})
	call(p, "list by region", home.ListBuckets, &s3.ListBucketsInput{BucketRegion: aws.String("eu-west-1")})
	first := call(p, "list a first page", home.ListBuckets, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1)})
	call(p, "list the next page", home.ListBuckets, &s3.ListBucketsInput{MaxBuckets: aws.Int32(1), ContinuationToken: first.ContinuationToken})
	call(p, "locate photos", home.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: photos})
	call(p, "locate logs", europe.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: logs})
	call(p, "locate no bucket", home.GetBucketLocation, &s3.GetBucketLocationInput{Bucket: none})
	call(p, "head photos", home.HeadBucket, &s3.HeadBucketInput{Bucket: photos})
	call(p, "head no bucket", home.HeadBucket, &s3.HeadBucketInput{Bucket: none})
	call(p, "head another's bucket", foreign.HeadBucket, &s3.HeadBucketInput{Bucket: photos})

	call(p, "read the block of a new bucket", home.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: photos})
	call(p, "delete the block", home.DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: photos})
	call(p, "read no block", home.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: photos})
	call(p, "put half a block", home.PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: photos, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true)}})
	call(p, "read half a block", home.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: photos})
	call(p, "put a block as another owner's", home.PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: photos, ExpectedBucketOwner: aws.String(stranger), PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)}})
	call(p, "put an empty block", home.PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: photos, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{}})
	call(p, "read a block as another owner's", home.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: photos, ExpectedBucketOwner: aws.String(stranger)})
	call(p, "read another's block", foreign.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: photos})
	call(p, "read the block of no bucket", home.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: none})
	call(p, "read a block in the wrong region", home.GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: logs})

	call(p, "read ownership of a new bucket", home.GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: photos})
	call(p, "put ownership", home.PutBucketOwnershipControls, &s3.PutBucketOwnershipControlsInput{Bucket: photos, OwnershipControls: &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipObjectWriter}}}})
	call(p, "read ownership", home.GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: photos})
	call(p, "delete ownership", home.DeleteBucketOwnershipControls, &s3.DeleteBucketOwnershipControlsInput{Bucket: photos})
	call(p, "read no ownership", home.GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: photos})

	version := func(status types.BucketVersioningStatus) *types.VersioningConfiguration {
		return &types.VersioningConfiguration{Status: status}
	}
	call(p, "read versioning never set", home.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: photos})
	call(p, "enable versioning", home.PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: photos, VersioningConfiguration: version(types.BucketVersioningStatusEnabled)})
	call(p, "read versioning enabled", home.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: photos})
	call(p, "suspend versioning", home.PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: photos, VersioningConfiguration: version(types.BucketVersioningStatusSuspended)})
	call(p, "read versioning suspended", home.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: photos})
	call(p, "enable versioning of no bucket", home.PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: none, VersioningConfiguration: version(types.BucketVersioningStatusEnabled)})
	call(p, "read versioning of no bucket", home.GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: none})

	sse := func(algorithm types.ServerSideEncryption, key *string) *types.ServerSideEncryptionConfiguration {
		return &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: algorithm, KMSMasterKeyID: key}, BucketKeyEnabled: aws.Bool(key != nil)}}}
	}
	call(p, "read encryption never set", home.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: photos})
	call(p, "encrypt with KMS", home.PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: photos, ServerSideEncryptionConfiguration: sse(types.ServerSideEncryptionAwsKms, nil)})
	call(p, "read encryption with KMS", home.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: photos})
	key := aws.String("arn:aws:kms:us-east-1:" + p.script.Account + ":key/11111111-2222-3333-4444-555555555555")
	call(p, "encrypt with a key", home.PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: photos, ServerSideEncryptionConfiguration: sse(types.ServerSideEncryptionAwsKms, key)})
	call(p, "read encryption with a key", home.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: photos})
	call(p, "encrypt without KMS with a key", home.PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: photos, ServerSideEncryptionConfiguration: sse(types.ServerSideEncryptionAes256, key)})
	call(p, "encrypt with no rule", home.PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: photos, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{}}})
	call(p, "delete encryption", home.DeleteBucketEncryption, &s3.DeleteBucketEncryptionInput{Bucket: photos})
	call(p, "read encryption deleted", home.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: photos})
	call(p, "read encryption of no bucket", home.GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: none})

	playS3Policy(p, home)

	tag := func(pairs ...string) *types.Tagging {
		tagging := &types.Tagging{TagSet: []types.Tag{}}
		for i := 0; i < len(pairs); i += 2 {
			tagging.TagSet = append(tagging.TagSet, types.Tag{Key: aws.String(pairs[i]), Value: aws.String(pairs[i+1])})
		}
		return tagging
	}
	call(p, "read tags never set", home.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: photos})
	call(p, "tag", home.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: photos, Tagging: tag("owner", "shop", "empty", "")})
	call(p, "read tags", home.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: photos})
	call(p, "tag twice the same", home.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: photos, Tagging: tag("owner", "a", "owner", "b")})
	call(p, "tag as AWS", home.PutBucketTagging, &s3.PutBucketTaggingInput{Bucket: photos, Tagging: tag("aws:owner", "a")})
	call(p, "delete tags", home.DeleteBucketTagging, &s3.DeleteBucketTaggingInput{Bucket: photos})
	call(p, "read tags deleted", home.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: photos})
	call(p, "read tags of no bucket", home.GetBucketTagging, &s3.GetBucketTaggingInput{Bucket: none})

	call(p, "delete another's bucket", foreign.DeleteBucket, &s3.DeleteBucketInput{Bucket: photos})
	call(p, "delete photos", home.DeleteBucket, &s3.DeleteBucketInput{Bucket: photos})
	call(p, "delete photos again", home.DeleteBucket, &s3.DeleteBucketInput{Bucket: photos})
	call(p, "list the one left", home.ListBuckets, &s3.ListBucketsInput{MaxBuckets: aws.Int32(10000)})

	call(p, "create with a bad name", home.CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("No_Name")})

	playS3Logging(p, home, foreign)
	playS3Control(p)
}

// playS3Logging plays logs of who reads and writes a bucket.
func playS3Logging(p *play, home, foreign *s3.Client) {
	site, access, theirs, none := aws.String("contract-site"), aws.String("contract-access"), aws.String("contract-theirs"), aws.String("contract-none")
	for _, name := range []*string{site, access} {
		unrecorded(p, home.CreateBucket, &s3.CreateBucketInput{Bucket: name})
	}
	unrecorded(p, foreign.CreateBucket, &s3.CreateBucketInput{Bucket: theirs})
	lets := func(client *s3.Client, name *string) {
		unrecorded(p, client.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: name, Policy: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::` + *name + `/*"}]}`,
		)})
	}
	lets(home, access)
	lets(foreign, theirs)
	lets(s3.NewFromConfig(p.in("eu-west-1")), aws.String("contract-logs"))
	status := func(to *string) *types.BucketLoggingStatus {
		return &types.BucketLoggingStatus{LoggingEnabled: &types.LoggingEnabled{TargetBucket: to, TargetPrefix: aws.String("site/")}}
	}
	put := func(step string, of, to *string) {
		call(p, step, home.PutBucketLogging, &s3.PutBucketLoggingInput{Bucket: of, BucketLoggingStatus: status(to)})
	}
	read := func(step string, client *s3.Client, of, owner *string) {
		call(p, step, client.GetBucketLogging, &s3.GetBucketLoggingInput{Bucket: of, ExpectedBucketOwner: owner})
	}
	off := &types.BucketLoggingStatus{}

	read("read the log of a new bucket", home, site, nil)
	put("log a bucket", site, access)
	put("log a bucket again", site, access)
	read("read the log", home, site, nil)
	put("log to no bucket", site, none)
	put("log to a bucket in another region", site, aws.String("contract-logs"))
	put("log to a bucket of another owner", site, theirs)
	put("log to a bucket that lets nobody deliver", access, site)
	put("log no bucket", none, access)
	put("log a bucket in the wrong region", aws.String("contract-logs"), access)
	call(p, "log a bucket as another owner's", home.PutBucketLogging, &s3.PutBucketLoggingInput{Bucket: site, ExpectedBucketOwner: aws.String(stranger), BucketLoggingStatus: status(access)})
	read("read the log still", home, site, nil)
	read("read the log as another owner's", home, site, aws.String(stranger))
	read("read another's log", foreign, site, nil)
	read("read the log of no bucket", home, none, nil)
	read("read a log in the wrong region", home, aws.String("contract-logs"), nil)
	call(p, "stop logging", home.PutBucketLogging, &s3.PutBucketLoggingInput{Bucket: site, BucketLoggingStatus: off})
	call(p, "stop logging again", home.PutBucketLogging, &s3.PutBucketLoggingInput{Bucket: site, BucketLoggingStatus: off})
	read("read the log stopped", home, site, nil)
}

const (
	publicRead = `{"Version":"2012-10-17","Statement":[{"Sid":"Public","Effect":"Allow","Principal":"*","Action":["s3:GetObject"],"Resource":"arn:aws:s3:::contract-photos/*"}]}`
	tlsOnly    = `{"Version":"2012-10-17","Statement":[{"Sid":"TLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::contract-photos","arn:aws:s3:::contract-photos/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`
)

func playS3Policy(p *play, home *s3.Client) {
	photos, none := aws.String("contract-photos"), aws.String("contract-none")
	put := func(step, policy string) {
		call(p, step, home.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: photos, Policy: aws.String(policy)})
	}
	call(p, "read no policy", home.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: photos})
	call(p, "read the status of no policy", home.GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: photos})
	put("put a policy", tlsOnly)
	call(p, "read the policy", home.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: photos})
	call(p, "read the policy's status", home.GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: photos})
	put("put a public policy", publicRead)
	call(p, "read the public policy", home.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: photos})
	call(p, "read the public policy's status", home.GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: photos})
	call(p, "block public policies", home.PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: photos, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)}})
	put("put a public policy where they are blocked", publicRead)
	put("put what is no policy", "no policy")
	put("put a policy without statements", `{"Version":"2012-10-17","Statement":[]}`)
	put("put a policy on another resource", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+stranger+`"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::elsewhere/*"}]}`)
	call(p, "delete the policy", home.DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: photos})
	call(p, "delete the policy again", home.DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: photos})
	call(p, "read the policy deleted", home.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: photos})
	call(p, "read the policy of no bucket", home.GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: none})
	call(p, "put a policy on no bucket", home.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: none, Policy: aws.String(tlsOnly)})
}

func playS3Control(p *play) {
	client, account := s3control.NewFromConfig(p.in("us-east-1")), aws.String(p.script.Account)
	call(p, "read no account block", client.GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: account})
	call(p, "put half an account block", client.PutPublicAccessBlock, &s3control.PutPublicAccessBlockInput{AccountId: account, PublicAccessBlockConfiguration: &control.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)}})
	call(p, "read half an account block", client.GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: account})
	call(p, "read another's account block", client.GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: aws.String(stranger)})
	call(p, "delete the account block", client.DeletePublicAccessBlock, &s3control.DeletePublicAccessBlockInput{AccountId: account})
	call(p, "read the account block deleted", client.GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: account})
}
