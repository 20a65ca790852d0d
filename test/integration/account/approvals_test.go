package account

import (
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// later is a manager whose clock is ahead.
func later(by time.Duration) func(*app.Options) {
	return func(o *app.Options) { o.Now = func() time.Time { return time.Now().Add(by) } }
}

var _ = Describe("an approval", func() {
	// offered is a stage with a run on offer for so many buckets, and its manager stopped.
	offered := func(buckets int) (*stage, *v1alpha1.AWSAccount, *v1alpha1.RemediationRun) {
		GinkgoHelper()
		s := start(prompt)
		s.buckets(numbered(buckets)...)
		s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		a := s.account()
		run := s.onlyRun(v1alpha1.RunPending)
		expect(a, findings...)
		s.stop()
		return s, a, run
	}

	It("is in the journal: by whom, and when the API server saw it", func() {
		s, a, run := offered(1)
		before := metav1.Now().Add(-2 * time.Second)
		decide(run, v1alpha1.Approved)
		after := time.Now()
		s.run(prompt, later(time.Hour))
		expect(a, resting...)
		Expect(refresh(run).Status.ApprovedBy).To(Equal("alice"))
		Expect(run.Status.ApprovedAt.Time).To(And(BeTemporally(">=", before), BeTemporally("<=", after)), "not when the operator saw it")
		Eventually(func() []string {
			var list eventsv1.EventList
			Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
			var notes []string
			for _, e := range list.Items {
				if e.Reason == "Changed" {
					notes = append(notes, e.Note)
				}
			}
			return notes
		}).Should(ConsistOf(HaveSuffix("(s3:PutPublicAccessBlock, approved by alice)")))
	})

	It("that came to nothing in time ends, and what the plan still holds is offered again", func() {
		s, a, run := offered(2)
		decide(run, v1alpha1.Approved)
		s.run(prompt, later(25*time.Hour))
		expect(run, "Ready=True ApprovalExpired")
		Eventually(s.phases).Should(Equal([]string{"Offered Expired 0/2", "Offered Pending 0/2"}))
		expect(a, findings...)
		Expect(message(run, "Ready")).To(And(HavePrefix("approved by alice at "), HaveSuffix(", which is good for 24h0m0s; what the plan still holds is offered again")))
		Expect(refresh(a).Status.OfferedRun).NotTo(Equal(run.Name))
		Expect(s.writes()).To(BeEmpty())
		Eventually(func() []string { return s.events("RemediationRun") }).Should(ContainElement("Normal ApprovalExpired"))
		check(a)
		Expect(s.runs()).To(HaveLen(2))
		// The new offer is approved like any other.
		s.stop()
		for _, run := range s.runs() {
			if run.Status.Phase == v1alpha1.RunPending {
				decide(&run, v1alpha1.Approved)
			}
		}
		s.run(prompt)
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(2))
	})

	It("is good for as long as the operator is told", func() {
		s, a, run := offered(1)
		decide(run, v1alpha1.Approved)
		s.run(prompt, later(25*time.Hour), func(o *app.Options) { o.ApprovalTTL = 26 * time.Hour })
		expect(a, resting...)
		Expect(refresh(run).Status.Phase).To(Equal(v1alpha1.RunSucceeded))
	})

	It("expires as well while everything is suspended", func() {
		s, a, run := offered(1)
		decide(run, v1alpha1.Approved)
		s.run(prompt, suspended)
		Eventually(func() *metav1.Time { return refresh(run).Status.ApprovedAt }).ShouldNot(BeNil())
		check(a)
		Expect(refresh(run).Status.Phase).To(Equal(v1alpha1.RunPending))
		s.stop()
		s.run(prompt, suspended, later(25*time.Hour))
		expect(run, "Ready=True ApprovalExpired")
		s.stop()
		s.run(prompt)
		Eventually(s.phases).Should(Equal([]string{"Offered Expired 0/1", "Offered Pending 0/1"}))
		Expect(s.writes()).To(BeEmpty())
	})

	It("is not made younger by a clock that jumps back", func() {
		s, _, run := offered(1)
		decide(run, v1alpha1.Approved)
		s.run(prompt, suspended)
		Eventually(func() *metav1.Time { return refresh(run).Status.ApprovedAt }).ShouldNot(BeNil())
		s.stop()
		Expect(refresh(run).Status.ApprovedAt.Time).To(BeTemporally("~", time.Now(), 5*time.Second))
		// As if it had been given long ago, and the clock had fallen back by most of that since.
		s.status(run, func() { run.Status.ApprovedAt = &metav1.Time{Time: time.Now().Add(-25 * time.Hour)} })
		s.run(prompt, later(-20*time.Hour))
		expect(run, "Ready=True ApprovalExpired")
		Expect(s.writes()).To(BeEmpty())
	})

	It("starts nothing where the cluster does not hold it to be genuine", func() {
		binding := &admissionv1.ValidatingAdmissionPolicyBinding{}
		Expect(cluster.Get(ctx, client.ObjectKey{Name: "guardrails-reverts"}, binding)).To(Succeed())
		Expect(cluster.Delete(ctx, binding.DeepCopy())).To(Succeed())
		restore := sync.OnceFunc(func() {
			binding.ResourceVersion, binding.UID = "", ""
			Expect(cluster.Create(ctx, binding)).To(Succeed())
		})
		DeferCleanup(restore)
		s, a, run := offered(2)
		decide(run, v1alpha1.Approved)
		s.run(prompt)
		expect(a, append([]string{"Blocked=True ApprovalsUnguarded"}, findings...)...)
		Expect(message(a, "Blocked")).To(Equal("nothing that was approved is applied: admission policy guardrails-reverts is not bound; install config/admission"))
		expect(run, "Ready=False ApprovalsUnguarded", "Reconciling=True ApprovalsUnguarded")
		Expect(s.writes()).To(BeEmpty())
		restore()
		check(a)
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(2))
	})

	It("that ends in the middle of a run lets no further action start", func() {
		s, a, run := offered(4)
		decide(run, v1alpha1.Approved)
		var ahead atomic.Int64
		s.onWrite(func(n int, _ fakeaws.Call) {
			if n == 2 {
				ahead.Store(int64(25 * time.Hour))
			}
		})
		s.run(prompt, func(o *app.Options) {
			o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		expect(run, "Ready=True ApprovalExpired")
		Expect(message(run, "Ready")).To(HavePrefix("2 applied, 0 changed meanwhile, 0 failed, 2 not begun; approved by alice at "))
		Eventually(s.phases).Should(Equal([]string{"Offered Expired 2/4", "Offered Pending 0/2"}))
		Expect(s.writes()).To(HaveLen(2))
		expect(a, findings...)
	})

	It("that ends in the middle of an action lets it be finished, and no other start", func() {
		s, a, run := offered(3)
		decide(run, v1alpha1.Approved)
		// The process dies with its first call claimed and not sent.
		var cancel func()
		mains := &power{}
		s.between = func(next http.RoundTripper) http.RoundTripper {
			mains.next = next
			return mains
		}
		s.cloud.Inject(&fakeaws.Fault{Times: 1, Err: errCrashed, Match: func(call fakeaws.Call) bool {
			if call.Write {
				mains.cut.Store(true)
				cancel()
			}
			return call.Write
		}})
		cancel = s.run(prompt)
		Eventually(s.writes).Should(HaveLen(1))
		s.stop()
		s.between = nil
		Expect(refresh(run).Status.Journal).To(ConsistOf(HaveField("Result", v1alpha1.CallClaimed)))
		s.run(prompt, later(25*time.Hour))
		expect(run, "Ready=True ApprovalExpired")
		Eventually(s.phases).Should(Equal([]string{"Offered Expired 1/3", "Offered Pending 0/2"}))
		Expect(s.writes()).To(Equal([]string{"PutPublicAccessBlock b0000", "PutPublicAccessBlock b0000"}), "what did not arrive is sent again")
		expect(a, findings...)
	})
})
