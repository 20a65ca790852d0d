package controls_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/roundtrip"
)

// One region has a detector that somebody suspended, the other has none.
func TestEnabledRoundTrip(t *testing.T) {
	cloud := fakeaws.New()
	admin := guardduty.NewFromConfig(cloud.ConfigFor(roundtrip.Account))
	suspended, err := admin.CreateDetector(t.Context(), &guardduty.CreateDetectorInput{Enable: aws.Bool(false), FindingPublishingFrequency: types.FindingPublishingFrequencyFifteenMinutes})
	roundtrip.Done(t)(suspended, err)

	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Threat: v1alpha1.ThreatPosture{GuardDuty: &v1alpha1.GuardDuty{}}})
	cloud.Forget()
	rig.Mends(t, "guardduty-enabled", v1alpha1.Pass)
	if writes := len(cloud.Writes()); writes != 2 {
		t.Errorf("%d writes, want one a region", writes)
	}
	rig.Rests(t, cloud, "guardduty-enabled", v1alpha1.Pass)

	again, err := admin.GetDetector(t.Context(), &guardduty.GetDetectorInput{DetectorId: suspended.DetectorId})
	roundtrip.Done(t)(again, err)
	if again.FindingPublishingFrequency != types.FindingPublishingFrequencyFifteenMinutes {
		t.Errorf("the suspended detector's frequency became %s", again.FindingPublishingFrequency)
	}
	if on := optional(again); len(on) != 5 {
		t.Errorf("the suspended detector's plans became %v", on)
	}

	europe := guardduty.NewFromConfig(cloud.ConfigFor(roundtrip.Account), func(o *guardduty.Options) { o.Region = "eu-west-1" })
	list, err := europe.ListDetectors(t.Context(), &guardduty.ListDetectorsInput{})
	roundtrip.Done(t)(list, err)
	fresh, err := europe.GetDetector(t.Context(), &guardduty.GetDetectorInput{DetectorId: &list.DetectorIds[0]})
	roundtrip.Done(t)(fresh, err)
	if on := optional(fresh); len(on) != 0 {
		t.Errorf("the new detector started %v, each a bill that nobody declared", on)
	}
	if fresh.Tags[v1alpha1.OwnerTag] == "" {
		t.Errorf("the new detector has no owner: %v", fresh.Tags)
	}
}

// optional lists the protection plans that are on.
func optional(detector *guardduty.GetDetectorOutput) (on []types.DetectorFeatureResult) {
	for _, feature := range detector.Features {
		switch feature.Name {
		case types.DetectorFeatureResultCloudTrail, types.DetectorFeatureResultDnsLogs, types.DetectorFeatureResultFlowLogs:
		default:
			if feature.Status == types.FeatureStatusEnabled {
				on = append(on, feature.Name)
			}
		}
	}
	return on
}

func TestOneAnswerSaysSeveralFacts(t *testing.T) {
	cloud := fakeaws.New()
	made, err := guardduty.NewFromConfig(cloud.ConfigFor(roundtrip.Account)).CreateDetector(t.Context(), &guardduty.CreateDetectorInput{Enable: aws.Bool(true)})
	roundtrip.Done(t)(made, err)
	cloud.Forget()
	rig := roundtrip.New(cloud.Config(), cloud.Now, v1alpha1.Posture{Threat: v1alpha1.ThreatPosture{GuardDuty: &v1alpha1.GuardDuty{}, GuardDutyMalwareProtection: &v1alpha1.Presence{}}})
	rig.Regions = []string{"us-east-1"}
	take(t, rig)
	counts := map[string]int{}
	for _, call := range cloud.Calls() {
		counts[call.Operation]++
	}
	if counts["guardduty:ListDetectors"] != 1 || counts["guardduty:GetDetector"] != 1 {
		t.Errorf("calls: %v", counts)
	}
}
