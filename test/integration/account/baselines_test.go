package account

import (
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// encrypted declares a key of one's own for buckets: a value without an order.
func encrypted(key string) v1alpha1.Posture {
	return v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketEncryption: &v1alpha1.S3BucketEncryption{
		Setting: setting([]v1alpha1.Enforcement{v1alpha1.Enforce}), Algorithm: "aws:kms", KMSKeyARN: key,
	}}}
}

var _ = Describe("baselines", func() {
	It("of one account are merged, the strongest enforcement counts", func() {
		s := start()
		s.buckets("logs")
		audit := s.baseline("audit", v1alpha1.Audit, bothOn())
		enforce := s.baseline("enforce", v1alpha1.Enforce, versionBuckets())
		a := s.account()
		expect(a, findings...)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs"}))
		Expect(refresh(a).Status.Baselines).To(Equal([]string{"audit", "enforce"}))
		expect(audit, findings...)
		expect(enforce, resting...)
		Eventually(func() v1alpha1.Totals { return *refresh(audit).Status.Totals }).Should(Equal(v1alpha1.Totals{Pass: 1, Fail: 1}))
		Expect(audit.Status.Failing).To(Equal([]v1alpha1.ControlCount{{Control: "s3-bucket-public-access-block", Accounts: 1}}))
		Expect(*refresh(enforce).Status.Totals).To(Equal(v1alpha1.Totals{Pass: 1}))
		for _, c := range refresh(s.posture()).Status.Controls {
			if c.Control == "s3-bucket-versioning" {
				Expect(c.Enforcement).To(Equal(v1alpha1.Enforce))
				Expect(c.Baselines).To(Equal([]string{"audit", "enforce"}))
			} else {
				Expect(c.Enforcement).To(Equal(v1alpha1.Audit))
			}
		}
	})

	It("that disagree are said to on the account and on both, the control is audited, the rest goes on", func() {
		s := start()
		s.buckets("logs")
		key := func(id string) string { return "arn:aws:kms:us-east-1:" + s.id + ":key/" + id }
		with := func(p v1alpha1.Posture) v1alpha1.Posture {
			p.DataAtRest.S3BucketVersioning = versionBuckets().DataAtRest.S3BucketVersioning
			return p
		}
		one := s.baseline("one", v1alpha1.Enforce, with(encrypted(key("1"))))
		two := s.baseline("two", v1alpha1.Enforce, encrypted(key("2")))
		a := s.account(roomy, allowing(v1alpha1.Safe, v1alpha1.Disruptive))
		conflict := "Conflict=True BaselinesDisagree"
		expect(a, append([]string{conflict}, findings...)...)
		expect(one, append([]string{conflict}, findings...)...)
		expect(two, append([]string{conflict}, findings...)...)
		Expect(message(a, "Conflict")).To(ContainSubstring("s3-bucket-encryption: kmsKeyARN differs between one and two"))
		Expect(refresh(one).Status.Conflicts).To(Equal([]string{"s3-bucket-encryption on shop: kmsKeyARN differs between one and two"}))
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs"}))
		edit(two, func(b *v1alpha1.SecurityBaseline) { b.Spec.Posture = encrypted(key("1")) })
		Eventually(func() []string { return standing(a) }).ShouldNot(ContainElement(conflict))
		Eventually(func() []string { return standing(one) }).ShouldNot(ContainElement(conflict))
		Eventually(func() int { return len(s.writes()) }).Should(Equal(2))
	})

	It("that are edited have the account looked at at once, and claim nothing before it was", func() {
		s := start()
		s.buckets("logs")
		b := s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account()
		expect(a, resting...)
		expect(b, resting...)
		claimed := make(chan string, 1)
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool {
			// In the middle of the round that the edit asked for, the baseline is already its new self.
			if c.Operation == "s3:GetPublicAccessBlock" && len(claimed) == 0 {
				time.Sleep(300 * time.Millisecond) // longer than totals are gathered
				claimed <- strings.Join(standing(b.DeepCopy()), ", ")
			}
			return false
		}})
		edit(b, func(b *v1alpha1.SecurityBaseline) { b.Spec.Posture = blockBuckets() })
		expect(a, findings...)
		expect(b, findings...)
		Expect(<-claimed).To(Equal("Compliant=Unknown Unread, Ready=False Reading, Reconciling=True Reading"))
	})

	It("count an account for each that selects it, and only those", func() {
		s := start()
		s.buckets("logs")
		forEnv := func(value string) func(*v1alpha1.SecurityBaseline) {
			return func(b *v1alpha1.SecurityBaseline) {
				b.Spec.AccountSelector = metav1.LabelSelector{MatchLabels: map[string]string{"env": value}}
			}
		}
		prod := s.baseline("prod", v1alpha1.Audit, versionBuckets(), forEnv("prod"))
		dev := s.baseline("dev", v1alpha1.Audit, blockBuckets(), forEnv("dev"))
		a := s.account(func(a *v1alpha1.AWSAccount) { a.Labels = map[string]string{"env": "prod"} })
		nobody := []string{"Compliant=Unknown NoAccounts", "Ready=False NoAccounts", "Stalled=True NoAccounts"}
		expect(prod, findings...)
		expect(dev, nobody...)
		Expect([]int32{refresh(prod).Status.Accounts, prod.Status.Controls, refresh(dev).Status.Accounts, dev.Status.Controls}).To(Equal([]int32{1, 1, 0, 1}))
		edit(a, func(a *v1alpha1.AWSAccount) { a.Labels["env"] = "dev" })
		expect(prod, nobody...)
		expect(dev, findings...)
		Expect(refresh(a).Status.Baselines).To(Equal([]string{"dev"}))
	})

	It("count every one of many", func() {
		s := start()
		s.buckets("logs")
		var all []*v1alpha1.SecurityBaseline
		for i := range 13 {
			all = append(all, s.baseline(fmt.Sprintf("b%02d", i), v1alpha1.Audit, versionBuckets()))
		}
		s.account()
		for _, b := range all {
			expect(b, findings...)
		}
	})

	It("tell their transitions", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account()
		expect(a, resting...)
		Eventually(func() []string { return s.events("SecurityBaseline") }).Should(ContainElements("Normal Reading", "Normal Reconciled", "Normal AllPass"))
		Eventually(func() []string { return s.events("AWSAccount") }).Should(ContainElements("Warning Findings", "Normal Applying", "Normal Reconciled", "Normal AllPass"))
		edit(a, func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Suspend = true })
		Eventually(func() []string { return s.events("AWSAccount") }).Should(ContainElement("Normal SuspendedByOwner"))
		s.allow("")
		Eventually(func() []string { return s.events("AWSAccount") }).Should(ContainElement("Warning NamespaceNotAllowed"))
	})
})
