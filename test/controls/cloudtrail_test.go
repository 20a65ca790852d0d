package controls_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

const manager = "222222222222"

func declaredTrail(leaf v1alpha1.CloudTrailMultiRegion) v1alpha1.Posture {
	return v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{CloudTrailMultiRegion: &leaf, CloudTrailLogValidation: &v1alpha1.CloudTrailLogValidation{}}}
}

func trailRig(cloud *fakeaws.Cloud, leaf v1alpha1.CloudTrailMultiRegion) *roundtrip.Rig {
	return roundtrip.New(cloud.Config(), cloud.Now, declaredTrail(leaf))
}

func trailsIn(cloud *fakeaws.Cloud, account, region string) *cloudtrail.Client {
	config := cloud.ConfigFor(account)
	config.Region = region
	return cloudtrail.NewFromConfig(config)
}

// bucketFor makes a bucket that the account's trails may deliver to.
func bucketFor(t *testing.T, cloud *fakeaws.Cloud, account, name string) {
	t.Helper()
	admin := s3.NewFromConfig(cloud.ConfigFor(account))
	policy := strings.NewReplacer("BUCKET", name, "ACCOUNT", account).Replace(`{"Version":"2012-10-17","Statement":[
		{"Sid":"Theirs","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::BUCKET"},
		{"Sid":"TheirsToo","Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET/AWSLogs/ACCOUNT/*"}]}`)
	_, err := admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String(name)})
	if err == nil {
		_, err = admin.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(name), Policy: aws.String(policy)})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// trail makes a trail of the account in the region; change makes it different from the default.
func trail(t *testing.T, cloud *fakeaws.Cloud, account, region, name string, change func(*cloudtrail.CreateTrailInput)) {
	t.Helper()
	in := trailsIn(cloud, account, region)
	input := &cloudtrail.CreateTrailInput{Name: aws.String(name), S3BucketName: aws.String("logs-" + account), IsMultiRegionTrail: aws.Bool(true), EnableLogFileValidation: aws.Bool(true)}
	change(input)
	_, err := in.CreateTrail(t.Context(), input)
	if err == nil {
		_, err = in.StartLogging(t.Context(), &cloudtrail.StartLoggingInput{Name: aws.String(name)})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func asItIs(*cloudtrail.CreateTrailInput) {}

func TestNoTrailRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	r := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{})
	r.Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
	r.Rests(t, cloud, "cloudtrail-multi-region", v1alpha1.Pass)
	r.Rests(t, cloud, "cloudtrail-log-validation", v1alpha1.Pass)
	if n := len(cloud.Calls()); n != 5 {
		t.Errorf("a round with one trail took %d calls, want DescribeTrails, ListTrails, GetTrailStatus, GetEventSelectors, ListBuckets", n)
	}
}

func TestNoTrailRoundTripOutsideNorthernVirginia(t *testing.T) {
	cloud := fakeaws.New()
	r := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{})
	r.Target.Home = "eu-west-1"
	r.Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
}

func TestTrailWaitsForItsRoleToBeKnown(t *testing.T) {
	cloud := fakeaws.New()
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("cloudtrail:CreateTrail"), Err: &types.InvalidCloudWatchLogsRoleArnException{}, Times: 5})
	trailRig(cloud, v1alpha1.CloudTrailMultiRegion{}).Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
}

func TestTrailIntoAnExistingBucketKeepsItsPolicy(t *testing.T) {
	cloud := fakeaws.New()
	bucketFor(t, cloud, roundtrip.Account, "archive")
	r := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{BucketName: "archive"})
	r.Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
	out, err := s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("archive")})
	if err != nil {
		t.Fatal(err)
	}
	for _, sid := range []string{`"Theirs"`, `"TheirsToo"`, `"GuardrailsTrailCheck"`, `"GuardrailsTrailWrite"`} {
		if !strings.Contains(*out.Policy, sid) {
			t.Errorf("the policy lacks %s: %s", sid, *out.Policy)
		}
	}
	if strings.Contains(*out.Policy, "Deny") {
		t.Errorf("the policy of a bucket that is not ours denies: %s", *out.Policy)
	}
}

func TestTrailTakesNoBucketOver(t *testing.T) {
	for name, row := range map[string]struct {
		leaf v1alpha1.CloudTrailMultiRegion
		seed func(*testing.T, *fakeaws.Cloud)
		call string
		says string
	}{
		"our name, another account": {
			v1alpha1.CloudTrailMultiRegion{},
			func(t *testing.T, cloud *fakeaws.Cloud) {
				bucketFor(t, cloud, manager, "guardrails-trail-"+roundtrip.Account+"-us-east-1")
			},
			"s3:CreateBucket", "BucketAlreadyExists",
		},
		"the declared one, another account": {
			v1alpha1.CloudTrailMultiRegion{BucketName: "archive"},
			func(t *testing.T, cloud *fakeaws.Cloud) { bucketFor(t, cloud, manager, "archive") },
			"s3:PutBucketPolicy", "account 111111111111 has no bucket archive",
		},
		"the declared one, nowhere": {
			v1alpha1.CloudTrailMultiRegion{BucketName: "archive"}, func(*testing.T, *fakeaws.Cloud) {}, "s3:PutBucketPolicy", "account 111111111111 has no bucket archive",
		},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := fakeaws.New()
			row.seed(t, cloud)
			r := trailRig(cloud, row.leaf)
			result, err := r.Round(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			cloud.Forget()
			journal, err := r.Apply(t.Context(), result.Plan)
			if err != nil {
				t.Fatal(err)
			}
			last := journal.Entries[len(journal.Entries)-1]
			if last.Call != row.call || last.Result != v1alpha1.CallFailed || !strings.Contains(last.Message, row.says) {
				t.Errorf("got %+v", last)
			}
			for _, write := range cloud.Writes() {
				if write.Err == nil {
					t.Errorf("wrote %s", write.Operation)
				}
			}
		})
	}
}

// The bucket that comes with the trail is closed, and reached over TLS alone, from the start.
func TestOwnBucketIsHeldToTheControlsOnBuckets(t *testing.T) {
	cloud := fakeaws.New()
	r := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{})
	r.Posture.DataAtRest.S3BucketPublicAccessBlock = &v1alpha1.S3BucketPublicAccessBlock{}
	r.Posture.DataInTransit.S3TLSOnly = &v1alpha1.S3TLSOnly{}
	r.Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
	r.Rests(t, cloud, "s3-bucket-public-access-block", v1alpha1.Pass)
	r.Rests(t, cloud, "s3-tls-only", v1alpha1.Pass)
}

func TestATrailMadeMeanwhileStopsTheChain(t *testing.T) {
	cloud := fakeaws.New()
	r := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{})
	result, err := r.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
	trail(t, cloud, roundtrip.Account, "us-east-1", "audit", asItIs)
	cloud.Forget()
	journal, err := r.Apply(t.Context(), result.Plan)
	if err != nil || len(journal.Entries) != 1 || journal.Entries[0].Result != v1alpha1.CallChanged || len(cloud.Writes()) != 0 {
		t.Errorf("got %+v, %v, wrote %v", journal.Entries, err, cloud.Writes())
	}
}
