package api_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var wantUndone = mergePatch(`{"spec":{"revert":true,"requestedBy":"alice"}}`)

var _ = Describe("the wish to have a run undone", func() {
	var ended *v1alpha1.RemediationRun
	BeforeEach(func(ctx context.Context) {
		ended = run("")
		ended.GenerateName = "ended-"
		Expect(operator.Create(ctx, ended)).To(Succeed())
		DeferCleanup(func(ctx context.Context) error { return client.IgnoreNotFound(admin.Delete(ctx, ended)) })
	})

	DescribeTable("is an approver's, once the run has ended and may have written",
		func(ctx context.Context, p v1alpha1.RunPhase) {
			phase(ctx, ended, p)
			Expect(approver.Patch(ctx, ended, wantUndone)).To(Succeed())
			Expect(ended.Spec.Revert).To(BeTrue())
			By("not being withdrawn")
			for _, patch := range []string{`{"spec":{"revert":false}}`, `{"spec":{"revert":null}}`} {
				Expect(approver.Patch(ctx, ended.DeepCopy(), mergePatch(patch))).To(MatchError(ContainSubstring("a wish to undo a run cannot be withdrawn; reject the run that would undo it")))
			}
			By("leaving the run to the operator")
			Expect(operator.Patch(ctx, ended.DeepCopy(), mergePatch(`{"metadata":{"annotations":{"aws.guardrails.dev/answered-generation":"2"}}}`))).To(Succeed())
		},
		Entry(nil, v1alpha1.RunSucceeded), Entry(nil, v1alpha1.RunFailed), Entry(nil, v1alpha1.RunStopped),
	)

	DescribeTable("comes too early for a run that is",
		func(ctx context.Context, p v1alpha1.RunPhase) {
			if p != "" {
				phase(ctx, ended, p)
			} else {
				p = v1alpha1.RunPending
			}
			for _, who := range []client.Client{approver, admin} {
				Expect(who.Patch(ctx, ended.DeepCopy(), wantUndone)).To(MatchError(ContainSubstring("only a run that has ended can be undone, this one is " + string(p))))
			}
		},
		Entry("not looked at yet", v1alpha1.RunPhase("")), Entry(nil, v1alpha1.RunPending), Entry(nil, v1alpha1.RunRunning),
	)

	DescribeTable("is void for a run that was",
		func(ctx context.Context, p v1alpha1.RunPhase) {
			phase(ctx, ended, p)
			Expect(approver.Patch(ctx, ended, wantUndone)).To(MatchError(ContainSubstring("there is nothing to undo: the run wrote nothing, it was " + string(p))))
		},
		Entry(nil, v1alpha1.RunSuperseded), Entry(nil, v1alpha1.RunRejected), Entry(nil, v1alpha1.RunExpired),
	)

	It("is not the operator's", func(ctx context.Context) {
		phase(ctx, ended, v1alpha1.RunSucceeded)
		Expect(operator.Patch(ctx, ended, wantUndone)).To(MatchError(ContainSubstring("the operator asks for no undo")))
	})

	It("says whose it is, once", func(ctx context.Context) {
		phase(ctx, ended, v1alpha1.RunSucceeded)
		for patch, complaint := range map[string]string{
			`{"spec":{"revert":true}}`:                        "spec.requestedBy must be who asks: alice",
			`{"spec":{"revert":true,"requestedBy":"mallet"}}`: "spec.requestedBy must be who asks: alice",
			`{"spec":{"requestedBy":"alice"}}`:                "who asks for an undo is said along with revert, once",
		} {
			Expect(approver.Patch(ctx, ended.DeepCopy(), mergePatch(patch))).To(MatchError(ContainSubstring(complaint)))
		}
		Expect(approver.Patch(ctx, ended, wantUndone)).To(Succeed())
		for _, patch := range []string{`{"spec":{"requestedBy":"mallet"}}`, `{"spec":{"requestedBy":null}}`} {
			Expect(approver.Patch(ctx, ended.DeepCopy(), mergePatch(patch))).To(MatchError(ContainSubstring("who asks for an undo is said along with revert, once")))
		}
	})

	It("is nobody's who may not decide on runs", func(ctx context.Context) {
		phase(ctx, ended, v1alpha1.RunSucceeded)
		for _, who := range []client.Client{viewer, baselineEditor, accountEditor} {
			Expect(who.Patch(ctx, ended.DeepCopy(), wantUndone)).To(MatchError(apierrors.IsForbidden, "IsForbidden"))
		}
	})

	It("cannot come with the run", func(ctx context.Context) {
		wanted := run("wanted")
		wanted.Spec.Revert = true
		Expect(operator.Create(ctx, wanted)).To(MatchError(ContainSubstring("the operator asks for no undo")))
		// Two policies refuse it; the API server tells either.
		Expect(admin.Create(ctx, wanted)).To(MatchError(SatisfyAny(
			ContainSubstring("only the operator creates remediationruns"), ContainSubstring("only a run that has ended can be undone, this one is Pending"))))
	})

	It("brings nothing else along", func(ctx context.Context) {
		phase(ctx, ended, v1alpha1.RunSucceeded)
		for patch, complaint := range map[string]string{
			`{"spec":{"revert":true,"requestedBy":"alice","planHash":"other"}}`:                                      "a run cannot be changed; only spec.approval and spec.revert may be set",
			`{"spec":{"revert":true,"requestedBy":"alice","revertOf":"other"}}`:                                      "a run cannot be changed; only spec.approval and spec.revert may be set",
			`{"spec":{"revert":true,"requestedBy":"alice","approval":{"decision":"Approved","by":"alice"}}}`:         "the run is not pending any more but Succeeded",
			`{"spec":{"revert":true,"requestedBy":"alice"},"metadata":{"labels":null}}`:                              "only the operator labels and annotates remediationruns",
			`{"spec":{"revert":true,"requestedBy":"alice"},"metadata":{"annotations":{"aws.guardrails.dev/x":"y"}}}`: "only the operator labels and annotates remediationruns",
		} {
			Expect(approver.Patch(ctx, ended.DeepCopy(), mergePatch(patch))).To(MatchError(ContainSubstring(complaint)))
		}
	})
})

var _ = Describe("an Undo run", func() {
	undo := func(name string) *v1alpha1.RemediationRun {
		r := run(name)
		r.Spec.Trigger, r.Spec.RevertOf = v1alpha1.TriggerUndo, "undone"
		return r
	}

	It("takes an approval, and is not undone itself", func(ctx context.Context) {
		r := undo("undo")
		Expect(operator.Create(ctx, r)).To(Succeed())
		Expect(approver.Patch(ctx, r, decision(v1alpha1.Approved, "alice"))).To(Succeed())
		phase(ctx, r, v1alpha1.RunSucceeded)
		Expect(approver.Patch(ctx, r, wantUndone)).To(MatchError(ContainSubstring("an Undo run is not undone: end its RiskAcceptance, and what is declared is planned again")))
		narrow, _, _ := table(ctx, "remediationruns", "undo")
		Expect(narrow).To(SatisfyAll(HaveKeyWithValue("Trigger", "Undo"), HaveKeyWithValue("Phase", "Succeeded"), HaveKeyWithValue("By", "alice")))
	})

	It("is not approved by who asked for it, but may be rejected", func(ctx context.Context) {
		r := undo("asked")
		r.Spec.RequestedBy = "alice"
		Expect(operator.Create(ctx, r)).To(Succeed())
		Expect(approver.Patch(ctx, r.DeepCopy(), decision(v1alpha1.Approved, "alice"))).To(MatchError(ContainSubstring("who asked for an undo does not approve it; somebody else does")))
		Expect(approver.Patch(ctx, r.DeepCopy(), mergePatch(`{"spec":{"requestedBy":"mallet"}}`))).To(MatchError(ContainSubstring("who asks for an undo is said along with revert, once")))
		Expect(approver.Patch(ctx, r, decision(v1alpha1.Rejected, "alice"))).To(Succeed())
	})

	It("names what it undoes, and no other run does", func(ctx context.Context) {
		nameless, named := undo("nameless"), run("named")
		nameless.Spec.RevertOf, named.Spec.RevertOf = "", "undone"
		for _, r := range []*v1alpha1.RemediationRun{nameless, named} {
			Expect(operator.Create(ctx, r)).To(MatchError(ContainSubstring("an Undo run names the run that it undoes in revertOf, and no other does")))
		}
	})
})
