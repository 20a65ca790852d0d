package account

import (
	"context"
	"fmt"
	"slices"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
)

// Who decides on a run, in whose name, and who wrote what the run holds: the kind alone does not
// say, the admission policies of config/admission do. Where one of them is missing, a yes is
// nobody's, and is not acted on.

//+kubebuilder:rbac:groups=admissionregistration.k8s.io,resources=validatingadmissionpolicies;validatingadmissionpolicybindings,resourceNames=guardrails-approvals;guardrails-operator-owned;guardrails-reverts,verbs=get

// policies hold approvals and what is approved to be genuine; each has a binding of its name.
var policies = []string{"guardrails-approvals", "guardrails-operator-owned", "guardrails-reverts"}

// next returns the open run that is to be applied, or nil. Those that a person approved wait
// while the cluster holds no approval to be genuine.
func (v *visit) next(ctx context.Context, waiting []string) (*v1alpha1.RemediationRun, error) {
	gap := ""
	if slices.ContainsFunc(v.runs.open, func(run *v1alpha1.RemediationRun) bool { return startable(run) && needsYes(run) }) {
		var err error
		if gap, err = unguarded(ctx, v.Live); err != nil {
			return nil, err
		}
	}
	if gap != "" {
		conditions.Set(v.account, v1alpha1.ConditionBlocked, metav1.ConditionTrue, v1alpha1.ReasonApprovalsUnguarded, gap)
	}
	for _, run := range v.runs.open {
		switch {
		case !startable(run), slices.Contains(waiting, run.Name):
		case gap == "" || !needsYes(run):
			return run, nil
		default:
			if err := v.wait(ctx, run, v1alpha1.ReasonApprovalsUnguarded, gap); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// needsYes says whether a person's yes is what lets a run start.
func needsYes(run *v1alpha1.RemediationRun) bool { return run.Spec.Trigger != v1alpha1.TriggerEnforced }

// unguarded says which policy does not hold, and what to do, or "".
func unguarded(ctx context.Context, from client.Reader) (string, error) {
	for _, name := range policies {
		policy, binding := &admissionv1.ValidatingAdmissionPolicy{}, &admissionv1.ValidatingAdmissionPolicyBinding{}
		for _, object := range []client.Object{policy, binding} {
			if err := from.Get(ctx, client.ObjectKey{Name: name}, object); client.IgnoreNotFound(err) != nil {
				return "", fmt.Errorf("reading admission policy %s: %w", name, err)
			}
		}
		if why := loose(policy, binding); why != "" {
			return fmt.Sprintf("nothing that was approved is applied: admission policy %s %s; install config/admission", name, why), nil
		}
	}
	return "", nil
}

// loose says why a policy does not hold everywhere, or "".
func loose(policy *admissionv1.ValidatingAdmissionPolicy, binding *admissionv1.ValidatingAdmissionPolicyBinding) string {
	switch {
	case policy.Name == "":
		return "is not installed"
	case policy.Spec.FailurePolicy != nil && *policy.Spec.FailurePolicy != admissionv1.Fail:
		return "fails open"
	case binding.Name == "" || binding.Spec.PolicyName != policy.Name:
		return "is not bound"
	case !slices.Contains(binding.Spec.ValidationActions, admissionv1.Deny):
		return "only warns"
	case binding.Spec.MatchResources != nil || binding.Spec.ParamRef != nil:
		return "is not bound everywhere"
	}
	return ""
}
