package action

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var threatTypes = []Action{CreateDetector{}}

// CreateDetector turns GuardDuty on in a region that has none. Only what GuardDuty always
// watches is on: left unsaid, AWS would start each further protection plan, and its bill, too.
type CreateDetector struct {
	// Detector is where it will be; its id is not known before.
	Detector Target `json:"detector"`
}

// Describe implements Action.
func (a CreateDetector) Describe() Description {
	return Description{
		Target:     a.Detector.Ref(),
		Collection: inventory.Detectors.Name,
		Setting:    "Detector",
		Title:      "turn GuardDuty on in " + a.Detector.Region,
		From:       "no detector",
		To:         "enabled for CloudTrail events, VPC flow logs and DNS logs; the S3, EKS, malware, RDS and Lambda protection plans off",
		Risk:       v1alpha1.Costly,
		Calls:      []string{"guardduty:CreateDetector"},
	}
}

// Undo implements Action. Deleting the detector would delete what it found.
func (a CreateDetector) Undo([]string) Undoing {
	return Undoing{
		Calls: []string{"guardduty:UpdateDetector"}, To: "disabled", Not: "the detector stays, disabled: with it its findings would be deleted",
		Finds: "arn:" + a.Detector.Partition + ":guardduty:" + a.Detector.Region + ":" + a.Detector.Account + ":detector/*",
	}
}

// DetectorState is whether a region's detector, with the protection plans it had, is on.
var DetectorState = sets(Setting[inventory.Detector, inventory.DetectorState]{
	Type:  "EnableDetector",
	Fact:  inventory.DetectorIs,
	Title: "turn GuardDuty on again in {region}",
	Text: func(state inventory.DetectorState) string {
		return onOff(state == inventory.DetectorEnabled, "enabled, with the protection plans it had", "disabled")
	},
	Risk: v1alpha1.Costly,
	Call: "guardduty:UpdateDetector",
	Was:  Was[inventory.DetectorState]{Target: "detector", Bare: true, From: inventory.DetectorDisabled, To: always(inventory.DetectorEnabled)},
})

// MalwareProtection is whether GuardDuty scans volumes. Each scan is paid for by the gigabyte.
var MalwareProtection = sets(Setting[inventory.Detector, bool]{
	Type:  "ScanForMalware",
	Fact:  inventory.MalwareProtection,
	Title: "let GuardDuty scan the volumes of suspicious instances in {region}",
	Risk:  v1alpha1.Costly,
	Call:  "guardduty:UpdateDetector",
})

// SecurityContact is whom AWS calls about the account's security.
var SecurityContact = sets(Setting[inventory.SecurityContact, inventory.Contact]{
	Type:  "PutSecurityContact",
	Fact:  inventory.RegisteredContact,
	Title: "register the security contact of account {id}",
	Risk:  v1alpha1.Safe,
	CallOf: func(to inventory.Contact) string {
		return onOff(to != inventory.Contact{}, "account:PutAlternateContact", "account:DeleteAlternateContact")
	},
	Was: Was[inventory.Contact]{Target: "account"},
})
