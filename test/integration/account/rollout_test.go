package account

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

var _ = Describe("a rollout", func() {
	// fleet is the canary z and the accounts a, b, c, each with one bucket.
	fleet := func(s *stage) map[string]*v1alpha1.AWSAccount {
		s.allow("*")
		accounts := map[string]*v1alpha1.AWSAccount{}
		for _, name := range []string{"z", "a", "b", "c"} {
			lastID++
			a := accountOf(s.namespace, name, fmt.Sprint(lastID))
			a.Labels = map[string]string{"stage": map[bool]string{true: "canary", false: "rest"}[name == "z"]}
			s.bucketsOf(a.Spec.AccountID, "logs")
			Expect(cluster.Create(ctx, a)).To(Succeed())
			accounts[name] = a
		}
		return accounts
	}
	waves := func(bake time.Duration) func(*v1alpha1.SecurityBaseline) {
		return func(b *v1alpha1.SecurityBaseline) {
			b.Spec.Rollout = &v1alpha1.Rollout{
				Canary:                &metav1.LabelSelector{MatchLabels: map[string]string{"stage": "canary"}},
				MaxConcurrentAccounts: 1, BakeTime: &metav1.Duration{Duration: bake},
			}
		}
	}
	written := func(s *stage, accounts map[string]*v1alpha1.AWSAccount) (names []string) {
		for _, call := range s.mutating() {
			for name, a := range accounts {
				if a.Spec.AccountID == call.Account {
					names = append(names, name)
				}
			}
		}
		return names
	}
	phase := func(b *v1alpha1.SecurityBaseline) func() v1alpha1.RolloutPhase {
		return func() v1alpha1.RolloutPhase {
			if refresh(b).Status.Rollout == nil {
				return ""
			}
			return b.Status.Rollout.Phase
		}
	}

	It("changes the canary, bakes, then the others one by one, each once the one before is done", func() {
		s := start()
		accounts := fleet(s)
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets(), waves(2*time.Second))
		Eventually(phase(b)).Should(Equal(v1alpha1.RolloutBaking))
		Expect(written(s, accounts)).To(Equal([]string{"z"}))
		expect(accounts["a"], findings...)
		Expect(message(accounts["a"], "Ready")).To(HaveSuffix("only audited until its turn in the rollout of foundational"))
		Eventually(phase(b)).WithTimeout(30 * time.Second).Should(Equal(v1alpha1.RolloutDone))
		Expect(written(s, accounts)).To(Equal([]string{"z", "a", "b", "c"}))
		Expect(*refresh(b).Status.Rollout).To(And(HaveField("Done", BeEquivalentTo(4)), HaveField("UnderWay", BeZero())))
		for _, a := range accounts {
			expect(a, resting...)
		}
	})

	It("begins anew with another posture, not with another interval", func() {
		s := start()
		accounts := fleet(s)
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets(), waves(0))
		Eventually(phase(b)).WithTimeout(30 * time.Second).Should(Equal(v1alpha1.RolloutDone))
		edit(b, every(2*time.Hour))
		Consistently(phase(b)).Should(Equal(v1alpha1.RolloutDone))
		s.cloud.Forget()
		edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Rollout.BakeTime.Duration = time.Hour })
		edit(b, func(b *v1alpha1.SecurityBaseline) {
			b.Spec.Posture = bothOn()
			b.Spec.Posture.DataAtRest.S3BucketPublicAccessBlock.Enforcement = v1alpha1.Enforce
		})
		Eventually(phase(b)).Should(Equal(v1alpha1.RolloutCanary))
		for _, name := range []string{"a", "b", "c"} {
			expect(accounts[name], findings...)
		}
		Expect(written(s, accounts)).To(BeEmpty(), "closing a bucket is disruptive, and the guard gives no leave")
	})

	It("stops where a run failed", func() {
		s := start()
		accounts := fleet(s)
		canary := accounts["z"].Spec.AccountID
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool { return c.Write && c.Account == canary }, Err: fakeaws.Denied("s3:PutBucketVersioning")})
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets(), waves(0))
		Eventually(phase(b)).Should(Equal(v1alpha1.RolloutStopped))
		Expect(refresh(b).Status.Rollout.Message).To(Equal("a run failed in z; no further account has its turn until that is mended"))
		for _, name := range []string{"a", "b", "c"} {
			expect(accounts[name], findings...)
		}
		Expect(written(s, accounts)).To(HaveEach("z"))
	})
})
