package account

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// unreadGauge tells what the metric shows of the stage's account: "control action".
func (s *stage) unreadGauge() []string {
	GinkgoHelper()
	families, err := metrics.Registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	shown := []string{}
	for _, family := range families {
		if family.GetName() != "guardrails_control_unread" {
			continue
		}
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			if labels["account"] == s.id {
				shown = append(shown, labels["control"]+" "+labels["action"])
			}
		}
	}
	slices.Sort(shown)
	return shown
}

var _ = Describe("a control that cannot be read", func() {
	denied := []string{"s3-bucket-public-access-block s3:GetBucketPublicAccessBlock"}
	quiet := []string{"Compliant=Unknown Unread", "Ready=True Reconciled"}
	loud := append([]string{"ReadFailing=True PermissionMissing"}, quiet...)

	It("is told aloud after two rounds, changes nothing for ten more, and is silent once it is read", func() {
		s := start(unhurried)
		s.buckets("logs", "photos")
		s.cloud.Deny("s3:GetPublicAccessBlock")
		s.baseline("foundational", v1alpha1.Audit, blockBuckets())
		a := s.account()
		expect(a, quiet...)
		control := func() v1alpha1.ControlPosture { return refresh(s.posture()).Status.Controls[0] }
		Expect(control().UnreadRounds).To(BeEquivalentTo(1))
		Expect(control().Missing).To(Equal([]string{"s3:GetBucketPublicAccessBlock"}))
		Expect(s.unreadGauge()).To(BeEmpty())
		check(a)
		expect(a, loud...)
		expect(s.posture(), "Compliant=Unknown Unread", "ReadFailing=True PermissionMissing")
		Expect(message(a, "ReadFailing")).To(Equal("1 of 1 controls could not be read for two rounds or more: s3-bucket-public-access-block (missing s3:GetBucketPublicAccessBlock)"))
		Expect(control().UnreadRounds).To(BeEquivalentTo(2))
		Expect(s.unreadGauge()).To(Equal(denied))
		Eventually(func() []string { return s.events("AWSAccount") }).Should(ContainElement("Warning PermissionMissing"))

		was, posture := told(refresh(a).Status), refresh(s.posture()).ResourceVersion
		for range 10 {
			check(a)
		}
		Expect(told(refresh(a).Status)).To(Equal(was))
		Expect(refresh(s.posture()).ResourceVersion).To(Equal(posture))
		Expect(s.unreadGauge()).To(Equal(denied))

		// The metric comes back with a new process, though nothing is news any more.
		s.stop()
		s.run(unhurried)
		check(a)
		Expect(s.unreadGauge()).To(Equal(denied))
		Expect(refresh(s.posture()).ResourceVersion).To(Equal(posture))

		s.cloud.Heal()
		check(a)
		expect(a, findings...)
		expect(s.posture(), "Compliant=False Findings")
		Expect(control().UnreadRounds).To(BeZero())
		Expect(control().Missing).To(BeEmpty())
		Expect(s.unreadGauge()).To(BeEmpty())
	})

	It("is told so too where nothing was denied", func() {
		s := start(unhurried)
		s.buckets("logs")
		s.cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:GetPublicAccessBlock"), Err: fakeaws.Throttled()})
		s.baseline("foundational", v1alpha1.Audit, blockBuckets())
		a := s.account()
		expect(a, quiet...)
		check(a)
		expect(a, append([]string{"ReadFailing=True ReadsFail"}, quiet...)...)
		Expect(s.unreadGauge()).To(Equal([]string{"s3-bucket-public-access-block "}))
	})

	It("is not told by an account that is not reached, which says so itself, but is counted on", func() {
		s := start(unhurried)
		s.buckets("logs")
		s.cloud.Deny("s3:GetPublicAccessBlock")
		b := s.baseline("foundational", v1alpha1.Audit, blockBuckets())
		a := s.account()
		expect(a, quiet...)
		s.stop()
		s.cloud.RefuseRole(auditRole(s.id))
		s.run(unhurried)
		expect(a, stalledBy("RoleNotAssumable")...)
		check := func() { edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Interval.Duration += 1e9 }) }
		check()
		check()
		remains(a, stalledBy("RoleNotAssumable")...)
		Expect(refresh(s.posture()).Status.Controls[0].UnreadRounds).To(BeEquivalentTo(1))
		Expect(s.unreadGauge()).To(Equal([]string{"s3-bucket-public-access-block sts:AssumeRole"}))
		s.cloud.AllowRole(auditRole(s.id))
		check()
		expect(a, loud...)
		Expect(s.unreadGauge()).To(Equal(denied))
	})

	It("is forgotten with its account", func() {
		s := start(unhurried)
		s.buckets("logs")
		s.cloud.Deny("s3:GetPublicAccessBlock")
		s.baseline("foundational", v1alpha1.Audit, blockBuckets())
		a := s.account()
		expect(a, quiet...)
		check(a)
		Eventually(s.unreadGauge).Should(Equal(denied))
		Expect(cluster.Delete(ctx, a)).To(Succeed())
		Eventually(s.unreadGauge).Should(BeEmpty())
	})
})
