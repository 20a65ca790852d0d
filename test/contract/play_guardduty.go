package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"
)

func playGuardDuty(p *play) {
	home, ireland := guardduty.NewFromConfig(p.in("us-east-1")), guardduty.NewFromConfig(p.in("eu-west-1"))
	call(p, "list no detectors", home.ListDetectors, &guardduty.ListDetectorsInput{})
	in := &guardduty.CreateDetectorInput{
		Enable: aws.Bool(true), ClientToken: aws.String("contract"), Tags: map[string]string{"owner": "aws-guardrails"},
		Features: []types.DetectorFeatureConfiguration{{Name: types.DetectorFeatureS3DataEvents, Status: types.FeatureStatusDisabled}},
	}
	id := call(p, "create a detector", home.CreateDetector, in).DetectorId
	call(p, "create it again", home.CreateDetector, in)
	other := *in
	other.ClientToken = aws.String("another")
	call(p, "create a second detector", home.CreateDetector, &other)
	call(p, "list the detector", home.ListDetectors, &guardduty.ListDetectorsInput{MaxResults: aws.Int32(50)})
	read := func(step string) {
		call(p, step, home.GetDetector, &guardduty.GetDetectorInput{DetectorId: id})
	}
	read("read the detector")
	call(p, "list no detectors in Ireland", ireland.ListDetectors, &guardduty.ListDetectorsInput{})
	call(p, "read the detector in Ireland", ireland.GetDetector, &guardduty.GetDetectorInput{DetectorId: id})

	call(p, "disable the detector", home.UpdateDetector, &guardduty.UpdateDetectorInput{DetectorId: id, Enable: aws.Bool(false)})
	read("read the detector disabled")
	call(p, "publish hourly", home.UpdateDetector, &guardduty.UpdateDetectorInput{DetectorId: id, FindingPublishingFrequency: types.FindingPublishingFrequencyOneHour})
	read("read the detector that publishes hourly")
	call(p, "enable the detector", home.UpdateDetector, &guardduty.UpdateDetectorInput{DetectorId: id, Enable: aws.Bool(true)})
	read("read the detector enabled")

	bare := call(p, "create a detector that sleeps", ireland.CreateDetector, &guardduty.CreateDetectorInput{Enable: aws.Bool(false)}).DetectorId
	call(p, "read the detector that sleeps", ireland.GetDetector, &guardduty.GetDetectorInput{DetectorId: bare})

	none := aws.String("0123456789abcdef0123456789abcdef")
	call(p, "read no detector", home.GetDetector, &guardduty.GetDetectorInput{DetectorId: none})
	call(p, "enable no detector", home.UpdateDetector, &guardduty.UpdateDetectorInput{DetectorId: none, Enable: aws.Bool(true)})
	call(p, "read another's detector", guardduty.NewFromConfig(p.as(stranger)).GetDetector, &guardduty.GetDetectorInput{DetectorId: id})
	call(p, "delete the detector", home.DeleteDetector, &guardduty.DeleteDetectorInput{DetectorId: id})
	read("read the detector deleted")
	call(p, "list no detectors more", home.ListDetectors, &guardduty.ListDetectorsInput{})
}
