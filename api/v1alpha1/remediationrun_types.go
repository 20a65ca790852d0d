package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// RemediationRunSpec is one plan, or one part of it, on its way to an account. Everything but
// the approval is fixed when it is created.
// +kubebuilder:validation:XValidation:rule="self.account == oldSelf.account && self.accountID == oldSelf.accountID && self.trigger == oldSelf.trigger && self.planHash == oldSelf.planHash && self.part == oldSelf.part && self.parts == oldSelf.parts && self.actions == oldSelf.actions && has(self.revertOf) == has(oldSelf.revertOf) && (!has(self.revertOf) || self.revertOf == oldSelf.revertOf)",message="a run cannot be changed; only spec.approval and spec.revert may be set"
// +kubebuilder:validation:XValidation:rule="!has(self.approval) || self.trigger != 'Enforced'",message="only an offered run takes an approval; suspend the account to stop an enforced one"
// +kubebuilder:validation:XValidation:rule="self.part <= self.parts",message="part must not exceed parts"
// +kubebuilder:validation:XValidation:rule="!has(oldSelf.approval) || (has(self.approval) && self.approval == oldSelf.approval)",message="an approval cannot be changed or withdrawn; suspend the account to stop a run"
// +kubebuilder:validation:XValidation:rule="!(has(oldSelf.revert) && oldSelf.revert) || (has(self.revert) && self.revert)",message="a wish to undo a run cannot be withdrawn; reject the run that would undo it"
// +kubebuilder:validation:XValidation:rule="has(self.requestedBy) == has(oldSelf.requestedBy) ? (!has(self.requestedBy) || self.requestedBy == oldSelf.requestedBy) : (!has(oldSelf.requestedBy) && has(self.revert) && self.revert && !(has(oldSelf.revert) && oldSelf.revert))",message="who asks for an undo is said along with revert, once"
// +kubebuilder:validation:XValidation:rule="has(self.revertOf) == (self.trigger == 'Undo')",message="an Undo run names the run that it undoes in revertOf, and no other does"
// +kubebuilder:validation:XValidation:rule="self.trigger != 'Undo' || !has(self.revert) || !self.revert",message="an Undo run is not undone: end its RiskAcceptance, and what is declared is planned again"
type RemediationRunSpec struct {
	// Name of the AWSAccount, of this namespace.
	// +kubebuilder:validation:MaxLength=253
	Account string `json:"account"`
	// The 12-digit account id.
	// +kubebuilder:validation:Pattern=`^[0-9]{12}$`
	// +kubebuilder:validation:MaxLength=12
	AccountID string `json:"accountID"`
	// Why the run exists: Enforced runs start by themselves, Offered ones wait for
	// an approval, and so do Undo runs, which a person asked for by spec.revert of
	// another run.
	Trigger RunTrigger `json:"trigger"`
	// Hash over the actions of the whole plan, the same for all its parts.
	// +kubebuilder:validation:MaxLength=64
	PlanHash string `json:"planHash"`
	// Which part of the plan this is, from 1.
	// +kubebuilder:validation:Minimum=1
	Part int32 `json:"part"`
	// Parts that the plan takes; a plan too large for one object goes in several,
	// in order.
	// +kubebuilder:validation:Minimum=1
	Parts int32 `json:"parts"`
	// What the run changes, in order, each with what was there before.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=1000
	// +listType=atomic
	Actions []RunAction `json:"actions"`
	// The decision of an approver; the only field that anyone but the operator may
	// set, once:
	// kubectl patch rr NAME --type=merge
	// -p '{"spec":{"approval":{"decision":"Approved","by":"YOU"}}}'.
	// +optional
	Approval *Approval `json:"approval,omitempty"`
	// Undo the run: set to true once it has ended. A run with trigger Undo is then
	// offered that puts the before-images back, where AWS still shows what this
	// run wrote; it waits for an approval like any other. Cannot be withdrawn.
	// The condition Undone says how far it is, or why it is refused:
	// kubectl patch rr NAME --type=merge
	// -p '{"spec":{"revert":true,"requestedBy":"YOU"}}'.
	// +optional
	Revert bool `json:"revert,omitempty"`
	// Who asks for the undo, as the API server knows them: set along with revert.
	// The Undo run carries the name over; somebody else approves it.
	// +kubebuilder:validation:MaxLength=256
	// +optional
	RequestedBy string `json:"requestedBy,omitempty"`
	// Name of the run that an Undo run undoes.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	RevertOf string `json:"revertOf,omitempty"`
}

// RunTrigger says what started a run.
// +kubebuilder:validation:Enum=Enforced;Offered;Undo
type RunTrigger string

// Triggers of a run.
const (
	TriggerEnforced RunTrigger = "Enforced"
	TriggerOffered  RunTrigger = "Offered"
	TriggerUndo     RunTrigger = "Undo"
)

// RunAction is one intended change, as data.
type RunAction struct {
	// Hash over type and content: the identity that an approval speaks of.
	// +kubebuilder:validation:MaxLength=64
	Hash string `json:"hash"`
	// Kind of action.
	// +kubebuilder:validation:MaxLength=64
	Type string `json:"type"`
	// Controls that ask for it.
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=64
	// +listType=set
	Controls []string `json:"controls"`
	// Resource that changes, by ARN where it has one, else by id.
	// +kubebuilder:validation:MaxLength=2048
	Target string `json:"target"`
	// Region of the resource; empty for what is global.
	// +kubebuilder:validation:MaxLength=32
	// +optional
	Region string `json:"region,omitempty"`
	// Collection that the resource counts in for limits.maxPercent.
	// +kubebuilder:validation:MaxLength=128
	// +optional
	Collection string `json:"collection,omitempty"`
	// Resources that the collection had when the run was planned.
	// +optional
	CollectionSize int32 `json:"collectionSize,omitempty"`
	// What changes, one line.
	// +kubebuilder:validation:MaxLength=1024
	Title string `json:"title"`
	// What is there now, as text to compare.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	From string `json:"from,omitempty"`
	// What will be there, as text to compare.
	// +kubebuilder:validation:MaxLength=65536
	// +optional
	To string `json:"to,omitempty"`
	// What it may cost whoever uses the account: safe, costly (starts a bill),
	// disruptive (may cut access or traffic) or irreversible.
	Risk Risk `json:"risk"`
	// AWS calls it makes, in order, as service:Operation.
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=128
	// +listType=atomic
	Calls []string `json:"calls"`
	// What of the action spec.revert cannot undo, and why; left out where it
	// undoes all of it.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	NoUndo string `json:"noUndo,omitempty"`
	// The action itself, with the before-image.
	// +kubebuilder:pruning:PreserveUnknownFields
	Content runtime.RawExtension `json:"content"`
}

// Approval is one person's decision on one run.
type Approval struct {
	// Approved lets the run start; Rejected ends it.
	// +kubebuilder:validation:Enum=Approved;Rejected
	Decision Decision `json:"decision"`
	// User who decides, by the name the cluster knows (kubectl auth whoami). The
	// API server refuses any name but that of who asks.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=512
	By string `json:"by"`
	// Why, in words for whoever reads the run later.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Comment string `json:"comment,omitempty"`
}

// Decision is yes or no.
type Decision string

// Decisions.
const (
	Approved Decision = "Approved"
	Rejected Decision = "Rejected"
)

// RunPhase is where a run stands.
// +kubebuilder:validation:Enum=Pending;Running;Succeeded;Failed;Superseded;Rejected;Stopped;Expired
type RunPhase string

// Phases of a run. All but Pending and Running are final. Expired: it was approved, but not
// begun while the approval was good.
const (
	RunPending    RunPhase = "Pending"
	RunRunning    RunPhase = "Running"
	RunSucceeded  RunPhase = "Succeeded"
	RunFailed     RunPhase = "Failed"
	RunSuperseded RunPhase = "Superseded"
	RunRejected   RunPhase = "Rejected"
	RunStopped    RunPhase = "Stopped"
	RunExpired    RunPhase = "Expired"
)

// Final says whether a run in this phase will never write again.
func (p RunPhase) Final() bool {
	switch p {
	case RunSucceeded, RunFailed, RunSuperseded, RunRejected, RunStopped, RunExpired:
		return true
	case RunPending, RunRunning:
	}
	return false
}

// CallResult is how one journaled call ended.
// +kubebuilder:validation:Enum=Claimed;Done;AlreadySo;Changed;Denied;Failed;Skipped
type CallResult string

// Results of a call. Claimed: sent, or about to be; its answer is not recorded yet.
// AlreadySo: the target was as intended, nothing was sent. Changed: the target was not as
// planned, nothing was sent and it is planned anew.
const (
	CallClaimed   CallResult = "Claimed"
	CallDone      CallResult = "Done"
	CallAlreadySo CallResult = "AlreadySo"
	CallChanged   CallResult = "Changed"
	CallDenied    CallResult = "Denied"
	CallFailed    CallResult = "Failed"
	CallSkipped   CallResult = "Skipped"
)

// JournalEntry is what became of one call of one action.
type JournalEntry struct {
	// Hash of the action, as in spec.actions.
	// +kubebuilder:validation:MaxLength=64
	Action string `json:"action"`
	// Call, as service:Operation.
	// +kubebuilder:validation:MaxLength=128
	Call string `json:"call"`
	// When it was claimed, before it was sent.
	At metav1.Time `json:"at"`
	// How it ended. Claimed: its answer is not recorded yet. AlreadySo: the target
	// was as intended, nothing was sent. Changed: the target was not as planned,
	// nothing was sent.
	Result CallResult `json:"result"`
	// Why it was not done, if it was not.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	Message string `json:"message,omitempty"`
}

// RemediationRunStatus is the journal of a run.
type RemediationRunStatus struct {
	// Generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Ready, Reconciling, Stalled; Undone once spec.revert is set.
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Where the run stands. All but Pending and Running are final.
	// +optional
	Phase RunPhase `json:"phase,omitempty"`
	// Actions ended, of all: 7/12.
	// +kubebuilder:validation:MaxLength=16
	// +optional
	Progress string `json:"progress,omitempty"`
	// Who approved the run, for the journal.
	// +kubebuilder:validation:MaxLength=512
	// +optional
	ApprovedBy string `json:"approvedBy,omitempty"`
	// When the approval was given. It is good for a day, unless the operator was
	// started with another --approval-ttl.
	// +optional
	ApprovedAt *metav1.Time `json:"approvedAt,omitempty"`
	// Name of the Undo run that was offered for spec.revert.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	UndoneBy string `json:"undoneBy,omitempty"`
	// ARN that GetCallerIdentity showed for the writing session.
	// +kubebuilder:validation:MaxLength=2048
	// +optional
	Caller string `json:"caller,omitempty"`
	// Every call, in the order of claiming.
	// +kubebuilder:validation:MaxItems=20000
	// +listType=atomic
	// +optional
	Journal []JournalEntry `json:"journal,omitempty"`
	// When the first call was claimed.
	// +optional
	StartedAt *metav1.Time `json:"startedAt,omitempty"`
	// When the run became final.
	// +optional
	FinishedAt *metav1.Time `json:"finishedAt,omitempty"`
}

// RemediationRun is one plan on its way to an account: offered, applied, then
// the journal of what was done. It is evidence: owned by nothing, kept by
// count and age.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=rr,categories=guardrails
// +kubebuilder:printcolumn:name="Account",type=string,JSONPath=`.spec.account`
// +kubebuilder:printcolumn:name="Trigger",type=string,JSONPath=`.spec.trigger`
// +kubebuilder:printcolumn:name="Phase",type=string,JSONPath=`.status.phase`
// +kubebuilder:printcolumn:name="Progress",type=string,JSONPath=`.status.progress`
// +kubebuilder:printcolumn:name="Decision",type=string,JSONPath=`.spec.approval.decision`
// +kubebuilder:printcolumn:name="By",type=string,JSONPath=`.spec.approval.by`
// +kubebuilder:printcolumn:name="Part",type=integer,JSONPath=`.spec.part`,priority=1
// +kubebuilder:printcolumn:name="Parts",type=integer,JSONPath=`.spec.parts`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type RemediationRun struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// The plan, fixed but for the approval.
	Spec RemediationRunSpec `json:"spec"`
	// The journal; written by the operator only.
	// +optional
	Status RemediationRunStatus `json:"status,omitempty"`
}

// RemediationRunList is a list of RemediationRuns.
// +kubebuilder:object:root=true
type RemediationRunList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []RemediationRun `json:"items"`
}

// GetConditions returns the run's conditions.
func (r *RemediationRun) GetConditions() *[]metav1.Condition { return &r.Status.Conditions }
