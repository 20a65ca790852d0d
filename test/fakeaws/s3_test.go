package fakeaws_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"
	"github.com/aws/smithy-go"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const s3Owner, s3Stranger = "111111111111", "222222222222"

// s3Code is the error's code, "" for none.
func s3Code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func wantS3Code(t *testing.T, err error, want string) {
	t.Helper()
	if got := s3Code(err); got != want {
		t.Errorf("got %q, want %q (%v)", got, want, err)
	}
}

func s3In(cloud *fakeaws.Cloud, account, region string) *s3.Client {
	config := cloud.ConfigFor(account)
	config.Region = region
	return s3.NewFromConfig(config)
}

func newS3Bucket(t *testing.T, client *s3.Client, name string) {
	t.Helper()
	in := &s3.CreateBucketInput{Bucket: aws.String(name)}
	if region := client.Options().Region; region != "us-east-1" {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
	}
	if _, err := client.CreateBucket(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func TestBucketNames(t *testing.T) {
	cloud := fakeaws.New()
	home, europe, stranger := s3In(cloud, s3Owner, "us-east-1"), s3In(cloud, s3Owner, "eu-west-1"), s3In(cloud, s3Stranger, "us-east-1")
	newS3Bucket(t, home, "home")
	newS3Bucket(t, europe, "europe")

	create := func(client *s3.Client, name string, at types.BucketLocationConstraint) error {
		in := &s3.CreateBucketInput{Bucket: aws.String(name)}
		if at != "" {
			in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: at}
		}
		_, err := client.CreateBucket(t.Context(), in)
		return err
	}
	wantS3Code(t, create(home, "home", ""), "")
	wantS3Code(t, create(europe, "europe", "eu-west-1"), "BucketAlreadyOwnedByYou")
	wantS3Code(t, create(stranger, "home", ""), "BucketAlreadyExists")
	wantS3Code(t, create(europe, "nowhere", ""), "IllegalLocationConstraintException")
	wantS3Code(t, create(europe, "elsewhere", "eu-central-1"), "IllegalLocationConstraintException")
	wantS3Code(t, create(home, "named", "us-east-1"), "InvalidLocationConstraint")
	wantS3Code(t, create(home, "No_Name", ""), "InvalidBucketName")

	head := func(client *s3.Client, name string) error {
		_, err := client.HeadBucket(t.Context(), &s3.HeadBucketInput{Bucket: aws.String(name)})
		return err
	}
	wantS3Code(t, head(home, "home"), "")
	wantS3Code(t, head(home, "europe"), "MovedPermanently")
	wantS3Code(t, head(stranger, "home"), "Forbidden")
	wantS3Code(t, head(home, "absent"), "NotFound")

	for name, want := range map[string]types.BucketLocationConstraint{"home": "", "europe": "eu-west-1"} {
		got, err := home.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: aws.String(name)})
		if err != nil || got.LocationConstraint != want {
			t.Errorf("location of %s: got %v, %v, want %q", name, got, err, want)
		}
	}
	_, err := home.DeleteBucket(t.Context(), &s3.DeleteBucketInput{Bucket: aws.String("home")})
	wantS3Code(t, err, "")
	_, err = home.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("home")})
	wantS3Code(t, err, "NoSuchBucket")
}

func TestListBucketsPagesAndLocates(t *testing.T) {
	cloud := fakeaws.New()
	home := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, home, "aaa")
	newS3Bucket(t, s3In(cloud, s3Owner, "eu-west-1"), "bbb")
	newS3Bucket(t, home, "ccc")
	newS3Bucket(t, s3In(cloud, s3Stranger, "us-east-1"), "foreign")

	plain, err := home.ListBuckets(t.Context(), &s3.ListBucketsInput{})
	if err != nil || len(plain.Buckets) != 3 || plain.Buckets[0].BucketRegion != nil {
		t.Fatalf("without parameters: got %v, %v, want three buckets without a region", plain, err)
	}
	var names []string
	pages := s3.NewListBucketsPaginator(home, &s3.ListBucketsInput{MaxBuckets: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range page.Buckets {
			names = append(names, aws.ToString(b.Name)+"@"+aws.ToString(b.BucketRegion))
		}
	}
	if got := strings.Join(names, " "); got != "aaa@us-east-1 bbb@eu-west-1 ccc@us-east-1" {
		t.Errorf("paged: got %s", got)
	}
}

func TestBucketOwner(t *testing.T) {
	cloud := fakeaws.New()
	home := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, home, "mine")
	_, err := home.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("mine"), ExpectedBucketOwner: aws.String(s3Owner)})
	wantS3Code(t, err, "")
	_, err = home.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("mine"), ExpectedBucketOwner: aws.String(s3Stranger)})
	wantS3Code(t, err, "AccessDenied")
	_, err = s3In(cloud, s3Stranger, "us-east-1").GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("mine")})
	wantS3Code(t, err, "AccessDenied")
	_, err = s3In(cloud, s3Owner, "eu-west-1").GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("mine")})
	wantS3Code(t, err, "PermanentRedirect")
}

// Buckets have been closed by default since April 2023; older ones are as they were made.
func TestBucketDefaults(t *testing.T) {
	cloud := fakeaws.New()
	home := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, home, "new")
	cloud.SetClock(func() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) })
	newS3Bucket(t, home, "old")
	cloud.SetClock(time.Now)

	for name, want := range map[string][2]string{"new": {"", ""}, "old": {"NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError"}} {
		_, err := home.GetPublicAccessBlock(t.Context(), &s3.GetPublicAccessBlockInput{Bucket: aws.String(name)})
		wantS3Code(t, err, want[0])
		_, err = home.GetBucketOwnershipControls(t.Context(), &s3.GetBucketOwnershipControlsInput{Bucket: aws.String(name)})
		wantS3Code(t, err, want[1])
		versioning, err := home.GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String(name)})
		if err != nil || versioning.Status != "" {
			t.Errorf("versioning of %s: got %q, %v, want none", name, versioning.Status, err)
		}
		encryption, err := home.GetBucketEncryption(t.Context(), &s3.GetBucketEncryptionInput{Bucket: aws.String(name)})
		if err != nil || encryption.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm != types.ServerSideEncryptionAes256 {
			t.Errorf("encryption of %s: got %v, %v, want AES256", name, encryption, err)
		}
		_, err = home.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: aws.String(name)})
		wantS3Code(t, err, "NoSuchTagSet")
		_, err = home.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(name)})
		wantS3Code(t, err, "NoSuchBucketPolicy")
	}
}

func TestBucketVersioning(t *testing.T) {
	cloud := fakeaws.New()
	home := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, home, "plain")
	if _, err := home.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("locked"), ObjectLockEnabledForBucket: aws.Bool(true)}); err != nil {
		t.Fatal(err)
	}
	put := func(name string, config types.VersioningConfiguration) error {
		_, err := home.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: aws.String(name), VersioningConfiguration: &config})
		return err
	}
	wantS3Code(t, put("plain", types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}), "")
	wantS3Code(t, put("plain", types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended}), "")
	wantS3Code(t, put("locked", types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended}), "InvalidBucketState")
	wantS3Code(t, put("plain", types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled, MFADelete: types.MFADeleteEnabled}), "InvalidRequest")
	wantS3Code(t, put("plain", types.VersioningConfiguration{}), "IllegalVersioningConfigurationException")
}

func TestBucketEncryptionRules(t *testing.T) {
	cloud := fakeaws.New()
	home := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, home, "box")
	put := func(byDefault types.ServerSideEncryptionByDefault) error {
		_, err := home.PutBucketEncryption(t.Context(), &s3.PutBucketEncryptionInput{
			Bucket:                            aws.String("box"),
			ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &byDefault}}},
		})
		return err
	}
	wantS3Code(t, put(types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKmsDsse}), "")
	wantS3Code(t, put(types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAes256, KMSMasterKeyID: aws.String("alias/mine")}), "InvalidArgument")
	wantS3Code(t, put(types.ServerSideEncryptionByDefault{SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: aws.String("arn:aws:kms:eu-west-1:111111111111:key/k")}), "KMS.NotFoundException")
}

func TestBucketTagging(t *testing.T) {
	cloud := fakeaws.New()
	home := s3In(cloud, s3Owner, "us-east-1")
	newS3Bucket(t, home, "box")
	put := func(keys ...string) error {
		var tags []types.Tag
		for _, key := range keys {
			tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String("x")})
		}
		_, err := home.PutBucketTagging(t.Context(), &s3.PutBucketTaggingInput{Bucket: aws.String("box"), Tagging: &types.Tagging{TagSet: tags}})
		return err
	}
	cloud.TagBucket(s3Owner, "box", "aws:cloudformation:stack-name", "web")
	wantS3Code(t, put("team"), "")
	wantS3Code(t, put("aws:mine"), "InvalidTag")
	wantS3Code(t, put("team", "team"), "InvalidTag")
	got, err := home.GetBucketTagging(t.Context(), &s3.GetBucketTaggingInput{Bucket: aws.String("box")})
	if err != nil || len(got.TagSet) != 2 {
		t.Errorf("got %v, %v, want the stack's tag and the team's", got, err)
	}
}

func TestAccountPublicAccessBlock(t *testing.T) {
	cloud := fakeaws.New()
	client := s3control.NewFromConfig(cloud.ConfigFor(s3Owner))
	get := func(account string) (*s3control.GetPublicAccessBlockOutput, error) {
		return client.GetPublicAccessBlock(t.Context(), &s3control.GetPublicAccessBlockInput{AccountId: aws.String(account)})
	}
	put := func(account string) error {
		_, err := client.PutPublicAccessBlock(t.Context(), &s3control.PutPublicAccessBlockInput{
			AccountId: aws.String(account), PublicAccessBlockConfiguration: &controltypes.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)},
		})
		return err
	}
	_, err := get(s3Owner)
	wantS3Code(t, err, "NoSuchPublicAccessBlockConfiguration")
	_, err = get(s3Stranger)
	wantS3Code(t, err, "AccessDenied")
	wantS3Code(t, put(s3Stranger), "AccessDenied")
	wantS3Code(t, put(s3Owner), "")
	if got, err := get(s3Owner); err != nil || !*got.PublicAccessBlockConfiguration.BlockPublicAcls || *got.PublicAccessBlockConfiguration.IgnorePublicAcls {
		t.Errorf("got %v, %v, want one part on and the others off, not absent", got, err)
	}
	cloud.OrganizationBlocksPublicAccess(s3Owner)
	if got, err := get(s3Owner); err != nil || !*got.PublicAccessBlockConfiguration.RestrictPublicBuckets {
		t.Errorf("under an organization's block: got %v, %v, want all on", got, err)
	}
	wantS3Code(t, put(s3Owner), "AccessDenied")
}
