package account

import (
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// versioning is the action that keeps versions in a bucket, as a run would hold it.
func versioning(account, bucket string) v1alpha1.RunAction {
	GinkgoHelper()
	a := action.EnableBucketVersioning{Bucket: action.Target{Account: account, Partition: "aws", Region: "us-east-1", Type: "AWS::S3::Bucket", ID: account + "-" + bucket, ARN: "arn:aws:s3:::" + account + "-" + bucket}}
	content, err := action.Encode(a)
	Expect(err).NotTo(HaveOccurred())
	hash, err := action.Hash(a)
	Expect(err).NotTo(HaveOccurred())
	d := a.Describe()
	return v1alpha1.RunAction{
		Hash: hash, Type: action.TypeOf(a), Controls: []string{"s3-bucket-versioning"}, Target: d.Target.Name(), Region: d.Target.Region,
		Title: d.Title, From: d.From, To: d.To, Risk: d.Risk, Calls: d.Calls, Content: runtime.RawExtension{Raw: content},
	}
}

// running is a run that says of itself that it was begun by the operator.
func (s *stage) running(trigger v1alpha1.RunTrigger, actions ...v1alpha1.RunAction) *v1alpha1.RemediationRun {
	run := &v1alpha1.RemediationRun{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "forged", Labels: map[string]string{v1alpha1.LabelAccount: "shop", v1alpha1.LabelPlan: "0123456789abcdef", v1alpha1.LabelOpen: ""}},
		Spec:       v1alpha1.RemediationRunSpec{Account: "shop", AccountID: s.id, Trigger: trigger, PlanHash: "0123456789abcdef", Part: 1, Parts: 1, Actions: actions},
		Status:     v1alpha1.RemediationRunStatus{Phase: v1alpha1.RunRunning},
	}
	for _, a := range actions {
		run.Status.Journal = append(run.Status.Journal, v1alpha1.JournalEntry{Action: a.Hash, Call: a.Calls[0], At: metav1.Now(), Result: v1alpha1.CallClaimed})
	}
	return run
}

var _ = Describe("no write happens", func() {
	// Each spec is of a run that was begun and left, as a crash leaves it, in an account in
	// which its actions may not be applied (any more).
	It("in Audit, though a run was begun", func() {
		s := set()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Audit, versionBuckets())
		a := s.account()
		run := s.running(v1alpha1.TriggerEnforced, versioning(s.id, "logs"))
		s.forge(run)
		s.run()
		expect(a, findings...)
		Eventually(func() bool { return refresh(run).Status.Phase.Final() }).Should(BeTrue())
		Expect(s.writes()).To(BeEmpty())
	})

	It("under a guard of Audit, though a run was begun and approved", func() {
		s := set()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(ceiling(v1alpha1.Audit))
		run := s.running(v1alpha1.TriggerOffered, versioning(s.id, "logs"))
		s.forge(run)
		decidePending(s, run)
		s.run()
		expect(a, findings...)
		expect(run, "Ready=True Stopped")
		Expect(s.writes()).To(BeEmpty())
	})

	It("for a suspended baseline, though a run was begun", func() {
		s := set()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets(), func(b *v1alpha1.SecurityBaseline) { b.Spec.Suspend = true })
		a := s.account()
		run := s.running(v1alpha1.TriggerEnforced, versioning(s.id, "logs"))
		s.forge(run)
		s.run()
		expect(a, findings...)
		Eventually(func() bool { return refresh(run).Status.Phase.Final() }).Should(BeTrue())
		Expect(s.writes()).To(BeEmpty())
	})

	It("beyond the limits, though a run was begun", func() {
		s := set()
		s.buckets("logs", "photos")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(actions(1))
		run := s.running(v1alpha1.TriggerEnforced, versioning(s.id, "logs"), versioning(s.id, "photos"))
		s.forge(run)
		s.run()
		expect(a, append([]string{"Blocked=True LimitExceeded"}, findings...)...)
		Eventually(func() bool { return refresh(run).Status.Phase.Final() }).Should(BeTrue())
		Expect(s.writes()).To(BeEmpty())
	})

	It("on a protected thing, though a run was begun", func() {
		s := set()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		s.account(func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Protected.Resources = []string{"*-logs"} })
		run := s.running(v1alpha1.TriggerOffered, versioning(s.id, "logs"))
		s.forge(run)
		decidePending(s, run)
		s.run()
		expect(run, "Ready=False ActionsFailed", "Stalled=True ActionsFailed")
		Expect(run.Status.Journal[0].Result).To(Equal(v1alpha1.CallDenied))
		Expect(run.Status.Journal[0].Message).To(ContainSubstring("refused: protected resource"))
		Expect(s.writes()).To(BeEmpty())
	})

	It("by content that is not what was approved", func() {
		s := set()
		s.buckets("logs", "crown")
		s.baseline("foundational", v1alpha1.Approve, versionBuckets())
		s.account()
		forged := versioning(s.id, "logs")
		forged.Content.Raw = []byte(strings.ReplaceAll(string(forged.Content.Raw), "-logs", "-crown"))
		run := s.running(v1alpha1.TriggerOffered, forged)
		s.forge(run)
		decidePending(s, run)
		s.run()
		expect(run, "Ready=False ActionsFailed", "Stalled=True ActionsFailed")
		Expect(run.Status.Journal[0].Message).To(ContainSubstring("not what its hash was made of"))
		Expect(s.writes()).To(BeEmpty())
	})

	It("for a run of another account that the name had before", func() {
		s := set()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account()
		run := s.running(v1alpha1.TriggerEnforced, versioning("222222222222", "logs"))
		run.Spec.AccountID = "222222222222"
		s.forge(run)
		s.run()
		expect(run, "Ready=True Stopped")
		expect(a, resting...)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning logs"}))
	})

	It("in another account than the run's, whatever its actions say", func() {
		s := set()
		s.buckets("logs")
		s.bucketsOf("222222222222", "theirs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		s.account()
		run := s.running(v1alpha1.TriggerEnforced, versioning("222222222222", "theirs"))
		s.forge(run)
		s.run()
		expect(run, "Ready=False ActionsFailed", "Stalled=True ActionsFailed")
		Expect(run.Status.Journal[0].Message).To(ContainSubstring("the target is of account"))
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning logs"}))
	})

	It("twice for one call, though two processes work on one account", func() {
		s := set()
		s.buckets(numbered(8)...)
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		s.run() // without election, as while a deposed leader has not noticed yet
		s.run()
		expect(a, resting...)
		writes := s.writes()
		slices.Sort(writes)
		Expect(slices.Compact(writes)).To(HaveLen(8))
		Expect(len(writes)).To(BeNumerically("<=", 9), "at most the one call that was in flight")
		Eventually(s.phases).Should(HaveEach(HavePrefix("Enforced Succeeded")))
	})
})

// decidePending approves a run that says it is running: admission lets pending ones be decided on.
func decidePending(s *stage, run *v1alpha1.RemediationRun) {
	GinkgoHelper()
	journal := run.Status.Journal
	s.status(run, func() { run.Status.Phase, run.Status.Journal = v1alpha1.RunPending, nil })
	decide(run, v1alpha1.Approved)
	refresh(run)
	s.status(run, func() { run.Status.Phase, run.Status.Journal = v1alpha1.RunRunning, journal })
}
