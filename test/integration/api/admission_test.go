package api_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

func decision(what v1alpha1.Decision, by string) client.Patch {
	return mergePatch(`{"spec":{"approval":{"decision":"` + string(what) + `","by":"` + by + `","comment":"seen"}}}`)
}

// phase puts a run into a phase as the operator does.
func phase(ctx context.Context, r *v1alpha1.RemediationRun, p v1alpha1.RunPhase) {
	GinkgoHelper()
	r.Status.Phase = p
	Expect(operator.Status().Update(ctx, r)).To(Succeed())
}

var _ = Describe("a decision on a run", func() {
	var offered *v1alpha1.RemediationRun
	BeforeEach(func(ctx context.Context) {
		offered = run("")
		offered.GenerateName = "offered-"
		Expect(operator.Create(ctx, offered)).To(Succeed())
		DeferCleanup(func(ctx context.Context) error { return client.IgnoreNotFound(admin.Delete(ctx, offered)) })
	})

	It("is the approver's, in their own name", func(ctx context.Context) {
		phase(ctx, offered, v1alpha1.RunPending)
		Expect(approver.Patch(ctx, offered, decision(v1alpha1.Approved, "alice"))).To(Succeed())
		Expect(offered.Spec.Approval).To(Equal(&v1alpha1.Approval{Decision: v1alpha1.Approved, By: "alice", Comment: "seen"}))
	})

	It("can be no, before the operator has looked at the run", func(ctx context.Context) {
		Expect(approver.Patch(ctx, offered, decision(v1alpha1.Rejected, "alice"))).To(Succeed())
	})

	It("can be written by a full update", func(ctx context.Context) {
		offered.Spec.Approval = &v1alpha1.Approval{Decision: v1alpha1.Approved, By: "alice"}
		Expect(approver.Update(ctx, offered)).To(Succeed())
	})

	It("is in nobody else's name", func(ctx context.Context) {
		err := approver.Patch(ctx, offered, decision(v1alpha1.Approved, "bert"))
		Expect(err).To(MatchError(ContainSubstring("spec.approval.by must be who decides: alice")))
		Expect(apierrors.IsForbidden(err)).To(BeTrue())
	})

	It("is held to the name of an administrator too", func(ctx context.Context) {
		Expect(admin.Patch(ctx, offered, decision(v1alpha1.Approved, "alice"))).To(MatchError(ContainSubstring("spec.approval.by must be who decides: ")))
	})

	It("is not the operator's", func(ctx context.Context) {
		Expect(operator.Patch(ctx, offered, decision(v1alpha1.Approved, operatorName))).To(MatchError(ContainSubstring("the operator decides on no run")))
	})

	It("cannot come with the run", func(ctx context.Context) {
		decided := run("decided")
		decided.Spec.Approval = &v1alpha1.Approval{Decision: v1alpha1.Approved, By: operatorName}
		Expect(operator.Create(ctx, decided)).To(MatchError(ContainSubstring("the operator decides on no run")))
	})

	It("is made once", func(ctx context.Context) {
		Expect(approver.Patch(ctx, offered, decision(v1alpha1.Rejected, "alice"))).To(Succeed())
		second := as("zoe", "system:masters")
		for _, patch := range []client.Patch{
			decision(v1alpha1.Approved, "alice"), decision(v1alpha1.Rejected, "zoe"), decision(v1alpha1.Approved, "zoe"),
			mergePatch(`{"spec":{"approval":{"comment":"on second thoughts"}}}`), mergePatch(`{"spec":{"approval":null}}`),
		} {
			for _, who := range []client.Client{approver, second, operator} {
				Expect(who.Patch(ctx, offered.DeepCopy(), patch)).To(MatchError(ContainSubstring("an approval cannot be changed or withdrawn")))
			}
		}
	})

	DescribeTable("comes too late for a run that is",
		func(ctx context.Context, p v1alpha1.RunPhase) {
			phase(ctx, offered, p)
			Expect(approver.Patch(ctx, offered, decision(v1alpha1.Approved, "alice"))).To(MatchError(ContainSubstring("the run is not pending any more but " + string(p))))
		},
		Entry(nil, v1alpha1.RunRunning), Entry(nil, v1alpha1.RunSucceeded), Entry(nil, v1alpha1.RunFailed),
		Entry(nil, v1alpha1.RunSuperseded), Entry(nil, v1alpha1.RunRejected), Entry(nil, v1alpha1.RunStopped),
	)

	DescribeTable("is all that anyone but the operator writes",
		func(ctx context.Context, patch, complaint string) {
			for _, who := range []client.Client{approver, admin} {
				Expect(who.Patch(ctx, offered.DeepCopy(), jsonPatch(patch))).To(MatchError(ContainSubstring(complaint)))
			}
			Expect(viewer.Patch(ctx, offered.DeepCopy(), jsonPatch(patch))).To(MatchError(apierrors.IsForbidden, "IsForbidden"))
		},
		Entry("not the plan", `[{"op":"replace","path":"/spec/planHash","value":"other"}]`, "a run cannot be changed"),
		Entry("not an action", `[{"op":"replace","path":"/spec/actions/0/target","value":"other"}]`, "a run cannot be changed"),
		Entry("not a label", `[{"op":"replace","path":"/metadata/labels/aws.guardrails.dev~1account","value":"other"}]`, "only the operator labels and annotates remediationruns"),
		Entry("not an annotation", `[{"op":"add","path":"/metadata/annotations","value":{"note":"x"}}]`, "only the operator labels and annotates remediationruns"),
		Entry("not an owner", `[{"op":"add","path":"/metadata/ownerReferences","value":[{"apiVersion":"v1","kind":"ConfigMap","name":"gone","uid":"gone"}]}]`, "nobody changes the owners and finalizers of a RemediationRun"),
		Entry("not a finalizer", `[{"op":"add","path":"/metadata/finalizers","value":["example.com/keep"]}]`, "nobody changes the owners and finalizers of a RemediationRun"),
	)

	It("brings nothing else along", func(ctx context.Context) {
		patch := jsonPatch(`[{"op":"add","path":"/spec/approval","value":{"decision":"Approved","by":"alice"}},{"op":"remove","path":"/metadata/labels"}]`)
		Expect(approver.Patch(ctx, offered, patch)).To(MatchError(ContainSubstring("only the operator labels and annotates remediationruns")))
	})

	It("leaves the rest to the operator", func(ctx context.Context) {
		Expect(operator.Patch(ctx, offered, mergePatch(`{"metadata":{"labels":{"aws.guardrails.dev/phase":"Running"},"annotations":{"note":"x"}}}`))).To(Succeed())
	})
})

var _ = Describe("what the operator owns", func() {
	newPosture := func(name string) *v1alpha1.AccountPosture {
		return &v1alpha1.AccountPosture{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
			Spec:       v1alpha1.AccountPostureSpec{Account: name, AccountID: "111111111111"},
		}
	}

	It("is created by the operator only", func(ctx context.Context) {
		for _, who := range []client.Client{admin, as("carol", "system:masters")} {
			Expect(who.Create(ctx, run("foreign"))).To(MatchError(ContainSubstring("only the operator creates remediationruns")))
			Expect(who.Create(ctx, newPosture("foreign"))).To(MatchError(ContainSubstring("only the operator creates accountpostures")))
		}
		for _, who := range []client.Client{viewer, baselineEditor, accountEditor, approver} {
			Expect(who.Create(ctx, run("foreign"))).To(MatchError(apierrors.IsForbidden, "IsForbidden"))
			Expect(who.Create(ctx, newPosture("foreign"))).To(MatchError(apierrors.IsForbidden, "IsForbidden"))
		}
	})

	It("cannot be created by applying either", func(ctx context.Context) {
		applied := run("applied")
		applied.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("RemediationRun"))
		Expect(apply(ctx, admin, toUnstructured(applied))).To(MatchError(ContainSubstring("only the operator creates remediationruns")))
	})

	It("is changed by the operator only", func(ctx context.Context) {
		owned := newPosture("owned")
		Expect(operator.Create(ctx, owned)).To(Succeed())
		Expect(admin.Patch(ctx, owned.DeepCopy(), mergePatch(`{"spec":{"accountID":"222222222222"}}`))).To(MatchError(ContainSubstring("only the operator changes an AccountPosture")))
		Expect(admin.Patch(ctx, owned.DeepCopy(), mergePatch(`{"metadata":{"labels":{"a":"b"}}}`))).To(MatchError(ContainSubstring("only the operator labels and annotates accountpostures")))
		Expect(operator.Patch(ctx, owned, mergePatch(`{"metadata":{"labels":{"a":"b"}}}`))).To(Succeed())
	})

	It("can be deleted by an administrator, in the foreground too", func(ctx context.Context) {
		deleted := run("deleted")
		Expect(operator.Create(ctx, deleted)).To(Succeed())
		Expect(admin.Delete(ctx, deleted, client.PropagationPolicy(metav1.DeletePropagationForeground))).To(Succeed())
		By("removing the finalizer as the garbage collector does")
		collector := as("system:serviceaccount:kube-system:generic-garbage-collector", "system:masters")
		Expect(collector.Patch(ctx, deleted, mergePatch(`{"metadata":{"finalizers":null}}`))).To(Succeed())
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(deleted), deleted)).To(MatchError(apierrors.IsNotFound, "IsNotFound"))
	})

	It("may lose its owner to the garbage collector", func(ctx context.Context) {
		orphan := newPosture("orphan")
		orphan.OwnerReferences = []metav1.OwnerReference{{APIVersion: v1alpha1.GroupVersion.String(), Kind: "AWSAccount", Name: "orphan", UID: "1"}}
		Expect(operator.Create(ctx, orphan)).To(Succeed())
		collector := as("system:serviceaccount:kube-system:generic-garbage-collector", "system:masters")
		Expect(collector.Patch(ctx, orphan, mergePatch(`{"metadata":{"ownerReferences":null}}`))).To(Succeed())
	})

	It("includes every status", func(ctx context.Context) {
		owned := []client.Object{
			&v1alpha1.AWSAccount{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "status"}, Spec: v1alpha1.AWSAccountSpec{AccountID: "111111111111"}},
			&v1alpha1.SecurityBaseline{
				ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "status"},
				Spec:       v1alpha1.SecurityBaselineSpec{Posture: v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{RootMFA: &v1alpha1.RootMFA{}}}},
			},
			newPosture("status"),
			run("status"),
		}
		ready := mergePatch(`{"status":{"conditions":[{"type":"Ready","status":"True","reason":"Reconciled","message":"","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}`)
		for _, one := range owned {
			Expect(operator.Create(ctx, one)).To(Succeed())
			for _, who := range []client.Client{admin, as("carol", "system:masters")} {
				Expect(who.Status().Patch(ctx, one.DeepCopyObject().(client.Object), ready)).To(MatchError(ContainSubstring("only the operator writes the status of ")))
			}
			for _, who := range []client.Client{viewer, baselineEditor, accountEditor, approver} {
				Expect(who.Status().Patch(ctx, one.DeepCopyObject().(client.Object), ready)).To(MatchError(apierrors.IsForbidden, "IsForbidden"))
			}
			Expect(operator.Status().Patch(ctx, one, ready)).To(Succeed())
		}
	})
})
