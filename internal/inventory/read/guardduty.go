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

const detectorType = "AWS::GuardDuty::Detector"

func detectors(ctx context.Context, s *Scope, _ inventory.Facets) ([]inventory.Detector, error) {
	id, err := DetectorID(ctx, s.Session, s.Region)
	if err != nil {
		return nil, err
	}
	if id == "" {
		absent := s.ref(detectorType, s.Region, s.Account, "")
		return []inventory.Detector{{Ref: absent, State: inventory.Seen(inventory.DetectorAbsent, s.AsOf)}}, nil
	}
	detector := inventory.Detector{Ref: s.ref(detectorType, s.Region, id, s.ARN("guardduty", s.Region, "detector/"+id))}
	state, tags, err := Detector(ctx, s.Session, s.Region, id)
	detector.State, detector.Tags = observed(s, state, err), observed(s, tags, err)
	return []inventory.Detector{detector}, nil
}

// DetectorID reads the id of the one detector that a region can have, or "".
func DetectorID(ctx context.Context, s *awsapi.Session, region string) (string, error) {
	pages := guardduty.NewListDetectorsPaginator(s.In(region).GuardDuty(), &guardduty.ListDetectorsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("listing detectors: %w", err)
		}
		if len(page.DetectorIds) > 0 {
			return page.DetectorIds[0], nil
		}
	}
	return "", nil
}

// Detector reads whether a detector is on, and its tags.
func Detector(ctx context.Context, s *awsapi.Session, region, id string) (inventory.DetectorState, map[string]string, error) {
	out, err := s.In(region).GuardDuty().GetDetector(ctx, &guardduty.GetDetectorInput{DetectorId: aws.String(id)})
	if err != nil {
		return "", nil, fmt.Errorf("describing detector: %w", err)
	}
	switch out.Status {
	case types.DetectorStatusEnabled:
		return inventory.DetectorEnabled, out.Tags, nil
	case types.DetectorStatusDisabled:
		return inventory.DetectorDisabled, out.Tags, nil
	}
	return "", nil, fmt.Errorf("describing detector: %w", errNoContent)
}
