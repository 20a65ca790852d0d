package posture

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Selects says whether a baseline is for an account: of its namespace, and matched by its
// selector.
func Selects(baseline *v1alpha1.SecurityBaseline, account *v1alpha1.AWSAccount) bool {
	selector, err := metav1.LabelSelectorAsSelector(&baseline.Spec.AccountSelector)
	return err == nil && baseline.Namespace == account.Namespace && selector.Matches(labels.Set(account.Labels))
}
