package scenes

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	guarddutytypes "github.com/aws/aws-sdk-go-v2/service/guardduty/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var threatScenes = []Scene{
	{
		// One region has a detector that somebody suspended, the other has none.
		Control: "guardduty-enabled", Settled: v1alpha1.Pass,
		set: func(s *stage) {
			do(s, guardduty.NewFromConfig(s.in("us-east-1")).CreateDetector, &guardduty.CreateDetectorInput{Enable: aws.Bool(false)})
		},
		Posture: v1alpha1.Posture{Threat: v1alpha1.ThreatPosture{GuardDuty: &v1alpha1.GuardDuty{}}},
	},
	{
		Control: "guardduty-malware-protection", Settled: v1alpha1.Pass,
		set: func(s *stage) {
			for _, region := range []string{"us-east-1", "eu-west-1"} {
				do(s, guardduty.NewFromConfig(s.in(region)).CreateDetector, &guardduty.CreateDetectorInput{
					Enable:   aws.Bool(true),
					Features: []guarddutytypes.DetectorFeatureConfiguration{{Name: guarddutytypes.DetectorFeatureEbsMalwareProtection, Status: guarddutytypes.FeatureStatusDisabled}},
				})
			}
		},
		Posture: v1alpha1.Posture{Threat: v1alpha1.ThreatPosture{GuardDutyMalwareProtection: &v1alpha1.Presence{}}},
	},
	{
		Control: "account-security-contact", Settled: v1alpha1.Pass,
		Posture: v1alpha1.Posture{Response: v1alpha1.ResponsePosture{AccountSecurityContact: &v1alpha1.AccountSecurityContact{
			Name: "Blue Team", Title: "Security", Email: "security@example.com", Phone: "+1 555 0100",
		}}},
	},
}
