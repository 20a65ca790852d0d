package account

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
)

// watch is a clock that can be set.
type watch struct{ off atomic.Int64 }

func (w *watch) now() time.Time        { return time.Now().Add(time.Duration(w.off.Load())) }
func (w *watch) set(off time.Duration) { w.off.Store(int64(off)) }
func (w *watch) on(o *app.Options)     { o.Now = w.now }

type transport func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(request *http.Request) (*http.Response, error) { return t(request) }

// soon is how long the end of an acceptance is away that a spec waits for.
const soon = 3 * time.Second

var _ = Describe("an acceptance that expires", func() {
	// gap asserts that the finding was mended within seconds of the end, and not before.
	gap := func(s *stage, r *v1alpha1.RiskAcceptance) {
		GinkgoHelper()
		end := r.Spec.ExpiresAt.Time
		Consistently(s.writes).WithTimeout(time.Until(end) - 300*time.Millisecond).Should(BeEmpty())
		Eventually(s.writes).WithTimeout(5 * time.Second).Should(Equal([]string{"PutBucketVersioning logs"}))
		Expect(time.Now()).To(BeTemporally("~", end, 3*time.Second))
		Expect(time.Now()).To(BeTemporally(">", end.Truncate(time.Second)))
	}

	It("has its findings fail again within seconds, though the interval is an hour", func() {
		s := start(prompt)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		r := s.accept("sandbox", soon)
		a := s.account(roomy)
		expect(a, accepted...)
		expect(r, "Covering=True Covers", "Ready=True Expiring")
		gap(s, r)
		expect(a, resting...)
		expect(r, hasExpired...)
		Expect(refresh(r).Status.Phase).To(Equal(v1alpha1.AcceptanceExpired))
		Expect([]int32{r.Status.Accounts, r.Status.Findings}).To(Equal([]int32{1, 0}))
		Expect(r.Status.Covers).To(BeEmpty())
		Expect(kstatus(r, r.Status.ObservedGeneration)).To(Equal("Current"))
		Eventually(func() []string { return s.events("RiskAcceptance") }).Should(ContainElements("Warning Expiring", "Normal Covers", "Warning Expired"))
	})

	It("does so by the account's own timer, though nobody can write that it has expired", func() {
		s := set()
		s.between = func(next http.RoundTripper) http.RoundTripper {
			return transport(func(request *http.Request) (*http.Response, error) {
				if strings.Contains(request.URL.Path, "/riskacceptances/") && request.Method == http.MethodPatch {
					return nil, errors.New("no")
				}
				return next.RoundTrip(request)
			})
		}
		s.run(prompt)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		r := s.accept("sandbox", soon)
		a := s.account(roomy)
		expect(a, accepted...)
		gap(s, r)
		expect(a, resting...)
		Expect(refresh(r).Status.Expired).To(BeNil())
	})

	It("is noticed where a clock was set forward, which no timer does", func() {
		s, clock := set(), &watch{}
		s.run(clock.on)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("sandbox", 100*day)
		a := s.account()
		expect(a, accepted...)
		expect(r, covers...)
		clock.set(101 * day)
		// Something else has the acceptance looked at; within a minute it would be anyway.
		Expect(cluster.Create(ctx, accountOf(s.namespace, "another", "222222222222"))).To(Succeed())
		expect(a, findings...)
		expect(r, hasExpired...)
	})

	It("stays so when a clock is set back, through a restart too, until its end is changed", func() {
		s, clock := set(), &watch{}
		s.run(clock.on)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		r := s.accept("sandbox", soon)
		a := s.account()
		expect(a, accepted...)
		expect(r, hasExpired...)
		expect(a, findings...)
		Expect(refresh(r).Status.Expired.Time).To(BeTemporally("==", r.Spec.ExpiresAt.Time))
		clock.set(-5 * day)
		check(a)
		remains(a, findings...)
		s.stop()
		s.run(clock.on)
		check(a)
		remains(a, findings...)
		remains(r, hasExpired...)
		edit(r, func(r *v1alpha1.RiskAcceptance) { r.Spec.ExpiresAt = metav1.NewTime(time.Now().Add(time.Hour)) })
		expect(a, accepted...)
		expect(r, "Covering=True Covers", "Ready=True Expiring")
		Expect(refresh(r).Status.Expired).To(BeNil())
	})

	It("leaves no gap to one that was made in time, and the one that ends last is named", func() {
		s := start(prompt)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		old := s.accept("old", soon)
		a := s.account(roomy)
		expect(old, "Covering=True Covers", "Ready=True Expiring")
		renewed := s.accept("renewed", 100*day)
		expect(renewed, covers...)
		Expect(s.acceptedBy()).To(Equal(map[string]string{"logs": "renewed"}))
		expect(old, hasExpired...)
		check(a)
		expect(a, accepted...)
		Expect(s.writes()).To(BeEmpty())
	})

	It("is announced 14 days before", func() {
		s, clock := set(), &watch{}
		s.run(clock.on)
		r := s.accept("sandbox", 15*day)
		expect(r, coversNothing...)
		Expect(refresh(r).Status.Phase).To(Equal(v1alpha1.AcceptanceActive))
		clock.set(day + time.Minute)
		s.account(func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Suspend = true })
		Eventually(func() v1alpha1.AcceptancePhase { return refresh(r).Status.Phase }).Should(Equal(v1alpha1.AcceptanceExpiring))
		Eventually(func() []string { return s.events("RiskAcceptance") }).Should(ContainElement("Warning Expiring"))
		Expect(message(r, "Ready")).To(Equal("it ends at " + r.Spec.ExpiresAt.UTC().Format(time.RFC3339) + "; what it covers fails again from then on"))
	})
})

// measured are the samples of one metric by the values of its labels.
func (s *stage) measured(name string) map[string]float64 {
	GinkgoHelper()
	families, err := metrics.Registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	values := map[string]float64{}
	for _, family := range families {
		if family.GetName() != name {
			continue
		}
		for _, metric := range family.GetMetric() {
			var labels []string
			for _, label := range metric.GetLabel() {
				labels = append(labels, strings.ReplaceAll(label.GetValue(), s.namespace, "here"))
			}
			values[strings.Join(labels, " ")] = metric.GetGauge().GetValue()
		}
	}
	return values
}

var _ = Describe("acceptances", func() {
	It("are metered until they are gone", func() {
		s := start()
		active, expiring := s.accept("active", 100*day), s.accept("expiring", day)
		s.accept("invalid", 500*day)
		want := map[string]float64{"Active": 1, "Expiring": 1, "Expired": 0, "Invalid": 1}
		Eventually(func() map[string]float64 { return s.measured("guardrails_risk_acceptances") }).Should(Equal(want))
		Expect(s.measured("guardrails_risk_acceptance_expiry_seconds")).To(SatisfyAll(
			HaveLen(3), HaveKeyWithValue("active here", float64(active.Spec.ExpiresAt.Unix())), HaveKeyWithValue("expiring here", float64(expiring.Spec.ExpiresAt.Unix()))))
		Expect(cluster.Delete(ctx, expiring)).To(Succeed())
		Eventually(func() map[string]float64 { return s.measured("guardrails_risk_acceptance_expiry_seconds") }).Should(SatisfyAll(HaveLen(2), Not(HaveKey("expiring here"))))
		Expect(s.measured("guardrails_risk_acceptances")).To(HaveKeyWithValue("Expiring", 0.0))
	})

	It("are used by the operator as its role grants, in full", func() {
		s := set()
		var mu sync.Mutex
		used := map[string]bool{}
		s.between = func(next http.RoundTripper) http.RoundTripper {
			return transport(func(request *http.Request) (*http.Response, error) {
				if verb := verbOn(request, "riskacceptances"); verb != "" {
					mu.Lock()
					used[verb] = true
					mu.Unlock()
				}
				return next.RoundTrip(request)
			})
		}
		s.run(prompt)
		s.buckets(numbered(3)...)
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		r := s.accept("sandbox", 100*day, s.only("b0002"))
		expect(s.account(roomy), accepted...)
		expect(r, covers...)
		revert(s.onlyRun(v1alpha1.RunSucceeded))
		decide(s.undoRun(v1alpha1.RunPending), v1alpha1.Approved)
		Eventually(func() []string {
			mu.Lock()
			defer mu.Unlock()
			var verbs []string
			for verb := range used {
				verbs = append(verbs, verb)
			}
			slices.Sort(verbs)
			return verbs
		}).Should(Equal(grantedOn("riskacceptances")))
	})
})
