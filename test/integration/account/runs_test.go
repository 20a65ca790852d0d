package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	smithyhttp "github.com/aws/smithy-go/transport/http"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

var _ = Describe("a plan too large for one run", func() {
	// Policies of some kilobytes, shown as they are and as they will be, fill a run with few actions.
	const many = 5

	start := func() *stage {
		GinkgoHelper()
		s := start()
		s.buckets(numbered(many)...)
		for _, name := range numbered(many) {
			s.policy(name, 40)
		}
		s.baseline("foundational", v1alpha1.Approve, v1alpha1.Posture{DataInTransit: v1alpha1.DataInTransitPosture{S3TLSOnly: &v1alpha1.S3TLSOnly{}}})
		return s
	}
	parts := func(s *stage) (first, second *v1alpha1.RemediationRun) {
		GinkgoHelper()
		Eventually(func() []v1alpha1.RemediationRun { return s.runs() }).Should(HaveLen(2))
		runs := s.runs()
		first, second = &runs[0], &runs[1]
		if first.Spec.Part == 2 {
			first, second = second, first
		}
		Eventually(func() v1alpha1.RunPhase { return refresh(second).Status.Phase }).Should(Equal(v1alpha1.RunPending))
		Expect([]int32{first.Spec.Part, second.Spec.Part, first.Spec.Parts, second.Spec.Parts}).To(Equal([]int32{1, 2, 2, 2}))
		Expect(first.Spec.PlanHash).To(Equal(second.Spec.PlanHash))
		Expect(len(first.Spec.Actions) + len(second.Spec.Actions)).To(Equal(many))
		return refresh(first), second
	}
	applied := func(run *v1alpha1.RemediationRun) string {
		return fmt.Sprintf("Offered Succeeded %d/%d", len(run.Spec.Actions), len(run.Spec.Actions))
	}
	begun := func(run *v1alpha1.RemediationRun, phase v1alpha1.RunPhase) string {
		return fmt.Sprintf("Offered %s 0/%d", phase, len(run.Spec.Actions))
	}

	It("goes in several parts, applied in order", func() {
		s := start()
		a := s.account()
		first, second := parts(s)
		Eventually(func() string { return refresh(a).Status.OfferedRun }).Should(Equal(first.Name))
		s.stop() // both are decided on before either is applied
		decide(second, v1alpha1.Approved)
		decide(first, v1alpha1.Approved)
		s.run()
		expect(a, resting...)
		Expect(s.phases()).To(ConsistOf(applied(first), applied(second)))
		var inOrder []string
		for _, name := range numbered(many) {
			inOrder = append(inOrder, "PutBucketPolicy "+name)
		}
		Expect(s.writes()).To(Equal(inOrder))
		for _, run := range s.runs() {
			encoded, err := json.Marshal(run)
			Expect(err).NotTo(HaveOccurred())
			Expect(len(encoded)).To(And(BeNumerically("<", 256<<10), BeNumerically(">", 32<<10)))
		}
	})

	It("keeps its other parts on offer after one was applied", func() {
		s := start()
		a := s.account()
		first, second := parts(s)
		decide(first, v1alpha1.Approved)
		Eventually(s.phases).Should(ConsistOf(begun(second, v1alpha1.RunPending), applied(first)))
		check(a)
		Eventually(func() string { return refresh(a).Status.OfferedRun }).Should(Equal(second.Name))
		Expect(s.runs()).To(HaveLen(2))
		decide(refresh(second), v1alpha1.Approved)
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(many))
	})

	It("keeps its other parts on offer after one was rejected", func() {
		s := start()
		a := s.account()
		first, second := parts(s)
		decide(first, v1alpha1.Rejected)
		Eventually(s.phases).Should(ConsistOf(begun(second, v1alpha1.RunPending), begun(first, v1alpha1.RunRejected)))
		check(a)
		Expect(s.runs()).To(HaveLen(2))
		decide(refresh(second), v1alpha1.Approved)
		Eventually(s.phases).Should(ConsistOf(applied(second), begun(first, v1alpha1.RunRejected)))
		Expect(s.writes()).To(HaveLen(len(second.Spec.Actions)))
	})
})

var _ = Describe("a run", func() {
	It("shows its progress in a column while it is applied", func() {
		s := start()
		s.buckets(numbered(12)...)
		s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		s.account()
		run := s.onlyRun(v1alpha1.RunPending)
		seen, shown := map[string]bool{columns(run)["Progress"]: true}, run.DeepCopy()
		s.onWrite(func(int, fakeaws.Call) { seen[columns(shown)["Progress"]] = true })
		decide(run, v1alpha1.Approved)
		Eventually(func() v1alpha1.RunPhase { return refresh(run).Status.Phase }).Should(Equal(v1alpha1.RunSucceeded))
		for i := range 12 {
			Expect(seen).To(HaveKey(fmt.Sprintf("%d/12", i)))
		}
		Expect(columns(run)).To(And(HaveKeyWithValue("Progress", "12/12"), HaveKeyWithValue("Phase", "Succeeded"), HaveKeyWithValue("By", "alice"), HaveKeyWithValue("Decision", "Approved")))
	})

	It("exists with before-images, and claims each call, before it is sent", func() {
		s := start()
		s.buckets("a", "b", "c")
		s.halfClose("b")
		s.cloud.Forget()
		s.baseline("foundational", v1alpha1.Enforce, bothOn(v1alpha1.Enforce))
		s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Disruptive))
		var problems []string
		s.onWrite(func(n int, call fakeaws.Call) {
			claimed := 0
			for _, run := range s.runs() {
				for _, entry := range run.Status.Journal {
					if entry.Result != v1alpha1.CallClaimed {
						continue
					}
					claimed++
					for _, planned := range run.Spec.Actions {
						if planned.Hash == entry.Action && (!strings.HasSuffix(planned.Target, bucketOf(call)) || entry.Call != call.Operation || len(planned.Content.Raw) == 0 || planned.From == "") {
							problems = append(problems, fmt.Sprintf("write %d of %s: claimed is %s of %s, from %q", n, bucketOf(call), entry.Call, planned.Target, planned.From))
						}
					}
				}
				if run.Status.Caller == "" || run.Status.Phase != v1alpha1.RunRunning {
					problems = append(problems, "the run is not running, or by nobody")
				}
			}
			if claimed != 1 {
				problems = append(problems, fmt.Sprintf("write %d: %d calls are claimed", n, claimed))
			}
		})
		Eventually(s.writes).Should(HaveLen(6))
		Expect(problems).To(BeEmpty())
	})

	It("is evidence: who, what, when and how it ended", func() {
		s := start()
		s.buckets("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool { return c.Write && strings.HasSuffix(bucketOf(c), "-k") }, Err: fakeaws.Denied("s3:PutPublicAccessBlock")})
		s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		a := s.account()
		run := s.onlyRun(v1alpha1.RunPending)
		began := metav1.Now().Add(-2 * time.Second)
		decide(run, v1alpha1.Approved)
		expect(run, "Ready=False ActionsFailed", "Stalled=True ActionsFailed")
		Expect(refresh(run).Status.Caller).To(Equal("arn:aws:sts::" + s.id + ":assumed-role/guardrails-remediation/guardrails@" + s.namespace + ".shop"))
		Expect(run.Status.StartedAt.After(began)).To(BeTrue())
		Expect(run.Status.FinishedAt.Before(run.Status.StartedAt)).To(BeFalse())
		Expect(run.Status.Journal).To(HaveLen(11))
		last := run.Status.Journal[10]
		Expect(last.Result).To(Equal(v1alpha1.CallDenied))
		Expect(last.Message).To(ContainSubstring("missing permission s3:PutBucketPublicAccessBlock"))
		expect(a, findings...)
		Eventually(func() []string { return s.events("RemediationRun") }).Should(ContainElements("Normal Changed", "Warning Denied", "Warning ActionsFailed", "Normal Offered"))
	})

	It("is stopped early when much fails, and the account is left alone for a while", func() {
		s := start(prompt)
		s.buckets(numbered(24)...)
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool {
			return c.Write && !strings.Contains(c.Caller, "/administrator") && strings.HasSuffix(bucketOf(c), "1")
		}, Err: fakeaws.Denied("s3:PutBucketVersioning")})
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, append([]string{"Blocked=True RunFailed"}, findings...)...)
		// b0001, b0011 and b0021 fail: the third is more than a tenth of 24.
		Expect(s.writes()).To(HaveLen(22))
		Expect(s.phases()).To(Equal([]string{"Enforced Failed 19/24"}))
		check(a)
		check(a)
		Expect(s.writes()).To(HaveLen(22))
		Expect(s.runs()).To(HaveLen(1))
		remains(a, append([]string{"Blocked=True RunFailed"}, findings...)...)
	})

	It("lets what fails starve nothing: it goes last, and is then held with AWS's words", func() {
		// The two that sort first are more than a tenth.
		s := start(prompt)
		s.buckets(numbered(19)...)
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool {
			return c.Write && !strings.Contains(c.Caller, "/administrator") && slices.Contains([]string{s.id + "-b0000", s.id + "-b0001"}, bucketOf(c))
		}, Err: fakeaws.Denied("s3:PutBucketVersioning")})
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		held := append([]string{"Blocked=True RunFailed"}, findings...)
		expect(a, held...)
		Expect(s.phases()).To(Equal([]string{"Enforced Failed 0/19"}))
		Expect(message(a, "Blocked")).To(ContainSubstring("; what is left of the plan is tried again 10m0s after it, and what failed then goes last; what fails twice within a day is held, and the rest goes on"))

		s.cloud.Forget()
		s.stop()
		s.run(prompt, later(11*time.Minute))
		Eventually(s.phases).Should(Equal([]string{"Enforced Failed 0/19", "Enforced Failed 17/19"}))
		Expect(s.writes()).To(HaveLen(19))
		Expect(s.writes()[17:]).To(Equal([]string{"PutBucketVersioning b0000", "PutBucketVersioning b0001"}))
		check(a)
		expect(a, held...)
		Expect(message(a, "Blocked")).To(MatchRegexp(`^2 actions are held until .*; first arn:aws:s3:::` + s.id + `-b0000: cannot be applied: .*missing permission s3:PutBucketVersioning`))
		p := refresh(s.posture())
		Expect([]int32{p.Status.Plan.Actions, p.Status.Plan.Failed}).To(Equal([]int32{0, 2}))
		for _, finding := range p.Status.Findings {
			Expect(finding.Failed).To(MatchRegexp(`^cannot be applied: .*missing permission s3:PutBucketVersioning.*; failed 2 times within a day, tried again from \S+Z on$`))
		}

		s.cloud.Forget()
		s.stop()
		s.run(prompt, later(23*time.Hour))
		check(a)
		expect(a, held...)
		Expect(s.writes()).To(BeEmpty())

		s.cloud.Heal()
		s.stop()
		s.run(prompt, later(25*time.Hour))
		expect(a, resting...)
	})

	It("recognizes what was applied though the answer was lost", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:PutBucketVersioning"), Err: &smithyhttp.RequestSendError{Err: errors.New("connection reset")}, Applied: true, Times: 8})
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account()
		expect(a, resting...)
		run := s.onlyRun(v1alpha1.RunSucceeded)
		Expect(run.Status.Journal[0].Result).To(Equal(v1alpha1.CallDone))
		Expect(run.Status.Journal[0].Message).To(ContainSubstring("read again, it is as intended"))
	})

	It("is kept by age where it changed something, and never removed while it is open", func() {
		s := start(prompt, func(o *app.Options) { o.KeepRuns = 2 })
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, bothOn())
		a := s.account()
		for range 3 {
			Eventually(func() []string { check(a); return s.phases() }).Should(ContainElement("Enforced Succeeded 1/1"))
			before := len(s.writes())
			s.unversion("logs")
			check(a)
			Eventually(s.writes).Should(HaveLen(before + 1))
		}
		one := "Enforced Succeeded 1/1"
		Eventually(s.phases).Should(Equal([]string{one, one, one, one, "Offered Pending 0/1"}))
		s.stop()
		later := s.runs()[0].CreationTimestamp.Add(24 * time.Hour)
		s.run(func(o *app.Options) { o.KeepRunsFor, o.Now = 23*time.Hour, func() time.Time { return later } })
		Eventually(s.phases).Should(Equal([]string{"Offered Pending 0/1"}))
	})
})

// columns are what kubectl get would print of an object.
func columns(run *v1alpha1.RemediationRun) map[string]string {
	GinkgoHelper()
	config := rest.CopyConfig(env.Config)
	config.GroupVersion, config.APIPath, config.NegotiatedSerializer = &v1alpha1.GroupVersion, "/apis", scheme.Codecs
	raw, err := rest.RESTClientFor(config)
	Expect(err).NotTo(HaveOccurred())
	body, err := raw.Get().Namespace(run.Namespace).Resource("remediationruns").Name(run.Name).
		SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").Do(ctx).Raw()
	Expect(err).NotTo(HaveOccurred())
	var table metav1.Table
	Expect(json.Unmarshal(body, &table)).To(Succeed())
	told := map[string]string{}
	for i, column := range table.ColumnDefinitions {
		told[column.Name] = fmt.Sprint(table.Rows[0].Cells[i])
	}
	return told
}

// forge creates a run as a process left it that did not come to its end, or as someone might
// who got past admission.
func (s *stage) forge(run *v1alpha1.RemediationRun) {
	GinkgoHelper()
	status := run.Status
	Expect(s.self().Create(ctx, run)).To(Succeed())
	s.status(run, func() { run.Status = status })
}

// status changes a run's status, which only the operator may.
func (s *stage) status(run *v1alpha1.RemediationRun, change func()) {
	GinkgoHelper()
	change()
	Expect(s.self().Status().Update(ctx, run)).To(Succeed())
}

// self is a client of the operator's own user.
func (s *stage) self() client.Client {
	GinkgoHelper()
	self, err := client.New(operator.Config, client.Options{Scheme: cluster.Scheme()})
	Expect(err).NotTo(HaveOccurred())
	return self
}
