package account

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// shorten makes the list of buckets leave out all but the first, for so many times.
func (s *stage) shorten(to, times int) {
	s.cloud.Inject(&fakeaws.Fault{Match: fakeaws.IsOn("s3:ListBuckets"), Times: times, Alter: func(out any) any {
		listed, ok := out.(*s3.ListBucketsOutput)
		Expect(ok).To(BeTrue())
		short := *listed
		short.Buckets = short.Buckets[:to]
		return &short
	}})
}

// unhurried leaves it to the spec when the account is read again.
func unhurried(o *app.Options) { o.Settling, o.VerifyAfter = 0, time.Minute }

// sizeOf is what is believed of the number of buckets, and what is doubted.
func (s *stage) sizeOf() (size, doubted int) {
	GinkgoHelper()
	for _, c := range refresh(s.posture()).Status.Collections {
		if c.Collection == "s3.buckets" && c.Doubted != nil {
			return int(c.Size), int(*c.Doubted)
		} else if c.Collection == "s3.buckets" {
			return int(c.Size), -1
		}
	}
	return -1, -1
}

var _ = Describe("an inventory that shrinks", func() {
	shrunk := []string{"Blocked=True InventoryShrank", "Compliant=Unknown Unread", "Ready=True Reconciled"}

	// grown is a stage at rest with twelve buckets, of which the first then needs a write.
	grown := func(options ...func(*app.Options)) (*stage, *v1alpha1.AWSAccount) {
		GinkgoHelper()
		s := start(options...)
		s.buckets(numbered(12)...)
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		Eventually(func() []string { check(a); return standing(a) }).Should(Equal(resting))
		s.unversion("b0000")
		s.cloud.Forget()
		return s, a
	}

	It("once is not believed: nothing is planned, and it recovers with the next reading", func() {
		s, a := grown(unhurried)
		s.shorten(1, 1)
		check(a)
		expect(a, shrunk...)
		Expect(message(a, "Blocked")).To(Equal("nothing is planned until a second reading agrees: s3.buckets had 12 resources and now has 1"))
		expect(s.posture(), "Blocked=True InventoryShrank", "Compliant=Unknown Unread")
		status := refresh(s.posture()).Status
		Expect(status.Shrank).To(Equal([]string{"s3.buckets had 12 resources and now has 1"}))
		Expect(status.Plan.Actions).To(BeZero())
		Expect(s.writes()).To(BeEmpty())
		Expect(s.runs()).To(HaveLen(1))
		Eventually(func() []string { return s.events("AWSAccount") }).Should(ContainElement("Warning InventoryShrank"))
		check(a)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning b0000"}))
		Expect(refresh(s.posture()).Status.Shrank).To(BeEmpty())
		size, _ := s.sizeOf()
		Expect(size).To(Equal(12))
		check(a)
		expect(a, resting...)
	})

	It("is read again soon by itself", func() {
		s, a := grown(prompt)
		s.shorten(0, 1)
		check(a)
		expect(a, shrunk...)
		Expect(s.writes()).To(BeEmpty())
		expect(a, resting...) // with nobody asking, and an interval of an hour
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning b0000"}))
	})

	It("twice is believed, and what is left is mended", func() {
		s, a := grown(unhurried)
		s.shorten(1, 2)
		check(a)
		expect(a, shrunk...)
		Expect(s.writes()).To(BeEmpty())
		check(a)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning b0000"}))
		Eventually(func() int { size, _ := s.sizeOf(); return size }).Should(Equal(1))
	})

	It("is doubted by a process that has never seen it large", func() {
		s, a := grown(unhurried)
		s.stop()
		s.shorten(0, 1)
		s.run(unhurried)
		expect(a, shrunk...)
		size, doubted := s.sizeOf()
		Expect([]int{size, doubted}).To(Equal([]int{12, 0}))
		Expect(s.writes()).To(BeEmpty())
		// The doubt survives as well: the next process has the second reading.
		s.stop()
		s.run(unhurried)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning b0000"}))
		check(a)
		expect(a, resting...)
	})

	It("stays doubted while it cannot be read", func() {
		s, a := grown(unhurried)
		s.shorten(0, 1)
		check(a)
		s.cloud.Deny("s3:ListBuckets")
		check(a)
		check(a)
		expect(a, append([]string{"ReadFailing=True PermissionMissing"}, shrunk...)...)
		Expect(s.writes()).To(BeEmpty())
		s.cloud.Heal()
		check(a)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning b0000"}))
	})

	It("in truth takes one more reading", func() {
		s, a := grown(unhurried)
		admin := s3.NewFromConfig(s.cloud.ConfigFor(s.id))
		for _, name := range numbered(12)[1:] {
			_, err := admin.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String(s.id + "-" + name)})
			Expect(err).NotTo(HaveOccurred())
		}
		s.cloud.Forget()
		check(a)
		expect(a, shrunk...)
		check(a)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning b0000"}))
		check(a)
		expect(a, resting...)
	})

	It("keeps an approved run from starting, and a new offer from being made", func() {
		s := start(unhurried)
		s.buckets(numbered(12)...)
		s.baseline("foundational", v1alpha1.Approve, versionBuckets())
		a := s.account(roomy)
		run := s.onlyRun(v1alpha1.RunPending)
		s.shorten(3, 0)
		s.stop()
		decide(run, v1alpha1.Approved)
		s.run(unhurried)
		expect(a, shrunk...)
		Expect(s.phases()).To(Equal([]string{"Offered Pending 0/12"}))
		Expect(s.writes()).To(BeEmpty())
		Expect(refresh(a).Status.OfferedRun).To(Equal(run.Name), "an approver still sees it")
		s.cloud.Heal()
		check(a)
		Eventually(s.phases).Should(Equal([]string{"Offered Succeeded 12/12"}))
	})

	It("of most declared controls is doubted once too", func() {
		s := start(unhurried)
		s.buckets("logs")
		p := bothOn()
		p.DataAtRest.S3BucketEncryption = &v1alpha1.S3BucketEncryption{}
		all := s.baseline("all", v1alpha1.Audit, p)
		one := s.baseline("one", v1alpha1.Audit, versionBuckets())
		a := s.account(roomy)
		expect(a, findings...)
		s.stop()
		Expect(cluster.Delete(ctx, all)).To(Succeed())
		edit(one, func(b *v1alpha1.SecurityBaseline) { b.Spec.Enforcement = v1alpha1.Enforce })
		s.run(unhurried)
		expect(a, append([]string{"Blocked=True InventoryShrank"}, findings...)...)
		Expect(message(a, "Blocked")).To(ContainSubstring("the declared posture had 3 controls and now has 1"))
		Expect(s.writes()).To(BeEmpty())
		check(a)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning logs"}))
	})
})
