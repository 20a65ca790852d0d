package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AccountPostureSpec says whose posture this is.
type AccountPostureSpec struct {
	// Name of the AWSAccount, of this namespace.
	// +kubebuilder:validation:MaxLength=253
	Account string `json:"account"`
	// The 12-digit account id.
	// +kubebuilder:validation:Pattern=`^[0-9]{12}$`
	// +kubebuilder:validation:MaxLength=12
	AccountID string `json:"accountID"`
}

// AccountPostureStatus is the last judgement of the account.
type AccountPostureStatus struct {
	// Compliant: whether AWS shows what is declared. Blocked: whether a plan is
	// held back.
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Controls declared for the account, by what they conclude.
	// +optional
	Totals *Totals `json:"totals,omitempty"`
	// One entry per declared control, by id.
	// +kubebuilder:validation:MaxItems=200
	// +listType=map
	// +listMapKey=control
	// +optional
	Controls []ControlPosture `json:"controls,omitempty"`
	// Baselines that the account was judged by; the first 50. A baseline that is
	// not here in its present version has not been judged yet.
	// +kubebuilder:validation:MaxItems=50
	// +listType=map
	// +listMapKey=uid
	// +optional
	Baselines []JudgedBaseline `json:"baselines,omitempty"`
	// Acceptances that cover findings here, by name; 50 at most.
	// +kubebuilder:validation:MaxItems=50
	// +listType=map
	// +listMapKey=acceptance
	// +optional
	Accepted []AcceptedFindings `json:"accepted,omitempty"`
	// Acceptances that cover findings here and did not fit into the list.
	// +optional
	MoreAccepted int32 `json:"moreAccepted,omitempty"`
	// Size of every collection that was read, to notice one that shrinks; 100 at
	// most.
	// +kubebuilder:validation:MaxItems=100
	// +listType=map
	// +listMapKey=collection
	// +optional
	Collections []CollectionSize `json:"collections,omitempty"`
	// What shrank so much in the last round that nothing is planned until a second
	// reading agrees; 20 at most.
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=256
	// +listType=atomic
	// +optional
	Shrank []string `json:"shrank,omitempty"`
	// Worst findings first; as many as fit, 100 at most.
	// +kubebuilder:validation:MaxItems=100
	// +listType=atomic
	// +optional
	Findings []Finding `json:"findings,omitempty"`
	// Findings that did not fit into the list.
	// +optional
	MoreFindings int32 `json:"moreFindings,omitempty"`
	// What would mend the findings, in short.
	// +optional
	Plan *PlanSummary `json:"plan,omitempty"`
	// When a round last ended with a complete judgement; written at most every
	// five minutes while nothing changes.
	// +optional
	LastVerifiedTime *metav1.Time `json:"lastVerifiedTime,omitempty"`
}

// JudgedBaseline is the version of a baseline that an account was judged by.
type JudgedBaseline struct {
	// UID of the SecurityBaseline.
	// +kubebuilder:validation:MaxLength=64
	UID string `json:"uid"`
	// Generation of its spec.
	Generation int64 `json:"generation"`
	// The account's turn in the baseline's rollout has not come yet: nothing is
	// written on behalf of it.
	// +optional
	Waiting bool `json:"waiting,omitempty"`
}

// ControlPosture is what one control concludes on the account.
type ControlPosture struct {
	// Control id, as in the catalogue (iam-root-mfa).
	// +kubebuilder:validation:MaxLength=64
	Control string `json:"control"`
	// Worst verdict over its resources.
	Verdict VerdictStatus `json:"verdict"`
	// Severity that counts here.
	Severity Severity `json:"severity"`
	// Enforcement that takes effect here, under the guard's ceiling.
	Enforcement Enforcement `json:"enforcement"`
	// Baselines that declare it, by name; the first 10.
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MaxLength=253
	// +listType=atomic
	// +optional
	Baselines []string `json:"baselines,omitempty"`
	// Resources that pass.
	// +optional
	Pass int32 `json:"pass,omitempty"`
	// Resources that fail.
	// +optional
	Fail int32 `json:"fail,omitempty"`
	// Resources whose risk is cut off but whose cause remains.
	// +optional
	Contained int32 `json:"contained,omitempty"`
	// Resources that could not be read.
	// +optional
	Unknown int32 `json:"unknown,omitempty"`
	// Failing resources covered by an acceptance; they are counted in fail too.
	// +optional
	Accepted int32 `json:"accepted,omitempty"`
	// Rounds in a row in which the control could not be read in full; 2 stands for
	// any more.
	// +kubebuilder:validation:Maximum=2
	// +optional
	UnreadRounds int32 `json:"unreadRounds,omitempty"`
	// IAM actions that reading it lacks, as service:Action; the first 5.
	// +kubebuilder:validation:MaxItems=5
	// +kubebuilder:validation:items:MaxLength=128
	// +listType=atomic
	// +optional
	Missing []string `json:"missing,omitempty"`
	// Why the baselines that declare it cannot be merged; it is only audited until
	// they agree.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Conflict string `json:"conflict,omitempty"`
}

// Finding is a verdict on one resource that is neither a pass nor not applicable.
type Finding struct {
	// Control id, as in the catalogue (iam-root-mfa).
	// +kubebuilder:validation:MaxLength=64
	Control string `json:"control"`
	// Severity that counts here.
	Severity Severity `json:"severity"`
	// What was concluded.
	Verdict VerdictStatus `json:"verdict"`
	// Resource, by ARN where it has one, else by id.
	// +kubebuilder:validation:MaxLength=2048
	Resource string `json:"resource"`
	// Region of the resource; empty for what is global.
	// +kubebuilder:validation:MaxLength=32
	// +optional
	Region string `json:"region,omitempty"`
	// Reason, one CamelCase word.
	// +kubebuilder:validation:MaxLength=64
	Reason string `json:"reason"`
	// What is wrong, one sentence.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Message string `json:"message,omitempty"`
	// Who manages the resource, when that keeps the operator from planning a
	// change to it.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	ManagedElsewhere string `json:"managedElsewhere,omitempty"`
	// What a person has to do, where no action can.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	ByHand string `json:"byHand,omitempty"`
	// Rule that refuses to touch the resource, if one does.
	// +kubebuilder:validation:MaxLength=4096
	// +optional
	Protected string `json:"protected,omitempty"`
	// RiskAcceptance that covers it, by name; nothing is planned for it.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	AcceptedBy string `json:"acceptedBy,omitempty"`
	// Somebody keeps undoing what the operator applies; it is left alone for a
	// while. Names who, where CloudTrail tells.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Contested string `json:"contested,omitempty"`
	// Why the action that would mend it could not be applied, in AWS's words.
	// It is left alone until it is another action, or until the time named.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Failed string `json:"failed,omitempty"`
	// Who said no to the action that would mend it, and in which
	// RemediationRun. It is neither applied nor offered while that run is kept.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Rejected string `json:"rejected,omitempty"`
	// Written, and not yet shown by AWS; it is read again soon.
	// +optional
	Settling bool `json:"settling,omitempty"`
}

// AcceptedFindings are the findings of an account that one acceptance covers.
type AcceptedFindings struct {
	// Name of the RiskAcceptance, of this namespace.
	// +kubebuilder:validation:MaxLength=253
	Acceptance string `json:"acceptance"`
	// Findings it covers here.
	Findings int32 `json:"findings"`
	// The first of them, by control and resource; 5 at most.
	// +kubebuilder:validation:MaxItems=5
	// +listType=atomic
	// +optional
	First []AcceptedFinding `json:"first,omitempty"`
}

// AcceptedFinding is a finding that an acceptance covers.
type AcceptedFinding struct {
	// Control id, as in the catalogue.
	// +kubebuilder:validation:MaxLength=64
	Control string `json:"control"`
	// Resource, by ARN where it has one, else by id.
	// +kubebuilder:validation:MaxLength=2048
	Resource string `json:"resource"`
}

// CollectionSize is how many resources a collection of the account had.
type CollectionSize struct {
	// Name of the collection (s3.buckets).
	// +kubebuilder:validation:MaxLength=64
	Collection string `json:"collection"`
	// Resources in it, as far as that is believed.
	Size int32 `json:"size"`
	// Resources that the last reading showed, where these are so many fewer that
	// it is not believed until a second reading agrees.
	// +optional
	Doubted *int32 `json:"doubted,omitempty"`
}

// PlanSummary is the plan in short. The RemediationRuns hold it in full.
type PlanSummary struct {
	// Hash over all actions; the same plan has the same hash.
	// +kubebuilder:validation:MaxLength=64
	Hash string `json:"hash"`
	// Actions planned.
	Actions int32 `json:"actions"`
	// Actions that would be applied by themselves.
	Automatic int32 `json:"automatic"`
	// Actions that wait for an approval.
	Offered int32 `json:"offered"`
	// Actions that are only shown, since the controls are audited.
	Audited int32 `json:"audited"`
	// Findings that only a person can mend.
	Manual int32 `json:"manual"`
	// Actions that were refused because what they touch is protected.
	Refused int32 `json:"refused"`
	// Actions that failed, and are not tried again yet.
	// +optional
	Failed int32 `json:"failed,omitempty"`
	// Actions that an approver said no to.
	// +optional
	Rejected int32 `json:"rejected,omitempty"`
	// The first actions, a line each; 50 at most.
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=1024
	// +listType=atomic
	// +optional
	First []string `json:"first,omitempty"`
}

// AccountPosture is what the operator last concluded about one AWSAccount. It
// is written by the operator only; deleting it changes nothing in AWS.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=posture,categories=guardrails
// +kubebuilder:printcolumn:name="ID",type=string,JSONPath=`.spec.accountID`
// +kubebuilder:printcolumn:name="Pass",type=integer,JSONPath=`.status.totals.pass`
// +kubebuilder:printcolumn:name="Fail",type=integer,JSONPath=`.status.totals.fail`
// +kubebuilder:printcolumn:name="Contained",type=integer,JSONPath=`.status.totals.contained`
// +kubebuilder:printcolumn:name="Accepted",type=integer,JSONPath=`.status.totals.accepted`
// +kubebuilder:printcolumn:name="Unknown",type=integer,JSONPath=`.status.totals.unknown`
// +kubebuilder:printcolumn:name="Planned",type=integer,JSONPath=`.status.plan.actions`
// +kubebuilder:printcolumn:name="Compliant",type=string,JSONPath=`.status.conditions[?(@.type=="Compliant")].status`
// +kubebuilder:printcolumn:name="Verified",type=date,JSONPath=`.status.lastVerifiedTime`
type AccountPosture struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// Whose posture it is.
	Spec AccountPostureSpec `json:"spec"`
	// What was last concluded.
	// +optional
	Status AccountPostureStatus `json:"status,omitempty"`
}

// AccountPostureList is a list of AccountPostures.
// +kubebuilder:object:root=true
type AccountPostureList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []AccountPosture `json:"items"`
}

// GetConditions returns the posture's conditions.
func (p *AccountPosture) GetConditions() *[]metav1.Condition { return &p.Status.Conditions }
