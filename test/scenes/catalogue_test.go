package scenes_test

import (
	"slices"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
	"github.com/guardrails-dev/aws-guardrails/test/scenes"
)

// ofAll are calls that every control may come to make: to reach the account, and to see by its
// tags who manages what fails.
var ofAll = []string{
	"sts:AssumeRole", "sts:GetCallerIdentity",
	"s3:GetBucketTagging", "kms:ListResourceTags", "cloudtrail:ListTags", "iam:GetUser",
}

// What a control reads, judges and plans in its scene is what the catalogue says of it.
func TestCatalogueTellsWhatControlsDo(t *testing.T) {
	for _, scene := range scenes.All() {
		t.Run(scene.Control, func(t *testing.T) {
			row, ok := catalogue.ByID(scene.Control)
			if !ok {
				t.Fatal("it is not in the catalogue")
			}
			cloud := fakeaws.New()
			if err := scene.Set(t.Context(), cloud.ConfigFor(roundtrip.Account)); err != nil {
				t.Fatal(err)
			}
			scene.Seed(cloud, roundtrip.Account)
			later := func() time.Time { return time.Now().Add(scene.Later) }
			cloud.SetClock(later)
			cloud.Forget()
			result, err := roundtrip.New(cloud.Config(), later, scene.Posture).Round(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range cloud.Calls() {
				if isTags(call.Operation) {
					continue
				}
				if !slices.Contains(slices.Concat(row.ReadAPI, ofAll), call.Operation) {
					t.Errorf("it reads by %s, which the catalogue does not say", call.Operation)
				}
			}
			for _, judged := range result.Report.Controls[0].Judged {
				if !slices.Contains(row.ResourceTypes, judged.Ref.Type) {
					t.Errorf("it judges %s, the catalogue says %v", judged.Ref.Type, row.ResourceTypes)
				}
			}
			planned(t, row, result.Plan.Changes)
		})
	}
}

// planned holds changes to the calls and the usual risk of the catalogue.
func planned(t *testing.T, row catalogue.Control, changes []posture.Change) {
	t.Helper()
	var risks []v1alpha1.Risk
	for _, change := range changes {
		risks = append(risks, change.Risk)
		for _, call := range change.Calls {
			if !slices.Contains(row.EnforceAPI, call) {
				t.Errorf("%s writes by %s, which the catalogue does not say", change.Title, call)
			}
		}
	}
	if row.Risk == v1alpha1.Manual {
		if len(changes) > 0 {
			t.Errorf("it is manual, but plans %v", risks)
		}
	} else if !slices.Contains(risks, row.Risk) {
		t.Errorf("its changes are %v, the catalogue says usually %s", risks, row.Risk)
	}
}
