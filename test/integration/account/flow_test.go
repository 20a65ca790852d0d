package account

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var _ = Describe("in Audit", func() {
	It("shows the plan and never writes", func() {
		s := start()
		s.buckets("logs", "photos")
		b := s.baseline("foundational", v1alpha1.Audit, bothOn())
		a := s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Costly, v1alpha1.Disruptive))
		expect(a, findings...)
		expect(b, "Compliant=False Findings", "Ready=True Reconciled")
		plan := refresh(s.posture()).Status.Plan
		Expect(plan.Actions).To(BeEquivalentTo(4))
		Expect(plan.Audited).To(BeEquivalentTo(4))
		Expect(plan.First).To(HaveLen(4))
		check(a)
		Expect(s.runs()).To(BeEmpty())
		Expect(s.writes()).To(BeEmpty())
		for _, call := range s.cloud.Calls() {
			Expect(call.Caller).NotTo(ContainSubstring("guardrails-remediation"))
		}
	})

	It("stays in it under the guard's ceiling, whatever baselines declare", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, bothOn(v1alpha1.Enforce))
		a := s.account(ceiling(v1alpha1.Audit), roomy)
		expect(a, findings...)
		Expect(refresh(s.posture()).Status.Plan.Audited).To(BeEquivalentTo(2))
		Expect(s.runs()).To(BeEmpty())
		Expect(s.writes()).To(BeEmpty())
		edit(a, ceiling(v1alpha1.Approve))
		run := s.onlyRun(v1alpha1.RunPending)
		Expect(run.Spec.Trigger).To(Equal(v1alpha1.TriggerOffered))
		Expect(run.Spec.Actions).To(HaveLen(2))
		Expect(s.writes()).To(BeEmpty())
	})

	It("plans the same as in Enforce", func() {
		s := start(suspended)
		s.buckets("logs", "photos")
		b := s.baseline("foundational", v1alpha1.Audit, bothOn())
		a := s.account(roomy)
		expect(a, append([]string{"Suspended=True OperatorSuspended"}, findings...)...)
		hash := refresh(s.posture()).Status.Plan.Hash
		for _, e := range []v1alpha1.Enforcement{v1alpha1.Approve, v1alpha1.Enforce} {
			edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Enforcement = e })
			Eventually(func() int32 { return refresh(s.posture()).Status.Plan.Audited }).Should(BeZero())
			Expect(refresh(s.posture()).Status.Plan.Hash).To(Equal(hash))
		}
	})
})

var _ = Describe("in Approve", func() {
	It("offers a run, applies it once approved, and rests", func() {
		s := start()
		s.buckets("logs", "photos")
		b := s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		a := s.account()
		run := s.onlyRun(v1alpha1.RunPending)
		expect(run, "Ready=False AwaitingApproval", "Reconciling=True AwaitingApproval")
		expect(a, findings...)
		Expect(refresh(a).Status.OfferedRun).To(Equal(run.Name))
		Expect(run.Status.Progress).To(Equal("0/2"))
		Expect(s.writes()).To(BeEmpty())
		decide(run, v1alpha1.Approved)
		expect(run, "Ready=True Applied")
		expect(a, resting...)
		expect(b, resting...)
		Expect(s.writes()).To(Equal([]string{"PutPublicAccessBlock logs", "PutPublicAccessBlock photos"}))
		Expect(refresh(run).Status.Phase).To(Equal(v1alpha1.RunSucceeded))
		Expect(run.Status.Progress).To(Equal("2/2"))
		Expect(refresh(a).Status.OfferedRun).To(BeEmpty())
		for _, o := range []string{kstatus(a, a.Status.ObservedGeneration), kstatus(b, b.Status.ObservedGeneration), kstatus(run, run.Status.ObservedGeneration)} {
			Expect(o).To(Equal("Current"))
		}
	})

	It("supersedes a run when the plan changes", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		a := s.account()
		first := s.onlyRun(v1alpha1.RunPending)
		s.buckets("photos")
		check(a)
		Eventually(s.phases).Should(Equal([]string{"Offered Pending 0/2", "Offered Superseded 0/1"}))
		expect(first, "Ready=True Superseded")
		Expect(s.writes()).To(BeEmpty())
		Expect(refresh(a).Status.OfferedRun).NotTo(Equal(first.Name))
	})

	It("does not offer a rejected action again, only others", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		a := s.account()
		run := s.onlyRun(v1alpha1.RunPending)
		decide(run, v1alpha1.Rejected)
		expect(run, "Ready=True Rejected")
		check(a)
		check(a)
		Expect(s.phases()).To(Equal([]string{"Offered Rejected 0/1"}))
		Expect(refresh(a).Status.OfferedRun).To(BeEmpty())
		s.buckets("photos")
		check(a)
		Eventually(s.phases).Should(ConsistOf("Offered Pending 0/1", "Offered Rejected 0/1"))
		Expect(s.writes()).To(BeEmpty())
	})

	It("does not apply by itself what was rejected, until that run is gone", func() {
		s := start()
		s.buckets("a", "b", "c")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(actions(2))
		run := s.onlyRun(v1alpha1.RunPending)
		decide(run, v1alpha1.Rejected)
		expect(run, "Ready=True Rejected")
		expect(a, findings...)
		Eventually(func() *v1alpha1.PlanSummary { return refresh(s.posture()).Status.Plan }).Should(HaveField("Rejected", int32(3)))
		Expect(refresh(s.posture()).Status.Findings).To(HaveEach(HaveField("Rejected", HavePrefix("alice said no to it in run "+run.Name))))
		s.keepVersions("a") // by hand: two are left, which is within the limits
		check(a)
		expect(a, findings...)
		Expect(s.writes()).To(BeEmpty())
		Expect(cluster.Delete(ctx, run)).To(Succeed())
		check(a)
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(2))
	})

	It("applies of an approved run only what the plan still holds, and offers the rest anew", func() {
		s := start()
		s.buckets("logs", "photos", "films")
		s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		s.account()
		run := s.onlyRun(v1alpha1.RunPending)
		// Between the offer and the approval someone half closes one bucket and closes another.
		s.halfClose("photos")
		s.close("films")
		decide(run, v1alpha1.Approved)
		Eventually(s.phases).Should(Equal([]string{"Offered Pending 0/1", "Offered Succeeded 1/3"}))
		Expect(s.writes()).To(Equal([]string{"PutPublicAccessBlock logs"}))
		var results []string
		for _, entry := range refresh(run).Status.Journal {
			results = append(results, string(entry.Result))
		}
		slices.Sort(results)
		Expect(results).To(Equal([]string{"Changed", "Changed", "Done"}))
	})

	It("looks at the target again before each write", func() {
		s := set()
		s.buckets("a", "b")
		s.baseline("foundational", v1alpha1.Approve, blockBuckets())
		s.account()
		s.between = func(next http.RoundTripper) http.RoundTripper {
			return &onClaim{next: next, nth: 1, then: func() { s.halfClose("b") }}
		}
		s.run()
		run := s.onlyRun(v1alpha1.RunPending)
		decide(run, v1alpha1.Approved)
		Eventually(s.phases).Should(ContainElement("Offered Succeeded 1/2"))
		Expect(s.writes()).To(Equal([]string{"PutPublicAccessBlock a"}))
		Expect(refresh(run).Status.Journal[1].Result).To(Equal(v1alpha1.CallChanged))
	})
})

var _ = Describe("in Enforce", func() {
	It("applies what is safe at once and offers what is disruptive", func() {
		s := start()
		s.buckets("logs", "photos")
		s.baseline("foundational", v1alpha1.Enforce, bothOn())
		a := s.account()
		Eventually(s.phases).Should(Equal([]string{"Enforced Succeeded 2/2", "Offered Pending 0/2"}))
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs", "PutBucketVersioning photos"}))
		expect(a, findings...)
		for _, run := range s.runs() {
			if run.Spec.Trigger == v1alpha1.TriggerOffered {
				decide(&run, v1alpha1.Approved)
			}
		}
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(4))
	})

	It("takes a disruptive risk where the leaf asks for it and the guard allows it", func() {
		for _, row := range []struct {
			leaf    []v1alpha1.Enforcement
			allowed []v1alpha1.Risk
			writes  int
		}{
			{nil, []v1alpha1.Risk{v1alpha1.Safe, v1alpha1.Disruptive}, 0},
			{[]v1alpha1.Enforcement{v1alpha1.Enforce}, []v1alpha1.Risk{v1alpha1.Safe, v1alpha1.Costly}, 0},
			{[]v1alpha1.Enforcement{v1alpha1.Enforce}, []v1alpha1.Risk{v1alpha1.Safe, v1alpha1.Disruptive}, 1},
		} {
			s := start()
			s.buckets("logs")
			s.baseline("foundational", v1alpha1.Enforce, blockBuckets(row.leaf...))
			a := s.account(allowing(row.allowed...))
			if row.writes == 0 {
				s.onlyRun(v1alpha1.RunPending)
				expect(a, findings...)
			} else {
				expect(a, resting...)
				Expect(s.onlyRun(v1alpha1.RunSucceeded).Spec.Trigger).To(Equal(v1alpha1.TriggerEnforced))
			}
			Expect(s.writes()).To(HaveLen(row.writes))
			s.stop()
		}
	})

	It("writes nothing at all beyond the limits, and applies the plan once it is approved", func() {
		s := start()
		s.buckets(numbered(7)...)
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(actions(6))
		expect(a, append([]string{"Blocked=True LimitExceeded"}, findings...)...)
		Expect(message(a, v1alpha1.ConditionBlocked)).To(ContainSubstring("7 actions exceed limits.maxActions 6"))
		expect(s.posture(), "Blocked=True LimitExceeded", "Compliant=False Findings")
		run := s.onlyRun(v1alpha1.RunPending)
		Expect(run.Spec.Trigger).To(Equal(v1alpha1.TriggerOffered))
		check(a)
		Expect(s.writes()).To(BeEmpty())
		decide(run, v1alpha1.Approved)
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(7))
	})

	It("counts a share of a collection, and lets a baseline lower the limits but not raise them", func() {
		s := start()
		s.buckets(numbered(6)...)
		percent, many := int32(50), int32(100)
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets(), func(b *v1alpha1.SecurityBaseline) {
			b.Spec.Limits = v1alpha1.Limits{MaxPercent: &many, MaxActions: &many}
		})
		a := s.account() // 20 percent
		expect(a, append([]string{"Blocked=True LimitExceeded"}, findings...)...)
		Expect(message(a, v1alpha1.ConditionBlocked)).To(ContainSubstring("6 of 6 s3.buckets exceed limits.maxPercent 20"))
		edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Limits.MaxPercent = &percent })
		edit(a, actions(1000))
		Eventually(func() string { return message(a, v1alpha1.ConditionBlocked) }).Should(ContainSubstring("6 of 6 s3.buckets exceed limits.maxPercent 50"))
		Expect(s.writes()).To(BeEmpty())
		edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Limits = v1alpha1.Limits{} })
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(6))
	})

	It("finds drift at the interval and closes it", func() {
		s := start(prompt)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets(), every(10*time.Second))
		a := s.account()
		expect(a, resting...)
		s.unversion("logs")
		began := time.Now()
		Eventually(s.writes).WithTimeout(15 * time.Second).Should(Equal([]string{"PutBucketVersioning logs", "PutBucketVersioning logs"}))
		Expect(time.Since(began)).To(BeNumerically("<", 13*time.Second))
		expect(a, resting...)
		Eventually(s.phases).Should(Equal([]string{"Enforced Succeeded 1/1", "Enforced Succeeded 1/1"}))
	})

	It("leaves alone the user that the operator itself signs in as", func() {
		s := set()
		s.cloud.OperatorAccount = s.id
		s.accessKey("administrator", 200)
		s.accessKey("bob", 200)
		s.run()
		s.baseline("keys", v1alpha1.Enforce, v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{Setting: v1alpha1.Setting{Enforcement: v1alpha1.Enforce}, MaxAgeDays: 90}}})
		a := s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Disruptive))
		expect(a, findings...)
		Eventually(s.writes).Should(HaveLen(1))
		check(a)
		Expect(s.writes()).To(HaveLen(1))
		Expect(refresh(s.posture()).Status.Findings).To(ConsistOf(And(
			HaveField("Resource", HaveSuffix("user/administrator")), HaveField("Protected", "the operator's own user arn:aws:iam::"+s.id+":user/administrator"),
		)))
	})

	It("leaves alone what is protected or another's, and says so", func() {
		s := start()
		s.buckets("crown", "stack", "platform", "plain")
		s.cloud.TagBucket(s.id, s.id+"-stack", "aws:cloudformation:stack-name", "shop")
		s.cloud.TagBucket(s.id, s.id+"-platform", "Owner", "Platform Team")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy, func(a *v1alpha1.AWSAccount) {
			a.Spec.Guard.Protected.Resources = []string{"arn:aws:s3:::*-crown"}
			a.Spec.Guard.OwnerTags = []string{"owner=platform-*"}
		})
		expect(a, findings...)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning plain"}))
		check(a)
		Expect(s.writes()).To(HaveLen(1))
		why := map[string]string{}
		for _, f := range refresh(s.posture()).Status.Findings {
			why[strings.TrimPrefix(f.Resource, "arn:aws:s3:::"+s.id+"-")] = f.Protected + f.ManagedElsewhere
		}
		Expect(why).To(Equal(map[string]string{"crown": "protected resource arn:aws:s3:::" + s.id + "-crown", "stack": "CloudFormation shop", "platform": "owner Platform Team"}))
	})
})

var _ = Describe("a round that finds nothing new", func() {
	It("writes nothing, neither to AWS nor to the cluster", func() {
		s := start(prompt)
		s.buckets("logs", "photos")
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, resting...)
		expect(b, resting...)
		p := refresh(s.posture())
		// Asking for a round changes the account itself; what else it changes is compared.
		check(a)
		s.cloud.Forget()
		was, wasPosture, wasBaseline := told(refresh(a).Status), p.ResourceVersion, refresh(b).ResourceVersion
		for range 3 {
			check(a)
		}
		Expect(told(refresh(a).Status)).To(Equal(was))
		Expect(refresh(p).ResourceVersion).To(Equal(wasPosture))
		Expect(refresh(b).ResourceVersion).To(Equal(wasBaseline))
		Expect(s.writes()).To(BeEmpty())
		Expect(s.cloud.Calls()).NotTo(BeEmpty())
		Expect(s.runs()).To(HaveLen(1))
	})

	It("does so too while a plan is blocked, offered, failed or unread", func() {
		s := start(prompt)
		s.buckets(numbered(7)...)
		s.cloud.Deny("s3:GetBucketEncryption")
		p := bothOn()
		p.DataAtRest.S3BucketEncryption = &v1alpha1.S3BucketEncryption{}
		s.baseline("foundational", v1alpha1.Enforce, p)
		a := s.account()
		expect(a, append([]string{"Blocked=True LimitExceeded"}, findings...)...)
		run := s.onlyRun(v1alpha1.RunPending)
		check(a)
		was, posture, offered := told(refresh(a).Status), refresh(s.posture()).ResourceVersion, refresh(run).ResourceVersion
		check(a)
		Expect(told(refresh(a).Status)).To(Equal(was))
		Expect(refresh(s.posture()).ResourceVersion).To(Equal(posture))
		Expect(refresh(run).ResourceVersion).To(Equal(offered))
		Expect(s.writes()).To(BeEmpty())
	})
})

// told is a status without the round that was asked for.
func told(status v1alpha1.AWSAccountStatus) string {
	GinkgoHelper()
	status.LastHandledCheckNow = ""
	encoded, err := json.Marshal(status)
	Expect(err).NotTo(HaveOccurred())
	return string(encoded)
}

// onClaim does something before the nth claim of a call reaches the API server. Results are
// recorded with the claim that follows them, so every update that holds a claim is a new one.
type onClaim struct {
	next   http.RoundTripper
	nth    int32
	then   func()
	claims atomic.Int32
}

// RoundTrip implements http.RoundTripper.
func (c *onClaim) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method == http.MethodPut && strings.Contains(request.URL.Path, "/remediationruns/") {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return nil, err
		}
		request.Body = io.NopCloser(bytes.NewReader(body))
		if bytes.Contains(body, []byte(v1alpha1.CallClaimed)) && c.claims.Add(1) == c.nth {
			c.then()
		}
	}
	return c.next.RoundTrip(request)
}
