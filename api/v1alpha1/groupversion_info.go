// Package v1alpha1 holds the kinds of the group aws.guardrails.dev: what people declare
// about their AWS accounts and what the operator reports back. It imports nothing but
// apimachinery, so that anyone may import it.
//
// +kubebuilder:object:generate=true
// +groupName=aws.guardrails.dev
package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	// GroupVersion is the group and version of every kind in this package.
	GroupVersion = schema.GroupVersion{Group: "aws.guardrails.dev", Version: "v1alpha1"}

	schemeBuilder = runtime.NewSchemeBuilder(addKnownTypes)

	// AddToScheme registers every kind of this package with a scheme.
	AddToScheme = schemeBuilder.AddToScheme
)

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion,
		&AWSAccount{}, &AWSAccountList{},
		&SecurityBaseline{}, &SecurityBaselineList{},
		&AccountPosture{}, &AccountPostureList{},
		&RemediationRun{}, &RemediationRunList{}, &RiskAcceptance{}, &RiskAcceptanceList{},
	)
	metav1.AddToGroupVersion(scheme, GroupVersion)
	return nil
}
