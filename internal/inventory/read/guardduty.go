package read

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var (
	listDetectors = awsapi.Lists(guardduty.NewListDetectorsPaginator)
	getDetector   = awsapi.Reads((*guardduty.Client).GetDetector)
)

var _ = made(inventory.Detectors,
	list(detectorOrNone, listDetectors),
	tagged[inventory.Detector](detectorTags, getDetector),
	asked(inventory.DetectorIs, getDetector, detectorNamed, detectorState, only(isDetector), always),
	asked(inventory.MalwareProtection, getDetector, detectorNamed, feature(types.DetectorFeatureResultEbsMalwareProtection), only(isDetector)),
)

func detectorNamed(d inventory.Ref) *guardduty.GetDetectorInput {
	return &guardduty.GetDetectorInput{DetectorId: &d.ID}
}

// isDetector says whether there is one: without, the account stands for it.
func isDetector(d inventory.Detector) bool { return d.ARN != "" }

// feature says whether a protection plan is on. GuardDuty does not list what a region does not have.
func feature(name types.DetectorFeatureResult) func(*guardduty.GetDetectorOutput) (bool, error) {
	return func(out *guardduty.GetDetectorOutput) (bool, error) {
		for _, f := range out.Features {
			if f.Name == name {
				return f.Status == types.FeatureStatusEnabled, nil
			}
		}
		return false, errNoContent
	}
}

func detectorOrNone(ctx context.Context, s *Scope, _ string) ([]inventory.Detector, error) {
	id, err := DetectorID.Of(ctx, s.Session, s.Region)
	if err != nil {
		return nil, err
	}
	if id == "" {
		absent := s.ref(inventory.Detectors.Type.Name, s.Region, s.Account, "")
		return []inventory.Detector{{Ref: absent, State: inventory.Seen(inventory.DetectorAbsent, s.AsOf)}}, nil
	}
	return []inventory.Detector{{Ref: of(s, inventory.Detectors, id)}}, nil
}

// DetectorID is the id of the one detector that a region can have, or "".
var DetectorID = look(func(ctx context.Context, s *awsapi.Session, region string) (string, error) {
	ids, err := gather(ctx, s.In(region), listDetectors, &guardduty.ListDetectorsInput{}, func(page *guardduty.ListDetectorsOutput) []string { return page.DetectorIds }, same)
	if err != nil {
		return "", fmt.Errorf("listing detectors: %w", err)
	}
	if len(ids) == 0 {
		return "", nil
	}
	return ids[0], nil
}, listDetectors)

func detectorState(out *guardduty.GetDetectorOutput) (inventory.DetectorState, error) {
	switch out.Status {
	case types.DetectorStatusEnabled:
		return inventory.DetectorEnabled, nil
	case types.DetectorStatusDisabled:
		return inventory.DetectorDisabled, nil
	}
	return "", errNoContent
}

// DetectorTags are the tags of a detector.
var DetectorTags = look(func(ctx context.Context, s *awsapi.Session, detector inventory.Ref) (map[string]string, error) {
	out, err := getDetector.In(ctx, s.In(detector.Region), &guardduty.GetDetectorInput{DetectorId: aws.String(detector.ID)})
	if err != nil {
		return nil, fmt.Errorf("reading the tags of a detector: %w", err)
	}
	return out.Tags, nil
}, getDetector)

// detectorTags has none of a region without a detector.
func detectorTags(ctx context.Context, s *Scope, detector inventory.Ref) (map[string]string, error) {
	if detector.ARN == "" {
		return nil, nil
	}
	return DetectorTags.Of(ctx, s.Session, detector)
}
