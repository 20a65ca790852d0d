package account

import (
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const day = 24 * time.Hour

// accept creates a RiskAcceptance for buckets without versions, for so long.
func (s *stage) accept(name string, lasts time.Duration, change ...func(*v1alpha1.RiskAcceptance)) *v1alpha1.RiskAcceptance {
	GinkgoHelper()
	a := &v1alpha1.RiskAcceptance{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name},
		Spec: v1alpha1.RiskAcceptanceSpec{
			Controls: []string{"s3-bucket-versioning"}, ExpiresAt: metav1.NewTime(time.Now().Add(lasts)),
			Reason: "The data is a copy.", Owner: "data", Approver: "ciso", ResidualRisk: "The copy is lost.",
		},
	}
	for _, c := range change {
		c(a)
	}
	Expect(cluster.Create(ctx, a)).To(Succeed())
	return a
}

// only accepts these buckets.
func (s *stage) only(names ...string) func(*v1alpha1.RiskAcceptance) {
	return func(a *v1alpha1.RiskAcceptance) {
		a.Spec.Resources = &v1alpha1.AcceptedResources{}
		for _, name := range names {
			a.Spec.Resources.ARNs = append(a.Spec.Resources.ARNs, s.bucketARN(name))
		}
	}
}

func (s *stage) bucketARN(name string) string { return "arn:aws:s3:::" + s.id + "-" + name }

func accepting(controls ...string) func(*v1alpha1.RiskAcceptance) {
	return func(a *v1alpha1.RiskAcceptance) { a.Spec.Controls = controls }
}

func tagged(match v1alpha1.AcceptanceMatch, tags ...v1alpha1.AcceptedTag) func(*v1alpha1.RiskAcceptance) {
	return func(a *v1alpha1.RiskAcceptance) {
		a.Spec.Resources = &v1alpha1.AcceptedResources{Match: match, Tags: tags}
	}
}

// The conditions of accounts, baselines and acceptances where a risk is accepted.
var (
	accepted      = []string{"Compliant=True Accepted", "Ready=True Reconciled"}
	covers        = []string{"Covering=True Covers", "Ready=True Reconciled"}
	coversNothing = []string{"Covering=False CoversNothing", "Ready=True Reconciled"}
	hasExpired    = []string{"Covering=False Expired", "Ready=True Expired"}
)

// acceptedBy tells which acceptance covers which bucket.
func (s *stage) acceptedBy() map[string]string {
	GinkgoHelper()
	by := map[string]string{}
	for _, f := range refresh(s.posture()).Status.Findings {
		by[strings.TrimPrefix(f.Resource, s.bucketARN(""))] = f.AcceptedBy
	}
	return by
}

var _ = Describe("an accepted finding", func() {
	It("is shown, counted as accepted and never planned for, while the others are mended", func() {
		s := start(prompt)
		s.buckets("logs", "photos")
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		r := s.accept("sandbox", 100*day, s.only("logs"))
		a := s.account(roomy)
		expect(a, accepted...)
		expect(b, accepted...)
		expect(r, covers...)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning photos"}))
		Expect(*refresh(a).Status.Totals).To(Equal(v1alpha1.Totals{Accepted: 1}))
		Expect(*refresh(b).Status.Totals).To(Equal(v1alpha1.Totals{Accepted: 1}))
		Expect(b.Status.Failing).To(BeEmpty())

		p := refresh(s.posture())
		expect(p, "Compliant=True Accepted")
		Expect(p.Status.Controls).To(HaveLen(1))
		control := p.Status.Controls[0]
		Expect([]any{control.Verdict, control.Pass, control.Fail, control.Accepted}).To(HaveExactElements(v1alpha1.Fail, BeEquivalentTo(1), BeEquivalentTo(1), BeEquivalentTo(1)))
		Expect(s.acceptedBy()).To(Equal(map[string]string{"logs": "sandbox"}))
		Expect(p.Status.Findings[0].Reason).NotTo(BeEmpty())
		Expect(p.Status.Plan.Actions).To(BeZero())
		Expect(p.Status.Accepted).To(Equal([]v1alpha1.AcceptedFindings{{
			Acceptance: "sandbox", Findings: 1, First: []v1alpha1.AcceptedFinding{{Control: "s3-bucket-versioning", Resource: s.bucketARN("logs")}},
		}}))
		Expect(refresh(r).Status.Phase).To(Equal(v1alpha1.AcceptanceActive))
		Expect([]int32{r.Status.Accounts, r.Status.Findings}).To(Equal([]int32{1, 1}))
		Expect(r.Status.Covers).To(Equal([]v1alpha1.CoveredFinding{{Account: "shop", Control: "s3-bucket-versioning", Resource: s.bucketARN("logs")}}))
		Expect(kstatus(r, r.Status.ObservedGeneration)).To(Equal("Current"))

		By("and a round that finds nothing new writes nothing")
		check(a)
		s.cloud.Forget()
		versions := func() []string {
			return []string{refresh(p).ResourceVersion, refresh(b).ResourceVersion, refresh(r).ResourceVersion}
		}
		was := versions()
		for range 3 {
			check(a)
		}
		Consistently(versions).Should(Equal(was))
		Expect(s.writes()).To(BeEmpty())
	})

	It("does not make up for one that is not accepted, or not read", func() {
		s := start()
		s.buckets("logs", "photos")
		b := s.baseline("foundational", v1alpha1.Audit, bothOn())
		r := s.accept("sandbox", 100*day, s.only("logs"), accepting("*"))
		a := s.account()
		expect(a, findings...)
		expect(r, covers...)
		Expect(*refresh(a).Status.Totals).To(Equal(v1alpha1.Totals{Fail: 2}))
		s.accept("photos", 100*day, s.only("photos"), accepting("*"))
		expect(a, accepted...)
		expect(b, accepted...)
		s.cloud.Deny("s3:GetBucketVersioning")
		check(a)
		expect(a, "Compliant=Unknown Unread", "Ready=True Reconciled")
		expect(b, "Compliant=Unknown Unread", "Ready=True Reconciled")
	})

	It("fails again at once, and is mended, when the acceptance is deleted", func() {
		s := start(prompt)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		r := s.accept("sandbox", 100*day)
		a := s.account(roomy)
		expect(a, accepted...)
		Expect(s.writes()).To(BeEmpty())
		Expect(cluster.Delete(ctx, r)).To(Succeed())
		expect(a, resting...)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs"}))
	})

	It("fails again at once too while something holds the deleted acceptance", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("sandbox", 100*day, func(r *v1alpha1.RiskAcceptance) { r.Finalizers = []string{"example.com/held"} })
		a := s.account()
		expect(a, accepted...)
		Expect(cluster.Delete(ctx, r)).To(Succeed())
		expect(a, findings...)
		edit(r, func(r *v1alpha1.RiskAcceptance) { r.Finalizers = nil })
	})

	It("is not written though a run was begun for it", func() {
		s := set()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		run := s.running(v1alpha1.TriggerEnforced, versioning(s.id, "logs"))
		s.forge(run)
		s.accept("sandbox", 100*day)
		s.run()
		expect(a, accepted...)
		Eventually(func() bool { return refresh(run).Status.Phase.Final() }).Should(BeTrue())
		Expect(s.writes()).To(BeEmpty())
	})

	It("fails again at once when the acceptance is for other accounts, resources or controls", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		inEnv := func(env string) func(*v1alpha1.RiskAcceptance) {
			return func(r *v1alpha1.RiskAcceptance) {
				r.Spec.AccountSelector = metav1.LabelSelector{MatchLabels: map[string]string{"env": env}}
			}
		}
		r := s.accept("sandbox", 100*day, inEnv("dev"))
		a := s.account(func(a *v1alpha1.AWSAccount) { a.Labels = map[string]string{"env": "dev"} })
		expect(a, accepted...)
		expect(r, covers...)
		for _, env := range []string{"prod", "dev"} {
			edit(a, func(a *v1alpha1.AWSAccount) { a.Labels["env"] = env })
			expect(a, map[string][]string{"prod": findings, "dev": accepted}[env]...)
		}
		for name, other := range map[string]func(*v1alpha1.RiskAcceptance){"accounts": inEnv("test"), "resources": s.only("photos"), "controls": accepting("s3-tls-only")} {
			Expect(cluster.Delete(ctx, r)).To(Succeed())
			apart := s.accept("other-"+name, 100*day, inEnv("dev"), other)
			expect(a, findings...)
			expect(apart, coversNothing...)
			Expect(refresh(apart).Status.Covers).To(BeEmpty())
			r = s.accept("again-"+name, 100*day, inEnv("dev"))
			expect(a, accepted...)
			expect(r, covers...)
		}
		expect(a, accepted...)
	})

	It("in the middle of a run is not written any more, and the rest is", func() {
		s := start(prompt)
		s.buckets(numbered(5)...)
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		s.onWrite(func(n int, _ fakeaws.Call) {
			if n == 2 {
				s.accept("sandbox", 100*day, s.only("b0002", "b0004"))
			}
		})
		a := s.account(roomy)
		expect(a, accepted...)
		check(a)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning b0000", "PutBucketVersioning b0001", "PutBucketVersioning b0003"}))
		Expect(s.phases()).To(Equal([]string{"Enforced Succeeded 3/5"}))
	})

	It("is not offered any more, and of an approved run not applied", func() {
		s := start(prompt)
		s.buckets("logs", "photos")
		s.baseline("foundational", v1alpha1.Approve, versionBuckets())
		a := s.account(roomy)
		s.onlyRun(v1alpha1.RunPending)
		s.accept("photos", 100*day, s.only("photos"))
		Eventually(s.phases).Should(Equal([]string{"Offered Pending 0/1", "Offered Superseded 0/2"}))
		s.stop()
		s.accept("logs", 100*day, s.only("logs"))
		for _, run := range s.runs() {
			if run.Status.Phase == v1alpha1.RunPending {
				decide(&run, v1alpha1.Approved)
			}
		}
		s.run(prompt)
		expect(a, accepted...)
		Eventually(s.phases).Should(Equal([]string{"Offered Succeeded 0/1", "Offered Superseded 0/2"}))
		Expect(s.writes()).To(BeEmpty())
	})

	It("may go by tags that only a closer look reads, and by none that were refused", func() {
		s := start()
		s.buckets("dev", "prod", "bare")
		s.cloud.TagBucket(s.id, s.id+"-dev", "env", "dev-1")
		s.cloud.TagBucket(s.id, s.id+"-prod", "env", "prod")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("dev", 100*day, tagged(v1alpha1.MatchAll, v1alpha1.AcceptedTag{Key: "env", Value: "dev-*"}))
		a := s.account()
		expect(r, covers...)
		Expect(s.acceptedBy()).To(Equal(map[string]string{"dev": "dev", "prod": "", "bare": ""}))
		s.cloud.Deny("s3:GetBucketTagging")
		check(a)
		Expect(s.acceptedBy()).To(Equal(map[string]string{"dev": "", "prod": "", "bare": ""}))
		expect(r, coversNothing...)
	})
})

var _ = Describe("an acceptance", func() {
	It("stands before there is anything to accept, and says that it covers nothing", func() {
		s := start(prompt)
		r := s.accept("sandbox", 100*day)
		expect(r, coversNothing...)
		Expect(message(r, "Covering")).To(Equal("no AWSAccount of the namespace matches spec.accountSelector"))
		a := s.account(roomy)
		Eventually(func() string { return message(r, "Covering") }).Should(Equal("no baseline declares any of its controls for its accounts"))
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		Eventually(func() string { return message(r, "Covering") }).Should(Equal("none of its controls fails on its resources"))
		expect(r, coversNothing...)
		Expect([]int32{refresh(r).Status.Accounts, r.Status.Findings}).To(Equal([]int32{1, 0}))
		s.buckets("logs")
		check(a)
		expect(a, accepted...)
		expect(r, covers...)
		Expect(s.writes()).To(BeEmpty())
	})

	It("does not say that it covers nothing where nobody could look", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Deny("s3:GetBucketVersioning")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("sandbox", 100*day)
		a := s.account()
		expect(a, "Compliant=Unknown Unread", "Ready=True Reconciled")
		expect(r, "Covering=Unknown Unread", "Ready=True Reconciled")
		Expect(message(r, "Covering")).To(Equal("nothing so far; 1 of 1 accounts could not be read in full"))
	})

	It("that reaches too far covers nothing, and says how far it may", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("forever", 401*day)
		a := s.account()
		expect(a, findings...)
		expect(r, "Covering=False TooLong", "Ready=False TooLong", "Stalled=True TooLong")
		Expect(refresh(r).Status.Phase).To(Equal(v1alpha1.AcceptanceInvalid))
		Expect(message(r, "Ready")).To(Equal(fmt.Sprintf("spec.expiresAt may be %s at most, 400 days after the object was created", r.CreationTimestamp.Add(400*day).UTC().Format(time.RFC3339))))
		Expect(kstatus(r, r.Status.ObservedGeneration)).To(Equal("Failed"))
		Expect(s.events("RiskAcceptance")).To(ContainElement("Warning TooLong"))
		By("unless the administrator lets it")
		s.stop()
		s.run(func(o *app.Options) { o.MaxAcceptance = 500 * day })
		expect(a, accepted...)
		expect(r, covers...)
		By("or it is made shorter")
		s.stop()
		s.run(func(o *app.Options) { o.MaxAcceptance = 30 * day })
		expect(a, findings...)
		edit(r, func(r *v1alpha1.RiskAcceptance) { r.Spec.ExpiresAt = metav1.NewTime(time.Now().Add(29 * day)) })
		expect(a, accepted...)
		expect(r, covers...)
	})

	It("of a control that there is not says so, and accepts the others it names", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("sandbox", 100*day, accepting("s3-bucket-versionning", "s3-bucket-versioning", "zone-sg-flows"))
		a := s.account()
		expect(a, accepted...)
		expect(r, "Covering=True Covers", "Ready=False UnknownControl", "Stalled=True UnknownControl")
		Expect(message(r, "Stalled")).To(Equal("the catalogue has no control s3-bucket-versionning; the others are accepted"))
		Expect(refresh(r).Status.Phase).To(Equal(v1alpha1.AcceptanceActive))
		Expect(cluster.Delete(ctx, r)).To(Succeed())
		r = s.accept("misspelt", 100*day, accepting("s3-bucket-versionning"))
		expect(a, findings...)
		expect(r, "Covering=False UnknownControl", "Ready=False UnknownControl", "Stalled=True UnknownControl")
		Expect(refresh(r).Status.Phase).To(Equal(v1alpha1.AcceptanceInvalid))
		expect(s.accept("zones", 100*day, accepting("zone-sg-flows")), coversNothing...)
	})

	It("whose selector nobody can read covers nothing", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("sandbox", 100*day, func(r *v1alpha1.RiskAcceptance) {
			r.Spec.AccountSelector.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: "env", Operator: "Like", Values: []string{"dev"}}}
		})
		expect(s.account(), findings...)
		expect(r, "Covering=False InvalidSelector", "Ready=False InvalidSelector", "Stalled=True InvalidSelector")
	})

	It("is totalled over its accounts, in order of their names", func() {
		s := start()
		second := fmt.Sprint(lastID + 1)
		lastID++
		s.allow(s.id + "," + second)
		s.buckets(numbered(7)...)
		s.bucketsOf(second, numbered(3)...)
		s.baseline("foundational", v1alpha1.Audit, bothOn())
		r := s.accept("sandbox", 100*day, accepting("s3-bucket-versioning", "s3-bucket-public-access-block"))
		s.account()
		Expect(cluster.Create(ctx, accountOf(s.namespace, "archive", second))).To(Succeed())
		Eventually(func() []int32 { return []int32{refresh(r).Status.Accounts, r.Status.Findings} }).Should(Equal([]int32{2, 20}))
		var told []string
		for _, c := range r.Status.Covers {
			told = append(told, c.Account+" "+c.Control)
		}
		Expect(told).To(HaveLen(10))
		Expect(slices.IsSorted(told)).To(BeTrue(), "%s", told)
		Expect(message(r, "Covering")).To(Equal("20 findings in 2 of 2 accounts"))
	})
})
