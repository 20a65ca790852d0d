package fakeaws

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"
)

// guardDutyState is an account's one detector in one region.
type guardDutyState struct{ detector *detector }

type detector struct {
	id, token string
	status    types.DetectorStatus
	frequency types.FindingPublishingFrequency
	created   time.Time
	tags      map[string]string
	features  map[types.DetectorFeature]types.FeatureStatus
}

func serveGuardDuty(c *Cloud) {
	on(c, createDetector)
	lists(c, (*guardduty.Client).ListDetectors, 50, func(r *Request, _ *guardduty.ListDetectorsInput) ([]string, error) {
		if d := regional[guardDutyState](r).detector; d != nil {
			return []string{d.id}, nil
		}
		return nil, nil
	})
	on(c, func(r *Request, in *guardduty.GetDetectorInput) (*guardduty.GetDetectorOutput, error) {
		d, err := r.detector(in.DetectorId)
		if err != nil {
			return nil, err
		}
		return &guardduty.GetDetectorOutput{
			Status: d.status, CreatedAt: aws.String(d.created.UTC().Format(time.RFC3339)), FindingPublishingFrequency: d.frequency, Tags: maps.Clone(d.tags), Features: d.results(),
			ServiceRole: aws.String(r.ARN("iam", "", "role/aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty")),
		}, nil
	})
	on(c, func(r *Request, in *guardduty.UpdateDetectorInput) (*guardduty.UpdateDetectorOutput, error) {
		d, err := r.detector(in.DetectorId)
		if err != nil {
			return nil, err
		}
		if in.Enable != nil {
			d.status = detectorStatus(*in.Enable)
		}
		if in.FindingPublishingFrequency != "" {
			d.frequency = in.FindingPublishingFrequency
		}
		for _, feature := range in.Features {
			d.features[feature.Name] = feature.Status
		}
		return &guardduty.UpdateDetectorOutput{}, nil
	})
	on(c, func(r *Request, in *guardduty.DeleteDetectorInput) (*guardduty.DeleteDetectorOutput, error) {
		if _, err := r.detector(in.DetectorId); err != nil {
			return nil, err
		}
		regional[guardDutyState](r).detector = nil
		return &guardduty.DeleteDetectorOutput{}, nil
	})
}

// createDetector starts every feature that the caller does not name, but Runtime Monitoring.
func createDetector(r *Request, in *guardduty.CreateDetectorInput) (*guardduty.CreateDetectorOutput, error) {
	state := regional[guardDutyState](r)
	if d := state.detector; d != nil {
		if in.ClientToken != nil && d.token == *in.ClientToken {
			return &guardduty.CreateDetectorOutput{DetectorId: aws.String(d.id)}, nil
		}
		return nil, guardDutyRefuses("The request is rejected because a detector already exists for the current account.")
	}
	made := &detector{
		id: fmt.Sprintf("%032x", r.NextID()), token: aws.ToString(in.ClientToken), created: r.Now, tags: maps.Clone(in.Tags),
		status: detectorStatus(aws.ToBool(in.Enable)), frequency: in.FindingPublishingFrequency, features: map[types.DetectorFeature]types.FeatureStatus{},
	}
	if made.frequency == "" {
		made.frequency = types.FindingPublishingFrequencySixHours
	}
	for _, feature := range types.DetectorFeature("").Values() {
		made.features[feature] = types.FeatureStatusEnabled
	}
	made.features[types.DetectorFeatureRuntimeMonitoring], made.features[types.DetectorFeatureEksRuntimeMonitoring] = types.FeatureStatusDisabled, types.FeatureStatusDisabled
	for _, feature := range in.Features {
		made.features[feature.Name] = feature.Status
	}
	state.detector = made
	return &guardduty.CreateDetectorOutput{DetectorId: aws.String(made.id)}, nil
}

func detectorStatus(on bool) types.DetectorStatus {
	if on {
		return types.DetectorStatusEnabled
	}
	return types.DetectorStatusDisabled
}

// results lists the features as GetDetector does, with those that cannot be turned off.
func (d *detector) results() []types.DetectorFeatureConfigurationResult {
	var all []types.DetectorFeatureConfigurationResult
	for _, always := range []types.DetectorFeatureResult{types.DetectorFeatureResultCloudTrail, types.DetectorFeatureResultDnsLogs, types.DetectorFeatureResultFlowLogs} {
		all = append(all, types.DetectorFeatureConfigurationResult{Name: always, Status: types.FeatureStatusEnabled})
	}
	for _, feature := range slices.Sorted(maps.Keys(d.features)) {
		all = append(all, types.DetectorFeatureConfigurationResult{Name: types.DetectorFeatureResult(feature), Status: d.features[feature]})
	}
	return all
}

func (r *Request) detector(id *string) (*detector, error) {
	if d := regional[guardDutyState](r).detector; d != nil && d.id == aws.ToString(id) {
		return d, nil
	}
	return nil, guardDutyRefuses("The request is rejected because the input detectorId is not owned by the current account.")
}

func guardDutyRefuses(why string) error {
	return &types.BadRequestException{Message: aws.String(why), Type: aws.String("InvalidInputException")}
}
