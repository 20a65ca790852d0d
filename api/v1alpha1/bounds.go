package v1alpha1

import "strings"

// Bounds that the API server holds a status to. Who writes a status cuts to them first: one
// entry too many, and the whole of it is refused. Lengths are in characters.
const (
	// MaxRegions bounds AWSAccount's status.regions.
	MaxRegions = 64
	// MaxBaselines bounds AWSAccount's status.baselines.
	MaxBaselines = 50
	// MaxCheckNow bounds AWSAccount's status.lastHandledCheckNow.
	MaxCheckNow = 256
	// MaxFailing bounds SecurityBaseline's status.failing.
	MaxFailing = 20
	// MaxConflicts bounds SecurityBaseline's status.conflicts.
	MaxConflicts = 20
	// MaxConflict bounds the text of one conflict.
	MaxConflict = 1024
	// MaxControls bounds AccountPosture's status.controls.
	MaxControls = 200
	// MaxBaselinesOfControl bounds the baselines named for one control of an AccountPosture.
	MaxBaselinesOfControl = 10
	// MaxFindings bounds AccountPosture's status.findings.
	MaxFindings = 100
	// MaxMessage bounds the message of a finding.
	MaxMessage = 1024
	// MaxAccepted bounds AccountPosture's status.accepted, and MaxAcceptedFirst the findings
	// named for one acceptance there.
	MaxAccepted      = 50
	MaxAcceptedFirst = 5
	// MaxCollections bounds AccountPosture's status.collections.
	MaxCollections = 100
	// MaxShrank bounds AccountPosture's status.shrank.
	MaxShrank = 20
	// MaxMissing bounds the IAM actions named for one control of an AccountPosture.
	MaxMissing = 5
	// MaxCovers bounds RiskAcceptance's status.covers.
	MaxCovers = 20
	// MaxPlanLines bounds AccountPosture's status.plan.first.
	MaxPlanLines = 50
	// MaxActions bounds RemediationRun's spec.actions.
	MaxActions = 1000
	// MaxTitle bounds the title of an action, in a run and in a plan's lines.
	MaxTitle = 1024
	// MaxText bounds from and to of an action.
	MaxText = 65536
	// MaxJournalMessage bounds the message of a journal entry.
	MaxJournalMessage = 512
)

// CheckNow returns what the account's check-now annotation asks for, in the form that
// status.lastHandledCheckNow keeps.
func (a *AWSAccount) CheckNow() string {
	asked := a.Annotations[AnnotationCheckNow]
	return strings.ToValidUTF8(asked[:min(len(asked), MaxCheckNow)], "")
}
