package account

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

var blockBuckets = v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketPublicAccessBlock: &v1alpha1.S3BucketPublicAccessBlock{}}}

func (s *stage) buckets(names ...string) {
	GinkgoHelper()
	// AWS closes what is made today by itself; these are old.
	s.cloud.SetClock(func() time.Time { return time.Now().AddDate(-6, 0, 0) })
	defer s.cloud.SetClock(time.Now)
	admin := s3.NewFromConfig(s.cloud.ConfigFor(s.id))
	for _, name := range names {
		_, err := admin.CreateBucket(context.Background(), &s3.CreateBucketInput{Bucket: aws.String(s.id + "-" + name)})
		Expect(err).NotTo(HaveOccurred())
	}
	s.cloud.Forget()
}

var _ = Describe("the flow", func() {
	It("offers a run in Approve, applies it once approved, and rests", func() {
		s := start()
		s.buckets("logs", "photos")
		s.baseline("foundational", v1alpha1.Approve, blockBuckets)
		a := s.account()
		Eventually(s.runs).Should(HaveLen(1))
		Expect(s.cloud.Writes()).To(BeEmpty())
		run := &s.runs()[0]
		Eventually(func() v1alpha1.RunPhase { return refresh(run).Status.Phase }).Should(Equal(v1alpha1.RunPending))
		Expect(run.Status.Progress).To(Equal("0/2"))
		approved := run.DeepCopy()
		approved.Spec.Approval = &v1alpha1.Approval{Decision: v1alpha1.Approved, By: "alice"}
		Expect(alice.Patch(context.Background(), approved, client.MergeFrom(run))).To(Succeed())
		Eventually(func() v1alpha1.RunPhase { return refresh(run).Status.Phase }).Should(Equal(v1alpha1.RunSucceeded))
		Expect(run.Status.Progress).To(Equal("2/2"))
		Eventually(func() bool {
			return meta.IsStatusConditionTrue(refresh(a).Status.Conditions, v1alpha1.ConditionCompliant)
		}).Should(BeTrue())
		Expect(s.cloud.Writes()).To(HaveLen(2))
	})
})
