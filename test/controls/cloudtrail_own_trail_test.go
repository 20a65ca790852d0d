package controls_test

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

func TestOwnTrailIsMended(t *testing.T) {
	narrow := func(in *cloudtrail.CreateTrailInput) { in.IsMultiRegionTrail = aws.Bool(false) }
	for name, row := range map[string]struct {
		seed   func(*testing.T, *fakeaws.Cloud)
		writes []string
		risk   v1alpha1.Risk
	}{
		"stopped": {func(t *testing.T, cloud *fakeaws.Cloud) {
			trail(t, cloud, roundtrip.Account, "eu-west-1", "audit", asItIs)
			if _, err := trailsIn(cloud, roundtrip.Account, "eu-west-1").StopLogging(t.Context(), &cloudtrail.StopLoggingInput{Name: aws.String("audit")}); err != nil {
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
			r := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{})
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
	if _, err := trailsIn(cloud, roundtrip.Account, "us-east-1").PutEventSelectors(t.Context(), input); err != nil {
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
	trailRig(cloud, v1alpha1.CloudTrailMultiRegion{}).Mends(t, "cloudtrail-multi-region", v1alpha1.Pass)
	out, err := trailsIn(cloud, roundtrip.Account, "us-east-1").GetEventSelectors(t.Context(), &cloudtrail.GetEventSelectorsInput{TrailName: aws.String("audit")})
	if err != nil || len(out.AdvancedEventSelectors) != 2 || *out.AdvancedEventSelectors[1].Name != "objects" || len(out.AdvancedEventSelectors[1].FieldSelectors) != 3 {
		t.Errorf("got %+v, %v", out, err)
	}
}

func TestOrganizationTrailIsInherited(t *testing.T) {
	cloud := fakeaws.New()
	cloud.ShareTrails(manager, roundtrip.Account)
	bucketFor(t, cloud, manager, "logs-"+manager)
	trail(t, cloud, manager, "us-east-1", "organization", func(in *cloudtrail.CreateTrailInput) { in.IsOrganizationTrail = aws.Bool(true) })
	result, err := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{}).Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, control := range result.Report.Controls {
		if v := control.Judged[0].Verdict; v.Status != v1alpha1.Pass || v.Reason != "Inherited" {
			t.Errorf("%s: got %+v", control.Control.ID, v)
		}
	}
}

// What a trail records is in the hands of whoever has its bucket.
func TestATrailToABucketOfAnotherAccountIsForAPerson(t *testing.T) {
	cloud := fakeaws.New()
	admin := s3.NewFromConfig(cloud.ConfigFor("222222222222"))
	roundtrip.Done(t)(admin.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("theirs")}))
	roundtrip.Done(t)(admin.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("theirs"), Policy: aws.String(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::theirs"},
		{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::theirs/*"}]}`)}))
	trail(t, cloud, roundtrip.Account, "us-east-1", "audit", func(in *cloudtrail.CreateTrailInput) { in.S3BucketName = aws.String("theirs") })
	trailRig(cloud, v1alpha1.CloudTrailMultiRegion{}).TakesAPerson(t, "cloudtrail-multi-region")
	trailRig(cloud, v1alpha1.CloudTrailMultiRegion{BucketName: "theirs"}).Shows(t, "cloudtrail-multi-region", v1alpha1.Pass)
}

func TestBrokenDeliveryIsForAPerson(t *testing.T) {
	cloud := fakeaws.New()
	bucketFor(t, cloud, roundtrip.Account, "logs-"+roundtrip.Account)
	trail(t, cloud, roundtrip.Account, "us-east-1", "audit", asItIs)
	if _, err := s3.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String("logs-" + roundtrip.Account)}); err != nil {
		t.Fatal(err)
	}
	result, err := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{}).Round(t.Context())
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
	r := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{})
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
	result, err := trailRig(cloud, v1alpha1.CloudTrailMultiRegion{}).Round(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Plan.Changes) != 0 || len(result.Plan.Held) != 2 || result.Plan.Held[0].ManagedElsewhere != "CloudFormation audit" || result.Plan.Held[1].ManagedElsewhere != "CloudFormation audit" {
		t.Errorf("got %+v", result.Plan)
	}
}
