package remedy

import (
	"context"

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

var threatRemedies = []remedy{by(createDetector, disableOwnDetector), by(enableDetector, disableDetector), by(putSecurityContact, undoSecurityContact)}

// optionalPlans are GuardDuty's protection plans that a new detector would start unasked, each
// with a bill of its own. Runtime Monitoring stays off by itself.
var optionalPlans = []guarddutytypes.DetectorFeature{
	guarddutytypes.DetectorFeatureS3DataEvents,
	guarddutytypes.DetectorFeatureEksAuditLogs,
	guarddutytypes.DetectorFeatureEbsMalwareProtection,
	guarddutytypes.DetectorFeatureRdsLoginEvents,
	guarddutytypes.DetectorFeatureLambdaNetworkLogs,
}

func createDetector(s *awsapi.Session, a action.CreateDetector) []Step {
	region := a.Detector.Region
	return []Step{ensure("guardduty:CreateDetector",
		func(ctx context.Context) (bool, error) {
			id, err := read.DetectorID(ctx, s, region)
			return id != "", err
		},
		func(ctx context.Context) error {
			features := make([]guarddutytypes.DetectorFeatureConfiguration, len(optionalPlans))
			for i, plan := range optionalPlans {
				features[i] = guarddutytypes.DetectorFeatureConfiguration{Name: plan, Status: guarddutytypes.FeatureStatusDisabled}
			}
			return sent(s.In(region).GuardDuty().CreateDetector(ctx, &guardduty.CreateDetectorInput{
				Enable: aws.Bool(true), Features: features, Tags: map[string]string{v1alpha1.OwnerTag: "aws-guardrails"},
				// One detector a region: the same token for whoever sends it, and whenever.
				ClientToken: aws.String("aws-guardrails-" + a.Detector.Account + "-" + region),
			}))
		},
	)}
}

// disableOwnDetector disables the detector that we made, which keeps its findings.
func disableOwnDetector(s *awsapi.Session, a action.CreateDetector) backward {
	region := a.Detector.Region
	return backward{"guardduty:UpdateDetector": {
		Look: func(ctx context.Context) (Standing, error) {
			id, err := read.DetectorID(ctx, s, region)
			if err != nil || id == "" {
				return Done, err
			}
			state, tags, err := read.Detector(ctx, s, region, id)
			return ours(state == inventory.DetectorEnabled, tags[v1alpha1.OwnerTag] != ""), err
		},
		Send: func(ctx context.Context) error {
			id, err := read.DetectorID(ctx, s, region)
			if err != nil {
				return err
			}
			return sent(s.In(region).GuardDuty().UpdateDetector(ctx, &guardduty.UpdateDetectorInput{DetectorId: aws.String(id), Enable: aws.Bool(false)}))
		},
	}}
}

func enableDetector(s *awsapi.Session, a action.EnableDetector) []Step {
	return detectorState(s, a.Detector, inventory.DetectorDisabled, inventory.DetectorEnabled)
}

func disableDetector(s *awsapi.Session, a action.EnableDetector) backward {
	return one(detectorState(s, a.Detector, inventory.DetectorEnabled, inventory.DetectorDisabled))
}

func detectorState(s *awsapi.Session, detector action.Target, from, to inventory.DetectorState) []Step {
	return []Step{setting("guardduty:UpdateDetector",
		func(ctx context.Context) (inventory.DetectorState, error) {
			state, _, err := read.Detector(ctx, s, detector.Region, detector.ID)
			return state, err
		},
		from, to,
		func(ctx context.Context) error {
			return sent(s.In(detector.Region).GuardDuty().UpdateDetector(ctx, &guardduty.UpdateDetectorInput{
				DetectorId: aws.String(detector.ID), Enable: aws.Bool(to == inventory.DetectorEnabled),
			}))
		},
	)}
}

func putSecurityContact(s *awsapi.Session, a action.PutSecurityContact) []Step {
	return []Step{setting("account:PutAlternateContact",
		func(ctx context.Context) (inventory.Contact, error) { return read.SecurityContact(ctx, s) },
		a.From, a.To,
		func(ctx context.Context) error {
			return sent(s.In(s.Home).Account().PutAlternateContact(ctx, &account.PutAlternateContactInput{
				AlternateContactType: accounttypes.AlternateContactTypeSecurity,
				Name:                 aws.String(a.To.Name), Title: aws.String(a.To.Title), EmailAddress: aws.String(a.To.Email), PhoneNumber: aws.String(a.To.Phone),
			}))
		},
	)}
}

func undoSecurityContact(s *awsapi.Session, a action.PutSecurityContact) backward {
	back := one(putSecurityContact(s, action.PutSecurityContact{Account: a.Account, From: a.To, To: a.From}))
	back["account:DeleteAlternateContact"] = setting("",
		func(ctx context.Context) (inventory.Contact, error) { return read.SecurityContact(ctx, s) },
		a.To, a.From,
		func(ctx context.Context) error {
			return sent(s.In(s.Home).Account().DeleteAlternateContact(ctx, &account.DeleteAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity}))
		},
	)
	return back
}
