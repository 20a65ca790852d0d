package cloudtrail_test

import (
	"slices"
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

func declared(leaf v1alpha1.CloudTrailMultiRegion) v1alpha1.Posture {
	return v1alpha1.Posture{Logging: v1alpha1.LoggingPosture{CloudTrailMultiRegion: &leaf, CloudTrailLogValidation: &v1alpha1.CloudTrailLogValidation{}}}
}

func rig(cloud *fakeaws.Cloud, leaf v1alpha1.CloudTrailMultiRegion) *roundtrip.Rig {
	return roundtrip.New(cloud.Config(), cloud.Now, declared(leaf))
}

func in(cloud *fakeaws.Cloud, account, region string) *cloudtrail.Client {
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
	in := in(cloud, account, region)
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
	r := rig(cloud, v1alpha1.CloudTrailMultiRegion{})
	r.Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
	r.Rests(t, cloud, "cloudtrail-multi-region", v1alpha1.Pass)
	r.Rests(t, cloud, "cloudtrail-log-validation", v1alpha1.Pass)
	if n := len(cloud.Calls()); n != 4 {
		t.Errorf("a round with one trail took %d calls, want DescribeTrails, ListTrails, GetTrailStatus, GetEventSelectors", n)
	}
}

func TestNoTrailRoundTripOutsideNorthernVirginia(t *testing.T) {
	cloud := fakeaws.New()
	r := rig(cloud, v1alpha1.CloudTrailMultiRegion{})
	r.Target.Home = "eu-west-1"
	r.Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
}

func TestTrailChainSurvivesACrashAtEveryStep(t *testing.T) {
	roundtrip.Crashes(t, func(*testing.T) (*fakeaws.Cloud, *roundtrip.Rig) {
		cloud := fakeaws.New()
		return cloud, rig(cloud, v1alpha1.CloudTrailMultiRegion{})
	}, "cloudtrail-multi-region", v1alpha1.Pass)
}

func TestTrailWaitsForItsRoleToBeKnown(t *testing.T) {
	cloud := fakeaws.New()
	cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("cloudtrail:CreateTrail"), Err: &types.InvalidCloudWatchLogsRoleArnException{}, Times: 5})
	rig(cloud, v1alpha1.CloudTrailMultiRegion{}).Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
}

func TestTrailIntoAnExistingBucketKeepsItsPolicy(t *testing.T) {
	cloud := fakeaws.New()
	bucketFor(t, cloud, roundtrip.Account, "archive")
	r := rig(cloud, v1alpha1.CloudTrailMultiRegion{BucketName: "archive"})
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
			r := rig(cloud, row.leaf)
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

func TestOwnTrailIsMended(t *testing.T) {
	narrow := func(in *cloudtrail.CreateTrailInput) { in.IsMultiRegionTrail = aws.Bool(false) }
	for name, row := range map[string]struct {
		seed   func(*testing.T, *fakeaws.Cloud)
		writes []string
		risk   v1alpha1.Risk
	}{
		"stopped": {func(t *testing.T, cloud *fakeaws.Cloud) {
			trail(t, cloud, roundtrip.Account, "eu-west-1", "audit", asItIs)
			if _, err := in(cloud, roundtrip.Account, "eu-west-1").StopLogging(t.Context(), &cloudtrail.StopLoggingInput{Name: aws.String("audit")}); err != nil {
				t.Fatal(err)
			}
		}, []string{"eu-west-1 cloudtrail:StartLogging"}, v1alpha1.Safe},
		"of one region": {func(t *testing.T, cloud *fakeaws.Cloud) {
			trail(t, cloud, roundtrip.Account, "us-east-1", "audit", narrow)
		}, []string{"us-east-1 cloudtrail:UpdateTrail"}, v1alpha1.Safe},
		"of one region, one of two": {func(t *testing.T, cloud *fakeaws.Cloud) {
			trail(t, cloud, roundtrip.Account, "us-east-1", "audit", narrow)
			trail(t, cloud, roundtrip.Account, "us-east-1", "other", narrow)
		}, []string{"us-east-1 cloudtrail:UpdateTrail"}, v1alpha1.Costly},
		"writes only": {func(t *testing.T, cloud *fakeaws.Cloud) {
			trail(t, cloud, roundtrip.Account, "us-east-1", "audit", asItIs)
			selectors(t, cloud, &cloudtrail.PutEventSelectorsInput{EventSelectors: []types.EventSelector{{ReadWriteType: types.ReadWriteTypeWriteOnly}}})
		}, []string{"us-east-1 cloudtrail:PutEventSelectors"}, v1alpha1.Safe},
		"without KMS": {func(t *testing.T, cloud *fakeaws.Cloud) {
			trail(t, cloud, roundtrip.Account, "us-east-1", "audit", asItIs)
			selectors(t, cloud, &cloudtrail.PutEventSelectorsInput{EventSelectors: []types.EventSelector{{ExcludeManagementEventSources: []string{"kms.amazonaws.com"}}}})
		}, []string{"us-east-1 cloudtrail:PutEventSelectors"}, v1alpha1.Costly},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := fakeaws.New()
			bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
			row.seed(t, cloud)
			r := rig(cloud, v1alpha1.CloudTrailMultiRegion{})
			result, err := r.Round(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if changes := result.Plan.Changes; len(changes) != 1 || changes[0].Risk != row.risk {
				t.Errorf("planned %+v, want one %s change", changes, row.risk)
			}
			cloud.Forget()
			r.Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
			var writes []string
			for _, call := range cloud.Writes() {
				writes = append(writes, call.Region+" "+call.Operation)
			}
			if !slices.Equal(writes, row.writes) {
				t.Errorf("wrote %v, want %v", writes, row.writes)
			}
			r.Rests(t, cloud, "cloudtrail-multi-region", v1alpha1.Pass)
		})
	}
}

func selectors(t *testing.T, cloud *fakeaws.Cloud, input *cloudtrail.PutEventSelectorsInput) {
	t.Helper()
	input.TrailName = aws.String("audit")
	if _, err := in(cloud, roundtrip.Account, "us-east-1").PutEventSelectors(t.Context(), input); err != nil {
		t.Fatal(err)
	}
}

func TestSelectorsKeepTheirDataEvents(t *testing.T) {
	cloud := fakeaws.New()
	bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
	trail(t, cloud, roundtrip.Account, "us-east-1", "audit", asItIs)
	data := types.AdvancedEventSelector{Name: aws.String("objects"), FieldSelectors: []types.AdvancedFieldSelector{
		{Field: aws.String("eventCategory"), Equals: []string{"Data"}}, {Field: aws.String("resources.type"), Equals: []string{"AWS::S3::Object"}}, {Field: aws.String("readOnly"), Equals: []string{"false"}},
	}}
	selectors(t, cloud, &cloudtrail.PutEventSelectorsInput{AdvancedEventSelectors: []types.AdvancedEventSelector{
		{FieldSelectors: []types.AdvancedFieldSelector{{Field: aws.String("eventCategory"), Equals: []string{"Management"}}, {Field: aws.String("readOnly"), Equals: []string{"false"}}}}, data,
	}})
	rig(cloud, v1alpha1.CloudTrailMultiRegion{}).Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
	out, err := in(cloud, roundtrip.Account, "us-east-1").GetEventSelectors(t.Context(), &cloudtrail.GetEventSelectorsInput{TrailName: aws.String("audit")})
	if err != nil || len(out.AdvancedEventSelectors) != 2 || *out.AdvancedEventSelectors[1].Name != "objects" || len(out.AdvancedEventSelectors[1].FieldSelectors) != 3 {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestOrganizationTrailIsInherited(t *testing.T) {
	cloud := fakeaws.New()
	cloud.ShareTrails(manager, roundtrip.Account)
	bucketFor(t, cloud, manager, "logs-"+manager)
	trail(t, cloud, manager, "us-east-1", "organization", func(in *cloudtrail.CreateTrailInput) { in.IsOrganizationTrail = aws.Bool(true) })
	result, err := rig(cloud, v1alpha1.CloudTrailMultiRegion{}).Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, control := range result.Report.Controls {
		if v := control.Judged[0].Verdict; v.Status != v1alpha1.Pass || v.Reason != "Inherited" {
			t.Errorf("%s: got %+v", control.Control.ID, v)
		}
	}
}

func TestBrokenDeliveryIsForAPerson(t *testing.T) {
	cloud := fakeaws.New()
	bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
	trail(t, cloud, roundtrip.Account, "us-east-1", "audit", asItIs)
	if _, err := s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String("logs-" + roundtrip.Account)}); err != nil {
		t.Fatal(err)
	}
	result, err := rig(cloud, v1alpha1.CloudTrailMultiRegion{}).Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	judged := result.Report.Controls[1].Judged[0]
	if judged.Verdict.Reason != "DeliveryFailing" || len(result.Plan.Changes) != 0 || !strings.Contains(judged.ByHand, "get-bucket-policy --bucket logs-111111111111") {
		t.Errorf("got %+v, planned %v", judged, result.Plan.Changes)
	}
}

func TestLogValidationRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
	off := func(in *cloudtrail.CreateTrailInput) { in.EnableLogFileValidation = aws.Bool(false) }
	trail(t, cloud, roundtrip.Account, "us-east-1", "audit", off)
	trail(t, cloud, roundtrip.Account, "eu-west-1", "regional", func(in *cloudtrail.CreateTrailInput) {
		off(in)
		in.IsMultiRegionTrail = aws.Bool(false)
	})
	r := rig(cloud, v1alpha1.CloudTrailMultiRegion{})
	r.Mends(t, "cloudtrail-log-validation", v1alpha1.Pass)
	r.Rests(t, cloud, "cloudtrail-log-validation", v1alpha1.Pass)
}

func TestTrailsOfOtherToolsAreLeftAlone(t *testing.T) {
	cloud := fakeaws.New()
	bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
	trail(t, cloud, roundtrip.Account, "us-east-1", "audit", func(in *cloudtrail.CreateTrailInput) {
		in.IsMultiRegionTrail, in.EnableLogFileValidation = nil, nil
		in.TagsList = []types.Tag{{Key: aws.String("aws:cloudformation:stack-name"), Value: aws.String("audit")}}
	})
	result, err := rig(cloud, v1alpha1.CloudTrailMultiRegion{}).Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Plan.Changes) != 0 || len(result.Plan.Held) != 2 || result.Plan.Held[0].ManagedElsewhere != "CloudFormation audit" || result.Plan.Held[1].ManagedElsewhere != "CloudFormation audit" {
		t.Errorf("got %+v", result.Plan)
	}
}

func TestDeniedReads(t *testing.T) {
	unknown := map[string][]string{
		"cloudtrail:DescribeTrails":    {"cloudtrail-log-validation", "cloudtrail-multi-region"},
		"cloudtrail:ListTrails":        {"cloudtrail-log-validation"},
		"cloudtrail:GetTrailStatus":    {"cloudtrail-multi-region"},
		"cloudtrail:GetEventSelectors": {"cloudtrail-multi-region"},
	}
	for operation, controls := range unknown {
		t.Run(operation, func(t *testing.T) {
			cloud := fakeaws.New()
			bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
			trail(t, cloud, roundtrip.Account, "us-east-1", "audit", asItIs)
			cloud.Deny(operation)
			result, err := rig(cloud, v1alpha1.CloudTrailMultiRegion{}).Round(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, control := range result.Report.Controls {
				v := control.Judged[0].Verdict
				if want := slices.Contains(controls, control.Control.ID); want != (v.Status == v1alpha1.Unknown) || want && !strings.Contains(v.Message, "missing permission "+operation) {
					t.Errorf("%s: got %+v", control.Control.ID, v)
				}
			}
			if len(result.Plan.Changes) != 0 {
				t.Errorf("planned %v", result.Plan.Changes)
			}
		})
	}
}

func TestATrailMadeMeanwhileStopsTheChain(t *testing.T) {
	cloud := fakeaws.New()
	r := rig(cloud, v1alpha1.CloudTrailMultiRegion{})
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
