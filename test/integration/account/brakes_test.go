package account

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// caught is a moment for the manager's cache to see what was just changed.
func caught() { time.Sleep(300 * time.Millisecond) }

var _ = Describe("the brakes", func() {
	type brake struct {
		pull func(*stage, *v1alpha1.AWSAccount, *v1alpha1.SecurityBaseline)
		lift func(*stage, *v1alpha1.AWSAccount, *v1alpha1.SecurityBaseline)
		// account are its conditions while the brake is pulled, and runs the runs.
		account, runs []string
		// after is how many writes there are in the end.
		after int
	}

	DescribeTable("stop a run before its next write, in the middle of it", func(b brake) {
		s := start()
		s.buckets(numbered(5)...)
		base := s.baseline("foundational", v1alpha1.Enforce, versionBuckets(), func(b *v1alpha1.SecurityBaseline) {
			b.Spec.AccountSelector = metav1.LabelSelector{MatchLabels: map[string]string{"env": "prod"}}
		})
		var a *v1alpha1.AWSAccount
		s.onWrite(func(n int, _ fakeaws.Call) {
			if n == 2 {
				b.pull(s, a.DeepCopy(), base.DeepCopy())
			}
		})
		a = accountOf(s.namespace, "shop", s.id)
		roomy(a)
		a.Labels = map[string]string{"env": "prod"}
		Expect(cluster.Create(ctx, a)).To(Succeed())
		Eventually(s.writes).Should(HaveLen(2))
		expect(a, b.account...)
		Eventually(s.phases).Should(Equal(b.runs))
		Consistently(s.writes).WithTimeout(300 * time.Millisecond).Should(HaveLen(2))
		if b.lift != nil {
			b.lift(s, a, base)
			Eventually(s.writes).Should(HaveLen(b.after))
			if b.after == 5 {
				expect(a, resting...)
			}
			writes := s.writes()
			Expect(slices.Compact(writes)).To(HaveLen(b.after), "nothing is written twice")
		}
	},
		Entry("the account is suspended", brake{
			pull: func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) {
				edit(a, func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Suspend = true })
			},
			lift: func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) {
				edit(a, func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Suspend = false })
			},
			account: append([]string{"Suspended=True SuspendedByOwner"}, findings...), runs: []string{"Enforced Running 2/5"}, after: 5,
		}),
		Entry("the guard is lowered to Audit", brake{
			pull: func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) { edit(a, ceiling(v1alpha1.Audit)) },
			lift: func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) {
				edit(a, ceiling(v1alpha1.Enforce))
			},
			account: findings, runs: []string{"Enforced Stopped 2/5"}, after: 5,
		}),
		Entry("the guard is lowered to Approve", brake{
			pull: func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) {
				edit(a, ceiling(v1alpha1.Approve))
			},
			account: findings, runs: []string{"Enforced Succeeded 2/5", "Offered Pending 0/3"},
		}),
		Entry("the limits are lowered", brake{
			pull:    func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) { edit(a, actions(2)) },
			account: append([]string{"Blocked=True LimitExceeded"}, findings...), runs: []string{"Enforced Succeeded 2/5", "Offered Pending 0/3"},
		}),
		Entry("what is left becomes protected", brake{
			pull: func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) {
				edit(a, func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Protected.Resources = []string{"*"} })
			},
			account: findings, runs: []string{"Enforced Failed 2/5"},
		}),
		Entry("the baseline is suspended", brake{
			pull: func(_ *stage, _ *v1alpha1.AWSAccount, b *v1alpha1.SecurityBaseline) {
				edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Suspend = true })
			},
			lift: func(_ *stage, _ *v1alpha1.AWSAccount, b *v1alpha1.SecurityBaseline) {
				edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Suspend = false })
			},
			account: findings, runs: []string{"Enforced Succeeded 2/5"}, after: 5,
		}),
		Entry("the baseline is lowered to Audit", brake{
			pull: func(_ *stage, _ *v1alpha1.AWSAccount, b *v1alpha1.SecurityBaseline) {
				edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Enforcement = v1alpha1.Audit })
			},
			account: findings, runs: []string{"Enforced Succeeded 2/5"},
		}),
		Entry("the baseline is deleted", brake{
			pull: func(_ *stage, _ *v1alpha1.AWSAccount, b *v1alpha1.SecurityBaseline) {
				Expect(cluster.Delete(ctx, b)).To(Succeed())
			},
			account: []string{"Compliant=Unknown NothingDeclared", "Ready=True Reconciled"}, runs: []string{"Enforced Succeeded 2/5"},
		}),
		Entry("the account is no longer the baseline's", brake{
			pull: func(_ *stage, a *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) {
				edit(a, func(a *v1alpha1.AWSAccount) { a.Labels = map[string]string{"env": "dev"} })
			},
			account: []string{"Compliant=Unknown NothingDeclared", "Ready=True Reconciled"}, runs: []string{"Enforced Succeeded 2/5"},
		}),
		Entry("the namespace is not allowed the account any more", brake{
			pull: func(s *stage, _ *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) {
				s.allow("")
				caught()
			},
			lift:    func(s *stage, _ *v1alpha1.AWSAccount, _ *v1alpha1.SecurityBaseline) { s.allow(s.id) },
			account: stalledBy("NamespaceNotAllowed"), runs: []string{"Enforced Running 2/5"}, after: 5,
		}),
	)

	It("only pause a run that an edit does not concern", func() {
		s := start()
		s.buckets(numbered(5)...)
		base := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		s.onWrite(func(n int, _ fakeaws.Call) {
			if n == 2 {
				edit(base.DeepCopy(), every(2*time.Hour))
			}
		})
		a := s.account(roomy)
		expect(a, resting...)
		Expect(s.phases()).To(Equal([]string{"Enforced Succeeded 5/5"}))
		Expect(s.writes()).To(HaveLen(5))
	})

	It("hold with the operator suspended, also what is approved", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, bothOn())
		a := s.account()
		Eventually(s.phases).Should(Equal([]string{"Enforced Succeeded 1/1", "Offered Pending 0/1"}))
		s.stop()
		s.unversion("logs")
		for _, run := range s.runs() {
			if run.Spec.Trigger == v1alpha1.TriggerOffered {
				decide(&run, v1alpha1.Approved)
			}
		}
		s.cloud.Forget()
		s.run(suspended, prompt)
		remains(a, append([]string{"Suspended=True OperatorSuspended"}, findings...)...)
		check(a)
		Expect(s.writes()).To(BeEmpty())
		Expect(refresh(a).Status.OfferedRun).To(BeEmpty())
		for _, run := range s.runs() {
			if run.Spec.Trigger == v1alpha1.TriggerOffered {
				expect(&run, "Ready=False Paused", "Reconciling=True Paused")
				Expect(message(&run, "Ready")).To(Equal("goes on when it may write: the operator is suspended"))
			}
		}
		s.stop()
		s.run(prompt)
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(2))
	})

	It("leave a suspended baseline judged, and the others enforced", func() {
		s := start()
		s.buckets("logs")
		versions := s.baseline("versions", v1alpha1.Enforce, versionBuckets())
		blocks := s.baseline("blocks", v1alpha1.Enforce, blockBuckets(v1alpha1.Enforce), func(b *v1alpha1.SecurityBaseline) { b.Spec.Suspend = true })
		a := s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Disruptive))
		expect(versions, resting...)
		expect(blocks, append([]string{"Suspended=True SuspendedByOwner"}, findings...)...)
		expect(a, findings...)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs"}))
		edit(blocks, func(b *v1alpha1.SecurityBaseline) { b.Spec.Suspend = false })
		expect(blocks, resting...)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs", "PutPublicAccessBlock logs"}))
	})
})

// allow sets which accounts the stage's namespace is allowed.
func (s *stage) allow(ids string) {
	GinkgoHelper()
	edit(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: s.namespace}}, func(n *corev1.Namespace) {
		n.Annotations = map[string]string{v1alpha1.AnnotationAllowedAccountIDs: ids}
	})
}
