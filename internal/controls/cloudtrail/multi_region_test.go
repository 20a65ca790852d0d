package cloudtrail

import (
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

const (
	own     = "111111111111"
	foreign = "222222222222"
)

// recording is a trail without a gap; change makes it another.
func recording(owner, name string, change func(*inventory.Trail)) inventory.Trail {
	t := inventory.Trail{
		Ref:   inventory.Ref{Account: own, Region: "us-east-1", ID: name, ARN: "arn:aws:cloudtrail:us-east-1:" + owner + ":trail/" + name},
		Owner: owner, MultiRegion: true, Bucket: "logs",
		Status:    inventory.Seen(inventory.TrailStatus{Logging: true}, asOf),
		Selectors: inventory.Seen(inventory.EventSelectors{Basic: []inventory.EventSelector{{ReadWriteType: "All", IncludeManagementEvents: true}}}, asOf),
	}
	change(&t)
	return t
}

func status(s inventory.TrailStatus) func(*inventory.Trail) {
	return func(t *inventory.Trail) { t.Status = inventory.Seen(s, asOf) }
}

func basic(s ...inventory.EventSelector) func(*inventory.Trail) {
	return func(t *inventory.Trail) { t.Selectors = inventory.Seen(inventory.EventSelectors{Basic: s}, asOf) }
}

func advanced(fields ...inventory.FieldSelector) func(*inventory.Trail) {
	return func(t *inventory.Trail) {
		t.Selectors = inventory.Seen(inventory.EventSelectors{Advanced: []inventory.AdvancedSelector{{FieldSelectors: fields}}}, asOf)
	}
}

func TestMultiRegion(t *testing.T) {
	asItIs := func(*inventory.Trail) {}
	stopped := status(inventory.TrailStatus{})
	elsewhere := func(t *inventory.Trail) { t.Bucket = "theirs" }
	regional := func(t *inventory.Trail) { t.MultiRegion = false }
	denied := func(t *inventory.Trail) {
		t.Status = inventory.Unseen[inventory.TrailStatus](fault.DeniedRead("cloudtrail:GetTrailStatus", "cloudtrail:GetTrailStatus"))
	}
	managing := inventory.FieldSelector{Field: "eventCategory", Equals: []string{"Management"}}
	for name, row := range map[string]struct {
		trails []inventory.Trail
		want   v1alpha1.VerdictStatus
		reason string
		says   string
	}{
		"own":                       {[]inventory.Trail{recording(own, "a", asItIs)}, v1alpha1.Pass, "AsDeclared", ""},
		"of the organization":       {[]inventory.Trail{recording(foreign, "a", asItIs)}, v1alpha1.Pass, "Inherited", "trail a of account 222222222222 records all regions"},
		"to another's bucket":       {[]inventory.Trail{recording(own, "a", elsewhere)}, v1alpha1.Fail, "DeliversElsewhere", "trail a delivers to bucket theirs, which is not the account's"},
		"to the organization's":     {[]inventory.Trail{recording(own, "a", func(t *inventory.Trail) { t.Bucket, t.Organization = "theirs", true })}, v1alpha1.Pass, "AsDeclared", ""},
		"to the declared":           {[]inventory.Trail{recording(own, "a", func(t *inventory.Trail) { t.Bucket = "archive" })}, v1alpha1.Pass, "AsDeclared", ""},
		"to another's and to ours":  {[]inventory.Trail{recording(own, "a", elsewhere), recording(own, "b", asItIs)}, v1alpha1.Pass, "AsDeclared", ""},
		"one of two":                {[]inventory.Trail{recording(own, "a", stopped), recording(own, "b", asItIs)}, v1alpha1.Pass, "AsDeclared", ""},
		"advanced":                  {[]inventory.Trail{recording(own, "a", advanced(managing))}, v1alpha1.Pass, "AsDeclared", ""},
		"none":                      {nil, v1alpha1.Fail, "NoTrail", "no trail of the account records all regions; trails of other accounts that do, and may stop at any time: 0"},
		"only a stopped one above":  {[]inventory.Trail{recording(foreign, "a", stopped)}, v1alpha1.Fail, "NoTrail", "no trail of the account records all regions; trails of other accounts that do, and may stop at any time: 1"},
		"stopped":                   {[]inventory.Trail{recording(own, "a", stopped)}, v1alpha1.Fail, "NotLogging", "trail a does not log"},
		"one region":                {[]inventory.Trail{recording(own, "a", regional)}, v1alpha1.Fail, "SingleRegion", "trail a records only region us-east-1"},
		"writes only":               {[]inventory.Trail{recording(own, "a", basic(inventory.EventSelector{ReadWriteType: "WriteOnly", IncludeManagementEvents: true}))}, v1alpha1.Fail, "ManagementEventsLeftOut", "trail a does not record all management events"},
		"data only":                 {[]inventory.Trail{recording(own, "a", basic(inventory.EventSelector{ReadWriteType: "All"}))}, v1alpha1.Fail, "ManagementEventsLeftOut", "trail a does not record all management events"},
		"without KMS":               {[]inventory.Trail{recording(own, "a", basic(inventory.EventSelector{ReadWriteType: "All", IncludeManagementEvents: true, ExcludeManagementEventSources: []string{"kms.amazonaws.com"}}))}, v1alpha1.Fail, "ManagementEventsLeftOut", "trail a does not record all management events"},
		"advanced, narrowed":        {[]inventory.Trail{recording(own, "a", advanced(managing, inventory.FieldSelector{Field: "readOnly", Equals: []string{"false"}}))}, v1alpha1.Fail, "ManagementEventsLeftOut", "trail a does not record all management events"},
		"no selectors shown":        {[]inventory.Trail{recording(own, "a", basic())}, v1alpha1.Fail, "ManagementEventsLeftOut", "trail a does not record all management events"},
		"cannot deliver":            {[]inventory.Trail{recording(own, "a", status(inventory.TrailStatus{Logging: true, DeliveryError: "AccessDenied"}))}, v1alpha1.Fail, "DeliveryFailing", "trail a cannot deliver to bucket logs: AccessDenied"},
		"denied":                    {[]inventory.Trail{recording(own, "a", denied)}, v1alpha1.Unknown, "ReadDenied", "cloudtrail:GetTrailStatus: missing permission cloudtrail:GetTrailStatus"},
		"denied on one, good other": {[]inventory.Trail{recording(own, "a", denied), recording(own, "b", asItIs)}, v1alpha1.Pass, "AsDeclared", ""},
		"not read":                  {[]inventory.Trail{recording(own, "a", func(t *inventory.Trail) { t.Status = inventory.Observed[inventory.TrailStatus]{} })}, v1alpha1.Unknown, "NotRead", "the fact was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := multiRegion.Judge(v1alpha1.CloudTrailMultiRegion{BucketName: "archive"}, inventory.AuditTrail{Trails: row.trails, OwnBuckets: inventory.Seen([]string{"logs"}, asOf)}, asOf)
			if got.Status != row.want || got.Reason != row.reason || got.Message != row.says {
				t.Errorf("got %+v, want %s %s %q", got, row.want, row.reason, row.says)
			}
		})
	}
}

func TestMultiRegionMendsTheTrailWithFewestGaps(t *testing.T) {
	worse := recording(own, "a", func(t *inventory.Trail) {
		t.MultiRegion = false
		status(inventory.TrailStatus{})(t)
	})
	planned := multiRegion.Mend(v1alpha1.CloudTrailMultiRegion{}, inventory.AuditTrail{Trails: []inventory.Trail{worse, recording(own, "b", status(inventory.TrailStatus{}))}})
	if len(planned) != 1 || planned[0].Describe().Target.ID != "b" {
		t.Errorf("planned %+v", planned)
	}
}

func TestMultiRegionWithoutRoomForASelector(t *testing.T) {
	full := make([]inventory.EventSelector, 5)
	for i := range full {
		full[i] = inventory.EventSelector{ReadWriteType: "WriteOnly", IncludeManagementEvents: true, DataResources: []inventory.DataResource{{Type: "AWS::S3::Object"}}}
	}
	audit := inventory.AuditTrail{Trails: []inventory.Trail{recording(own, "a", basic(full...))}}
	if planned := multiRegion.Mend(v1alpha1.CloudTrailMultiRegion{}, audit); len(planned) != 0 {
		t.Errorf("planned %v", planned)
	}
	if by := multiRegion.ByHand(v1alpha1.CloudTrailMultiRegion{}, audit); by != "trail a has as many event selectors as it can: make room for one of all management events with `aws cloudtrail put-event-selectors --trail-name a --region us-east-1`" {
		t.Error(by)
	}
}

func TestLogValidation(t *testing.T) {
	for name, row := range map[string]struct {
		owner string
		on    bool
		want  v1alpha1.VerdictStatus
		says  string
	}{
		"on":                  {own, true, v1alpha1.Pass, ""},
		"off":                 {own, false, v1alpha1.Fail, "log file validation is off"},
		"on, of another":      {foreign, true, v1alpha1.Pass, "account 222222222222 validates the log files of its trail"},
		"off, not ours to do": {foreign, false, v1alpha1.NotApplicable, "only account 222222222222 can turn log file validation on"},
	} {
		t.Run(name, func(t *testing.T) {
			got := logValidation.Judge(v1alpha1.CloudTrailLogValidation{}, recording(row.owner, "a", func(t *inventory.Trail) { t.LogValidation = row.on }), asOf)
			if got.Status != row.want || got.Message != row.says {
				t.Errorf("got %s %q, want %s %q", got.Status, got.Message, row.want, row.says)
			}
		})
	}
}
