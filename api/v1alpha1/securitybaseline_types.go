package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SecurityBaselineSpec declares a posture and the accounts it is for.
type SecurityBaselineSpec struct {
	// Accounts of this namespace that the posture is declared for, by their labels. Empty
	// ({}) selects every AWSAccount of the namespace.
	AccountSelector metav1.LabelSelector `json:"accountSelector"`
	// How far the operator goes for controls that do not say otherwise. Default Audit.
	// +kubebuilder:default=Audit
	// +optional
	Enforcement Enforcement `json:"enforcement,omitempty"`
	// Time between two readings of an account; the shortest of all its baselines counts.
	// Every reading is API calls and CloudTrail events. Default 1h, from 10s to 24h.
	// +kubebuilder:default="1h"
	// +kubebuilder:validation:XValidation:rule="duration(self) >= duration('10s') && duration(self) <= duration('24h')",message="interval must be from 10s to 24h"
	// +optional
	Interval *metav1.Duration `json:"interval,omitempty"`
	// Bounds on one round, below the guard's of each account.
	// +optional
	Limits Limits `json:"limits,omitempty"`
	// Stop writing on behalf of this baseline; its controls are still judged.
	// +optional
	Suspend bool `json:"suspend,omitempty"`
	// What is declared. A control that is left out is neither checked nor counted.
	Posture Posture `json:"posture"`
}

// SecurityBaselineStatus totals the baseline's controls over its accounts.
type SecurityBaselineStatus struct {
	// Generation that the conditions speak of.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`
	// Ready, Reconciling, Stalled, Compliant, Suspended, Conflict.
	// +listType=map
	// +listMapKey=type
	// +optional
	Conditions []metav1.Condition `json:"conditions,omitempty"`
	// Controls that the baseline declares. Fewer than expected: a leaf with nothing behind it
	// (`rootMFA:` instead of `rootMFA: {}`) is a null and is dropped.
	Controls int32 `json:"controls"`
	// Accounts that the selector matches.
	Accounts int32 `json:"accounts"`
	// The baseline's controls over its accounts, by what they conclude.
	// +optional
	Totals *Totals `json:"totals,omitempty"`
	// Controls that fail, with the number of accounts they fail in; most accounts first, 20 at most.
	// +kubebuilder:validation:MaxItems=20
	// +listType=map
	// +listMapKey=control
	// +optional
	Failing []ControlCount `json:"failing,omitempty"`
	// Conflicts with other baselines, 20 at most.
	// +kubebuilder:validation:MaxItems=20
	// +listType=atomic
	// +optional
	Conflicts []string `json:"conflicts,omitempty"`
	// The oldest last verification of its accounts.
	// +optional
	LastVerifiedTime *metav1.Time `json:"lastVerifiedTime,omitempty"`
}

// ControlCount counts accounts for one control.
type ControlCount struct {
	// Control id, as in the catalogue.
	Control string `json:"control"`
	// Accounts it fails in.
	Accounts int32 `json:"accounts"`
}

// SecurityBaseline declares a security posture for the AWSAccounts of its namespace that its
// selector matches.
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
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type SecurityBaseline struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec SecurityBaselineSpec `json:"spec"`
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
