package action

import (
	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var threatTypes = []Action{CreateDetector{}, EnableDetector{}, PutSecurityContact{}}

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

// EnableDetector turns a region's suspended detector on again, with the protection plans it had.
type EnableDetector struct {
	Detector Target `json:"detector"`
}

// Describe implements Action.
func (a EnableDetector) Describe() Description {
	return Description{
		Target:     a.Detector.Ref(),
		Collection: inventory.Detectors.Name,
		Setting:    "Detector",
		Title:      "turn GuardDuty on again in " + a.Detector.Region,
		From:       "disabled",
		To:         "enabled, with the protection plans it had",
		Risk:       v1alpha1.Costly,
		Calls:      []string{"guardduty:UpdateDetector"},
	}
}

// Undo implements Action.
func (a EnableDetector) Undo(done []string) Undoing { return back(done...) }

// PutSecurityContact tells AWS whom to call about the account's security.
type PutSecurityContact struct {
	Account Target            `json:"account"`
	From    inventory.Contact `json:"from"`
	To      inventory.Contact `json:"to"`
}

// Describe implements Action.
func (a PutSecurityContact) Describe() Description {
	return Description{
		Target:     a.Account.Ref(),
		Collection: inventory.SecurityContacts.Name,
		Setting:    "SecurityContact",
		Title:      "register the security contact of account " + a.Account.ID,
		From:       a.From.String(),
		To:         a.To.String(),
		Risk:       v1alpha1.Safe,
		Calls:      []string{"account:PutAlternateContact"},
	}
}

// Undo implements Action.
func (a PutSecurityContact) Undo(done []string) Undoing {
	if a.From == (inventory.Contact{}) {
		return back("account:DeleteAlternateContact")
	}
	return back(done...)
}
