package account

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
)

// contestedGauge is what the metric shows of the stage's account.
func (s *stage) contestedGauge() float64 {
	GinkgoHelper()
	families, err := metrics.Registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			if family.GetName() == "guardrails_contested_settings" && metric.GetLabel()[0].GetValue() == s.id {
				return metric.GetGauge().GetValue()
			}
		}
	}
	return 0
}

// lookUps are how often CloudTrail was asked who did something, and of what.
func (s *stage) lookUps() []string {
	names := []string{}
	for _, call := range s.cloud.Calls() {
		if in, ok := call.Input.(*cloudtrail.LookupEventsInput); ok {
			names = append(names, call.Region+" "+*in.LookupAttributes[0].AttributeValue)
		}
	}
	return names
}

// alarms are the notes of the account's events that tell of a contest.
func (s *stage) alarms() []string {
	GinkgoHelper()
	var list eventsv1.EventList
	Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
	notes := []string{}
	for _, e := range list.Items {
		if e.Regarding.Kind == "AWSAccount" && e.Reason == v1alpha1.ReasonUndoneRepeatedly && e.Action == "Plan" {
			notes = append(notes, e.Type+" "+e.Note)
		}
	}
	return notes
}

var _ = Describe("a change that somebody keeps undoing", func() {
	contested := append([]string{"Contested=True UndoneRepeatedly"}, findings...)

	// fight lets the operator version a bucket so many times, and undoes it each time.
	fight := func(s *stage, a *v1alpha1.AWSAccount, rounds int) {
		GinkgoHelper()
		for range rounds {
			before := len(s.writes())
			Eventually(func() int { check(a); return len(s.writes()) }).Should(Equal(before + 1))
			expect(a, resting...)
			s.unversion("logs")
		}
	}
	fought := func(options ...func(*app.Options)) (*stage, *v1alpha1.AWSAccount) {
		GinkgoHelper()
		s := start(append([]func(*app.Options){prompt}, options...)...)
		s.buckets("logs", "photos")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, resting...)
		s.unversion("logs")
		s.cloud.Forget()
		return s, a
	}

	It("is left alone after the fourth time, names who does it, and all else goes on", func() {
		s, a := fought()
		fight(s, a, 3)
		Expect(s.lookUps()).To(BeEmpty())
		check(a)
		check(a)
		expect(a, contested...)
		expect(s.posture(), "Compliant=False Findings", "Contested=True UndoneRepeatedly")
		Expect(s.writes()).To(HaveLen(3), "the first of four was before the record was emptied")
		Expect(message(a, "Contested")).To(MatchRegexp(`^somebody keeps undoing what is applied: arn:aws:s3:::` + s.id + `-logs: applied 4 times within a day and undone each time; ` +
			`left alone until \S+Z; last changed by arn:aws:iam::` + s.id + `:user/administrator \(PutBucketVersioning at \S+Z\)$`))
		finding := refresh(s.posture()).Status.Findings[0]
		Expect(message(a, "Contested")).To(HaveSuffix(finding.Contested))
		Expect(s.lookUps()).To(Equal([]string{"us-east-1 " + s.id + "-logs"}))
		Expect(s.contestedGauge()).To(BeEquivalentTo(1))
		Eventually(s.alarms).Should(ConsistOf(HavePrefix("Warning ")))

		s.unversion("photos")
		check(a)
		Eventually(s.writes).Should(HaveLen(4))
		Expect(s.writes()[3]).To(Equal("PutBucketVersioning photos"))
		expect(a, contested...)

		// It goes on so, and nothing is news.
		check(a)
		was, posture := told(refresh(a).Status), refresh(s.posture()).ResourceVersion
		for range 10 {
			check(a)
		}
		Expect(told(refresh(a).Status)).To(Equal(was))
		Expect(refresh(s.posture()).ResourceVersion).To(Equal(posture))
		Expect(s.lookUps()).To(HaveLen(1))

		// A new process keeps what was said, and asks nobody again.
		s.stop()
		s.run(prompt)
		check(a)
		expect(a, contested...)
		Expect(told(refresh(a).Status)).To(Equal(was))
		Expect(s.lookUps()).To(HaveLen(1))
		Expect(s.alarms()).To(HaveLen(1))

		// An hour later it is tried once more, and left alone for two.
		s.stop()
		s.run(prompt, later(61*time.Minute))
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(5))
		Expect(s.contestedGauge()).To(BeZero())
		s.unversion("logs")
		check(a)
		expect(a, contested...)
		Expect(message(a, "Contested")).To(ContainSubstring("applied 5 times within a day"))
		s.stop()
		s.run(prompt, later(3*time.Hour))
		check(a)
		expect(a, contested...)
		Expect(s.writes()).To(HaveLen(5))
		s.stop()
		s.run(prompt, later(3*time.Hour+2*time.Minute))
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(6))
	})

	It("says so where CloudTrail tells nothing", func() {
		s, a := fought()
		s.cloud.Deny("cloudtrail:LookupEvents")
		fight(s, a, 3)
		check(a)
		expect(a, contested...)
		Expect(message(a, "Contested")).To(ContainSubstring("CloudTrail could not be asked who: "))
		Expect(message(a, "Contested")).To(ContainSubstring("missing permission cloudtrail:LookupEvents"))
		check(a)
		Expect(s.lookUps()).To(HaveLen(1))
	})

	It("is remembered before plans that came to nothing", func() {
		s := start(prompt, func(o *app.Options) { o.KeepRuns = 1 })
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		s.baseline("offered", v1alpha1.Approve, blockBuckets())
		a := s.account(roomy)
		Eventually(s.writes).Should(HaveLen(1))
		for _, name := range numbered(3) {
			s.unversion("logs")
			s.buckets(name) // it changes what is offered, and needs versions itself
			s.cloud.Forget()
			Eventually(func() []string { check(a); return s.writes() }).Should(ConsistOf("PutBucketVersioning logs", "PutBucketVersioning "+name))
		}
		s.unversion("logs")
		for i, name := range []string{"x", "y", "z"} {
			s.buckets(name)
			Eventually(func() []int { check(a); return s.offered() }).Should(Equal([]int{5 + i}), "the bucket before is in a plan")
		}
		expect(a, contested...)
		Eventually(func() int {
			return len(slices.DeleteFunc(s.runs(), func(run v1alpha1.RemediationRun) bool { return run.Labels[v1alpha1.LabelChanged] != "false" }))
		}).Should(Equal(1), "of several plans")
		remains(a, contested...)
	})

	It("is a person's to decide where it waits for an approval", func() {
		s := start(prompt)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Approve, versionBuckets())
		a := s.account(roomy)
		for i := range 5 {
			Eventually(s.phases).Should(And(HaveLen(i+1), ContainElement("Offered Pending 0/1")))
			for _, run := range s.runs() {
				if run.Status.Phase == v1alpha1.RunPending {
					decide(&run, v1alpha1.Approved)
				}
			}
			expect(a, resting...)
			s.unversion("logs")
			check(a)
		}
		expect(a, findings...)
		Expect(s.lookUps()).To(BeEmpty())
	})
})
