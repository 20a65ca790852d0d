package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SecurityBaselineSpec declares a posture and the accounts it is for.
type SecurityBaselineSpec struct {
	// Accounts of this namespace that the posture is declared for, by the labels
	// of their AWSAccounts. {} selects every AWSAccount of the namespace. 50
	// labels and 20 expressions at most.
	// +kubebuilder:validation:XValidation:rule="!has(self.matchLabels) || size(self.matchLabels) <= 50",message="accountSelector.matchLabels may have 50 labels at most"
	// +kubebuilder:validation:XValidation:rule="!has(self.matchExpressions) || size(self.matchExpressions) <= 20",message="accountSelector.matchExpressions may have 20 expressions at most"
	AccountSelector metav1.LabelSelector `json:"accountSelector"`
	// How far the operator goes for controls that do not say otherwise. Audit only
	// reports, Approve writes what an approver said yes to, Enforce writes safe
	// actions within the limits by itself. Never further than guard.maxEnforcement
	// of the account. Default Audit.
	// +kubebuilder:default=Audit
	// +optional
	Enforcement Enforcement `json:"enforcement,omitempty"`
	// Time between two readings of an account; the shortest of all its baselines
	// counts. Every reading is API calls and CloudTrail events. Default 1h, from
	// 10s to 24h.
	// +kubebuilder:default="1h"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9.]+(s|m|h))+$') && duration(self) >= duration('10s') && duration(self) <= duration('24h')",message="interval must be a duration from 10s to 24h, such as 90s, 30m or 1h"
	// +optional
	Interval *metav1.Duration `json:"interval,omitempty"`
	// Bounds on 24 hours; they only lower those of the account's guard. Left out:
	// the guard's.
	// +optional
	Limits Limits `json:"limits,omitzero"`
	// How a change of posture or enforcement reaches the accounts. Left out: all
	// of them at once.
	// +optional
	Rollout *Rollout `json:"rollout,omitempty"`
	// Stop writing on behalf of this baseline; its controls are still judged.
	// Default false.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
	// What is declared. A control that is left out is neither checked nor counted.
	Posture Posture `json:"posture"`
}

// Rollout lets a change reach the accounts in waves. Until its turn an account
// is judged by the new declaration but nothing is written on behalf of it.
type Rollout struct {
	// Accounts that go first, by the labels of their AWSAccounts. Left out: none;
	// the first wave is the first accounts by name.
	// +kubebuilder:validation:XValidation:rule="!has(self.matchLabels) || size(self.matchLabels) <= 50",message="canary.matchLabels may have 50 labels at most"
	// +kubebuilder:validation:XValidation:rule="!has(self.matchExpressions) || size(self.matchExpressions) <= 20",message="canary.matchExpressions may have 20 expressions at most"
	// +optional
	Canary *metav1.LabelSelector `json:"canary,omitempty"`
	// Accounts that the change is under way in at once, after the canaries.
	// Default 10, from 1 to 1000.
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	// +optional
	MaxConcurrentAccounts int32 `json:"maxConcurrentAccounts,omitempty"`
	// Time between the last canary being done and the next accounts. Default 10m,
	// from 0s to 168h.
	// +kubebuilder:default="10m"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule="self.matches('^([0-9.]+(s|m|h))+$') && duration(self) >= duration('0s') && duration(self) <= duration('168h')",message="bakeTime must be a duration from 0s to 168h, such as 90s, 30m or 24h"
	// +optional
	BakeTime *metav1.Duration `json:"bakeTime,omitempty"`
	// Let no further account have its turn while a run of this baseline has failed
	// in one that had. Default true.
	// +kubebuilder:default=true
	// +optional
	StopOnFailure *bool `json:"stopOnFailure,omitempty"`
}

// RolloutPhase is where a rollout stands.
// +kubebuilder:validation:Enum=Canary;Baking;Rolling;Stopped;Done
type RolloutPhase string

// Phases of a rollout. Stopped: a run failed; it goes on once that account is mended.
const (
	RolloutCanary  RolloutPhase = "Canary"
	RolloutBaking  RolloutPhase = "Baking"
	RolloutRolling RolloutPhase = "Rolling"
	RolloutStopped RolloutPhase = "Stopped"
	RolloutDone    RolloutPhase = "Done"
)

// RolloutStatus is how far a change has come.
type RolloutStatus struct {
	// What is rolled out: a hash over posture and enforcement.
	// +kubebuilder:validation:MaxLength=64
	Revision string `json:"revision"`
	// Where it stands.
	Phase RolloutPhase `json:"phase"`
	// When the phase began.
	Since metav1.Time `json:"since"`
	// Besides the canaries, the accounts up to and including this name have had
	// their turn.
	// +kubebuilder:validation:MaxLength=253
	// +optional
	Through string `json:"through,omitempty"`
	// Accounts that are done.
	Done int32 `json:"done"`
	// Accounts that the change is under way in.
	UnderWay int32 `json:"underWay"`
	// Why it is stopped, if it is.
	// +kubebuilder:validation:MaxLength=1024
	// +optional
	Message string `json:"message,omitempty"`
}

// SecurityBaselineStatus totals the baseline's controls over its accounts.
type SecurityBaselineStatus struct {
	// Generation of the spec that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Ready, Reconciling, Stalled, Compliant, Suspended, Conflict.
	// +kubebuilder:validation:MaxItems=16
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Controls that the baseline declares. Fewer than expected: a leaf with
	// nothing behind it (`rootMFA:` instead of `rootMFA: {}`) is a null and is
	// dropped.
	// +kubebuilder:default=0
	// +optional
	Controls int32 `json:"controls"`
	// Accounts that the selector matches.
	// +kubebuilder:default=0
	// +optional
	Accounts int32 `json:"accounts"`
	// The baseline's controls over its accounts, by what they conclude.
	// +optional
	Totals *Totals `json:"totals,omitempty"`
	// Controls that fail, with the number of accounts they fail in; most accounts
	// first, 20 at most.
	// +kubebuilder:validation:MaxItems=20
	// +listType=map
	// +listMapKey=control
	// +optional
	Failing []ControlCount `json:"failing,omitempty"`
	// Conflicts with other baselines, 20 at most.
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MaxLength=1024
	// +listType=atomic
	// +optional
	Conflicts []string `json:"conflicts,omitempty"`
	// How far the last change has come, where spec.rollout is set.
	// +optional
	Rollout *RolloutStatus `json:"rollout,omitempty"`
	// The oldest last verification of its accounts.
	// +optional
	LastVerifiedTime *metav1.Time `json:"lastVerifiedTime,omitempty"`
}

// ControlCount counts accounts for one control.
type ControlCount struct {
	// Control id, as in the catalogue (iam-root-mfa).
	// +kubebuilder:validation:MaxLength=64
	Control string `json:"control"`
	// Accounts it fails in.
	Accounts int32 `json:"accounts"`
}

// SecurityBaseline declares a security posture for the AWSAccounts of its
// namespace that its selector matches.
// +kubebuilder:object:root=true
// +kubebuilder:subresource:status
// +kubebuilder:resource:shortName=sb,categories=guardrails
// +kubebuilder:printcolumn:name="Accounts",type=integer,JSONPath=`.status.accounts`
// +kubebuilder:printcolumn:name="Enforcement",type=string,JSONPath=`.spec.enforcement`
// +kubebuilder:printcolumn:name="Controls",type=integer,JSONPath=`.status.controls`,priority=1
// +kubebuilder:printcolumn:name="Pass",type=integer,JSONPath=`.status.totals.pass`
// +kubebuilder:printcolumn:name="Fail",type=integer,JSONPath=`.status.totals.fail`
// +kubebuilder:printcolumn:name="Contained",type=integer,JSONPath=`.status.totals.contained`,priority=1
// +kubebuilder:printcolumn:name="Accepted",type=integer,JSONPath=`.status.totals.accepted`
// +kubebuilder:printcolumn:name="Unknown",type=integer,JSONPath=`.status.totals.unknown`
// +kubebuilder:printcolumn:name="Compliant",type=string,JSONPath=`.status.conditions[?(@.type=="Compliant")].status`
// +kubebuilder:printcolumn:name="Interval",type=string,JSONPath=`.spec.interval`,priority=1
// +kubebuilder:printcolumn:name="Rollout",type=string,JSONPath=`.status.rollout.phase`,priority=1
// +kubebuilder:printcolumn:name="Suspended",type=boolean,JSONPath=`.spec.suspend`,priority=1
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`,priority=1
// +kubebuilder:printcolumn:name="Verified",type=date,JSONPath=`.status.lastVerifiedTime`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type SecurityBaseline struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	// What is declared, for which accounts, and how far the operator goes for it.
	Spec SecurityBaselineSpec `json:"spec"`
	// Totals over the accounts; written by the operator only.
	// +optional
	Status SecurityBaselineStatus `json:"status,omitempty"`
}

// SecurityBaselineList is a list of SecurityBaselines.
// +kubebuilder:object:root=true
type SecurityBaselineList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []SecurityBaseline `json:"items"`
}

// GetConditions returns the baseline's conditions.
func (b *SecurityBaseline) GetConditions() *[]metav1.Condition { return &b.Status.Conditions }
