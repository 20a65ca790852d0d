package remedy

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	guarddutytypes "github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

var _ = []remedy{
	by(createDetector, disableOwnDetector),
	set(action.DetectorState, sends(updateDetector, func(detector inventory.Ref, to inventory.DetectorState) *guardduty.UpdateDetectorInput {
		return &guardduty.UpdateDetectorInput{DetectorId: &detector.ID, Enable: aws.Bool(to == inventory.DetectorEnabled)}
	})),
	set(action.MalwareProtection, sends(updateDetector, func(detector inventory.Ref, on bool) *guardduty.UpdateDetectorInput {
		status := map[bool]guarddutytypes.FeatureStatus{true: guarddutytypes.FeatureStatusEnabled, false: guarddutytypes.FeatureStatusDisabled}[on]
		return &guardduty.UpdateDetectorInput{DetectorId: &detector.ID, Features: []guarddutytypes.DetectorFeatureConfiguration{
			{Name: guarddutytypes.DetectorFeatureEbsMalwareProtection, Status: status},
		}}
	})),
	set(action.SecurityContact,
		sends(awsapi.Writes((*account.Client).PutAlternateContact), func(_ inventory.Ref, to inventory.Contact) *account.PutAlternateContactInput {
			return &account.PutAlternateContactInput{
				AlternateContactType: accounttypes.AlternateContactTypeSecurity, Name: &to.Name, Title: &to.Title, EmailAddress: &to.Email, PhoneNumber: &to.Phone,
			}
		}),
		sends(awsapi.Writes((*account.Client).DeleteAlternateContact), func(inventory.Ref, inventory.Contact) *account.DeleteAlternateContactInput {
			return &account.DeleteAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity}
		}),
	),
}

// optionalPlans are GuardDuty's protection plans that a new detector would start unasked, each
// with a bill of its own. Runtime Monitoring stays off by itself.
var optionalPlans = []guarddutytypes.DetectorFeature{
	guarddutytypes.DetectorFeatureS3DataEvents,
	guarddutytypes.DetectorFeatureEksAuditLogs,
	guarddutytypes.DetectorFeatureEbsMalwareProtection,
	guarddutytypes.DetectorFeatureRdsLoginEvents,
	guarddutytypes.DetectorFeatureLambdaNetworkLogs,
}

var (
	createDetectorCall = awsapi.Writes((*guardduty.Client).CreateDetector, "guardduty:CreateDetector", "guardduty:TagResource", "iam:CreateServiceLinkedRole")
	updateDetector     = awsapi.Writes((*guardduty.Client).UpdateDetector)
	detectorAgain      = read.Again(inventory.DetectorIs)
)

func createDetector(s *awsapi.Session, a action.CreateDetector) []Step {
	region := a.Detector.Region
	return []Step{ensure(createDetectorCall.Name, read.DetectorID.Calls,
		func(ctx context.Context) (bool, error) {
			id, err := read.DetectorID.Of(ctx, s, region)
			return id != "", err
		},
		func(ctx context.Context) error {
			features := make([]guarddutytypes.DetectorFeatureConfiguration, len(optionalPlans))
			for i, plan := range optionalPlans {
				features[i] = guarddutytypes.DetectorFeatureConfiguration{Name: plan, Status: guarddutytypes.FeatureStatusDisabled}
			}
			return sent(createDetectorCall.In(ctx, s.In(region), &guardduty.CreateDetectorInput{
				Enable: aws.Bool(true), Features: features, Tags: map[string]string{v1alpha1.OwnerTag: v1alpha1.OwnerValue},
				// One detector a region: the same token for whoever sends it, and whenever.
				ClientToken: aws.String("aws-guardrails-" + a.Detector.Account + "-" + region),
			}))
		},
	)}
}

// disableOwnDetector disables the detector that we made, which keeps its findings.
func disableOwnDetector(s *awsapi.Session, a action.CreateDetector) backward {
	region := a.Detector.Region
	return backward{updateDetector.Name: {
		Reads: slices.Concat(read.DetectorID.Calls, detectorAgain.Calls, read.DetectorTags.Calls),
		Look: func(ctx context.Context) (Standing, error) {
			id, err := read.DetectorID.Of(ctx, s, region)
			if err != nil || id == "" {
				return Done, err
			}
			detector := inventory.Ref{Region: region, ID: id}
			state, err := detectorAgain.Of(ctx, s, detector)
			if err != nil {
				return "", err
			}
			tags, err := read.DetectorTags.Of(ctx, s, detector)
			return ours(state == inventory.DetectorEnabled, bearsOwner(tags)), err
		},
		Send: func(ctx context.Context) error {
			id, err := read.DetectorID.Of(ctx, s, region)
			if err != nil {
				return err
			}
			return sent(updateDetector.In(ctx, s.In(region), &guardduty.UpdateDetectorInput{DetectorId: aws.String(id), Enable: aws.Bool(false)}))
		},
	}}
}
