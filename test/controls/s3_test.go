package controls_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/internal/round"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

const (
	policyOfTeam = `{"Version":"2012-10-17","Id":"team","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":["s3:GetObject"],"Resource":"arn:aws:s3:::photos/*"}]}`
	key          = "arn:aws:kms:eu-west-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)

// scene is an account with an old bucket in each of two regions: open, never versioned,
// without a policy but for one statement of its team.
func buckets(t *testing.T) *fakeaws.Cloud {
	t.Helper()
	cloud := fakeaws.New()
	cloud.SetClock(func() time.Time { return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) })
	create(t, cloud, "logs", "us-east-1")
	create(t, cloud, "photos", "eu-west-1")
	cloud.SetClock(time.Now)
	if _, err := client(cloud, "eu-west-1").PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("photos"), Policy: aws.String(policyOfTeam)}); err != nil {
		t.Fatal(err)
	}
	cloud.Forget()
	return cloud
}

func create(t *testing.T, cloud *fakeaws.Cloud, name, region string) {
	t.Helper()
	in := &s3.CreateBucketInput{Bucket: aws.String(name)}
	if region != "us-east-1" {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
	}
	if _, err := client(cloud, region).CreateBucket(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func client(cloud *fakeaws.Cloud, region string) *s3.Client {
	config := cloud.ConfigFor(roundtrip.Account)
	config.Region = region
	return s3.NewFromConfig(config)
}

// declaredBuckets are the postures that declare one control each.
var declaredBuckets = map[string]v1alpha1.Posture{
	"s3-account-public-access-block": {DataAtRest: v1alpha1.DataAtRestPosture{S3AccountPublicAccessBlock: &v1alpha1.S3AccountPublicAccessBlock{}}},
	"s3-bucket-public-access-block":  {DataAtRest: v1alpha1.DataAtRestPosture{S3BucketPublicAccessBlock: &v1alpha1.S3BucketPublicAccessBlock{}}},
	"s3-bucket-versioning":           {DataAtRest: v1alpha1.DataAtRestPosture{S3BucketVersioning: &v1alpha1.S3BucketVersioning{}}},
	"s3-bucket-encryption":           {DataAtRest: v1alpha1.DataAtRestPosture{S3BucketEncryption: &v1alpha1.S3BucketEncryption{}}},
	"s3-tls-only":                    {DataInTransit: v1alpha1.DataInTransitPosture{S3TLSOnly: &v1alpha1.S3TLSOnly{}}},
}

func all() v1alpha1.Posture {
	var whole v1alpha1.Posture
	for _, one := range declaredBuckets {
		d := one.DataAtRest
		switch {
		case d.S3AccountPublicAccessBlock != nil:
			whole.DataAtRest.S3AccountPublicAccessBlock = d.S3AccountPublicAccessBlock
		case d.S3BucketPublicAccessBlock != nil:
			whole.DataAtRest.S3BucketPublicAccessBlock = d.S3BucketPublicAccessBlock
		case d.S3BucketVersioning != nil:
			whole.DataAtRest.S3BucketVersioning = d.S3BucketVersioning
		case d.S3BucketEncryption != nil:
			whole.DataAtRest.S3BucketEncryption = d.S3BucketEncryption
		default:
			whole.DataInTransit.S3TLSOnly = one.DataInTransit.S3TLSOnly
		}
	}
	return whole
}

func bucketRig(cloud *fakeaws.Cloud, posture v1alpha1.Posture) *roundtrip.Rig {
	return roundtrip.New(cloud.Config(), cloud.Now, posture)
}

func look(t *testing.T, r *roundtrip.Rig) round.Result {
	t.Helper()
	result, err := r.Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// judged are the verdicts of a control by resource id.
func judgedBuckets(result round.Result, control string) map[string]posture.Judged {
	byID := map[string]posture.Judged{}
	for _, c := range result.Report.Controls {
		if c.Control.ID == control {
			for _, j := range c.Judged {
				byID[j.Ref.ID] = j
			}
		}
	}
	return byID
}

// All controls at once: nothing is planned twice, and one list serves them all.
func TestRoundTripOfAll(t *testing.T) {
	cloud := buckets(t)
	r := bucketRig(cloud, all())
	for control := range declaredBuckets {
		r.Mends(t, control, v1alpha1.Pass)
	}
	cloud.Forget()
	look(t, r)
	calls := map[string]int{}
	for _, call := range cloud.Calls() {
		calls[call.Operation]++
	}
	for operation, want := range map[string]int{
		"s3:ListBuckets": 1, "s3control:GetPublicAccessBlock": 1, "s3:GetPublicAccessBlock": 2, "s3:GetBucketVersioning": 2, "s3:GetBucketEncryption": 2, "s3:GetBucketPolicy": 2, "s3:GetBucketLocation": 0, "s3:GetBucketTagging": 0,
	} {
		if calls[operation] != want {
			t.Errorf("%s: %d calls, want %d", operation, calls[operation], want)
		}
	}
	if writes := cloud.Writes(); len(writes) != 0 {
		t.Errorf("a further round wrote %v", writes)
	}
}

// What the team's policy said is still there, word by word, beside our statement.
func TestTLSOnlyKeepsThePolicy(t *testing.T) {
	cloud := buckets(t)
	bucketRig(cloud, declaredBuckets["s3-tls-only"]).Mends(t, "s3-tls-only", v1alpha1.Pass)
	got, err := client(cloud, "eu-west-1").GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("photos")})
	if err != nil {
		t.Fatal(err)
	}
	const kept = `{"Version":"2012-10-17","Id":"team","Statement":[{"Sid":"Read","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::photos/*"},`
	if !strings.HasPrefix(*got.Policy, kept) || !strings.Contains(*got.Policy, "GuardrailsDenyInsecureTransport") {
		t.Errorf("got %s", *got.Policy)
	}
}

func TestEncryptionByTheDeclaredKey(t *testing.T) {
	cloud := buckets(t)
	r := bucketRig(cloud, v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketEncryption: &v1alpha1.S3BucketEncryption{Algorithm: "aws:kms", KMSKeyARN: key}}})
	first := look(t, r)
	if _, err := r.Apply(t.Context(), first.Plan); err != nil {
		t.Fatal(err)
	}
	got := judgedBuckets(look(t, r), "s3-bucket-encryption")
	if got["photos"].Verdict.Status != v1alpha1.Pass {
		t.Errorf("the bucket of the key's region: %v", got["photos"].Verdict)
	}
	if far := got["logs"]; far.Verdict.Status != v1alpha1.Fail || len(far.Mend) != 0 || !strings.Contains(far.ByHand, "another region") {
		t.Errorf("the bucket of another region: %v, %v, by hand %q", far.Verdict, far.Mend, far.ByHand)
	}
}

// A key of another account is left to a person, and what uses a key says which.
func TestEncryptionByAKeyOfAnotherAccount(t *testing.T) {
	leaf := &v1alpha1.S3BucketEncryption{Algorithm: "aws:kms", KMSKeyARN: strings.Replace(key, roundtrip.Account, "222222222222", 1)}
	r := bucketRig(buckets(t), v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketEncryption: leaf}})
	r.TakesAPerson(t, "s3-bucket-encryption")
	for _, held := range look(t, r).Plan.Held {
		if held.Ref.ID == "photos" && !strings.Contains(held.ByHand, leaf.KMSKeyARN+" is of account 222222222222") {
			t.Errorf("by hand: %q", held.ByHand)
		}
	}
	leaf.KMSKeyARN = key
	if plan := look(t, r).Plan; len(plan.Changes) != 1 || plan.Changes[0].Title != "encrypt new objects of bucket photos with aws:kms with "+key {
		t.Errorf("plans %+v", plan.Changes)
	}
}

func TestAccountBlockOfTheOrganization(t *testing.T) {
	cloud := buckets(t)
	r := bucketRig(cloud, declaredBuckets["s3-account-public-access-block"])
	first := look(t, r)
	cloud.OrganizationBlocksPublicAccess(roundtrip.Account)
	if got := judgedBuckets(look(t, r), "s3-account-public-access-block")[roundtrip.Account]; got.Verdict.Status != v1alpha1.Pass {
		t.Errorf("under the organization's block: %v", got.Verdict)
	}
	journal, err := r.Apply(t.Context(), first.Plan)
	if err != nil || journal.Entries[0].Result != v1alpha1.CallAlreadySo {
		t.Errorf("a plan from before it: %v, %v", journal.Entries, err)
	}
}
