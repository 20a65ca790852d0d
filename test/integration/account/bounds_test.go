package account

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func sizeOf(o any) int {
	GinkgoHelper()
	encoded, err := json.Marshal(o)
	Expect(err).NotTo(HaveOccurred())
	return len(encoded)
}

var _ = Describe("objects", func() {
	It("keep their size with three thousand failing buckets of the longest names", func() {
		s := start()
		names := make([]string, 3000)
		for i := range names {
			names[i] = fmt.Sprintf("%s%04d", strings.Repeat("n", 63-len(s.id)-1-4), i)
		}
		s.buckets(names...)
		b := s.baseline("foundational", v1alpha1.Audit, bothOn())
		a := s.account()
		expect(a, findings...)
		expect(b, findings...)
		p := refresh(s.posture())
		Expect(sizeOf(p)).To(BeNumerically("<", 64<<10))
		Expect(sizeOf(refresh(a))).To(BeNumerically("<", 16<<10))
		Expect(p.Status.Findings).NotTo(BeEmpty())
		Expect(len(p.Status.Findings) + int(p.Status.MoreFindings)).To(Equal(6000))
		Expect(p.Status.Plan.Actions).To(BeEquivalentTo(6000))
		Expect(p.Status.Controls[0].Fail).To(BeEquivalentTo(3000))
		Expect(s.writes()).To(BeEmpty())
	})

	It("keep their size with three thousand accepted findings, and count them all", func() {
		s := start()
		names := make([]string, 3000)
		for i := range names {
			names[i] = fmt.Sprintf("%s%04d", strings.Repeat("n", 63-len(s.id)-1-4), i)
		}
		s.buckets(names...)
		var all []*v1alpha1.RiskAcceptance
		for i := range 60 {
			all = append(all, s.accept(fmt.Sprintf("%s%02d", strings.Repeat("r", 60), i), 100*day, accepting("s3-bucket-versioning", "s3-bucket-public-access-block"), s.only(names[i*50:(i+1)*50]...)))
		}
		b := s.baseline("foundational", v1alpha1.Enforce, bothOn(v1alpha1.Enforce))
		a := s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Disruptive))
		expect(a, accepted...)
		expect(b, accepted...)
		p := refresh(s.posture())
		Expect(sizeOf(p)).To(BeNumerically("<", 64<<10))
		Expect(sizeOf(refresh(a))).To(BeNumerically("<", 16<<10))
		Expect([]int32{p.Status.Controls[0].Fail, p.Status.Controls[0].Accepted}).To(Equal([]int32{3000, 3000}))
		Expect(len(p.Status.Findings) + int(p.Status.MoreFindings)).To(Equal(6000))
		Expect(len(p.Status.Accepted) + int(p.Status.MoreAccepted)).To(Equal(60))
		Expect(p.Status.MoreAccepted).To(BeNumerically(">", 0))
		for i, r := range all {
			if i < len(p.Status.Accepted) {
				expect(r, covers...)
				Expect(refresh(r).Status.Findings).To(BeEquivalentTo(100))
			} else {
				expect(r, "Covering=Unknown Unread", "Ready=True Reconciled")
			}
			Expect(sizeOf(r)).To(BeNumerically("<", 32<<10))
		}
		Expect(s.writes()).To(BeEmpty())
	})

	It("let a fleet of a hundred accounts be worked on by one manager, many at once, each for itself", func() {
		const accounts = 100
		s := set()
		first := lastID
		lastID += accounts
		id := func(i int) string { return fmt.Sprint(first + i) }
		s.allow("*")
		for i := range accounts {
			s.bucketsOf(id(i), "logs")
		}
		working, done, most := map[string]bool{}, map[string]bool{}, 0
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool {
			// An account is worked on from its list of buckets to its write.
			switch {
			case c.Write:
				delete(working, c.Account)
				done[c.Account] = true
			case c.Operation == "s3:ListBuckets" && !done[c.Account]:
				working[c.Account] = true
			}
			most = max(most, len(working))
			return false
		}})
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		for i := range accounts {
			Expect(cluster.Create(ctx, accountOf(s.namespace, fmt.Sprintf("account-%03d", i), id(i)))).To(Succeed())
		}
		s.run(func(o *app.Options) { o.Concurrent = 8 })
		Eventually(func() map[string]int {
			var list v1alpha1.AWSAccountList
			Expect(cluster.List(ctx, &list)).To(Succeed())
			told := map[string]int{}
			for i := range list.Items {
				if list.Items[i].Namespace == s.namespace {
					told[strings.Join(conditionsOf(&list.Items[i]), ", ")]++
				}
			}
			return told
		}).WithTimeout(2 * time.Minute).WithPolling(500 * time.Millisecond).Should(Equal(map[string]int{strings.Join(resting, ", "): accounts}))
		written := map[string]int{}
		for _, call := range s.mutating() {
			Expect(bucketOf(call)).To(Equal(call.Account + "-logs"))
			Expect(call.Caller).To(ContainSubstring(":" + call.Account + ":assumed-role/guardrails-remediation/"))
			written[call.Account]++
		}
		Expect(written).To(HaveLen(accounts))
		Expect(written).To(HaveEach(1))
		Expect(most).To(And(BeNumerically(">", 1), BeNumerically("<=", 8)))
		for _, run := range s.runs() {
			Expect(run.Spec.Actions[0].Target).To(Equal("arn:aws:s3:::" + run.Spec.AccountID + "-logs"))
		}
	})
})
