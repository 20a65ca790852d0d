package account

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// keepVersionsOf is the change that keeps versions in a bucket.
func keepVersionsOf(bucket action.Target, from inventory.VersioningStatus) action.Set {
	return action.BucketVersioning.Set(bucket, inventory.Versioning{Status: from}, inventory.Versioning{Status: inventory.VersioningOn})
}

// versioning is the action that keeps versions in a bucket, as a run would hold it.
func versioning(account, bucket string) v1alpha1.RunAction {
	GinkgoHelper()
	a := keepVersionsOf(action.Target{Account: account, Partition: "aws", Region: "us-east-1", Type: "AWS::S3::Bucket", ID: account + "-" + bucket, ARN: "arn:aws:s3:::" + account + "-" + bucket}, inventory.VersioningNever)
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

var _ = Describe("an approver", func() {
	It("holds no run up by applying, again and again, what is there already", func() {
		s := set()
		s.buckets(numbered(20)...)
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		s.run()
		applied, ended := 0, make(chan struct{})
		stop := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				select {
				case <-stop:
					return
				default:
				}
				var list v1alpha1.RemediationRunList
				if cluster.List(ctx, &list, client.InNamespace(s.namespace)) != nil {
					continue
				}
				for _, run := range list.Items {
					same := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{"account": run.Spec.Account}}}
					same.SetGroupVersionKind(v1alpha1.GroupVersion.WithKind("RemediationRun"))
					same.SetNamespace(run.Namespace)
					same.SetName(run.Name)
					if alice.Patch(ctx, same, client.Apply, client.FieldOwner(fmt.Sprint("loop-", applied)), client.ForceOwnership) == nil { //nolint:staticcheck // what kubectl apply --server-side sends
						applied++
					}
				}
			}
		}()
		expect(a, resting...)
		close(stop)
		<-ended
		Expect(applied).To(BeNumerically(">", 10))
		Expect(s.writes()).To(HaveLen(20))
		Expect(s.onlyRun(v1alpha1.RunSucceeded).Status.Journal).To(HaveEach(HaveField("Result", v1alpha1.CallDone)))
	})
})

var _ = Describe("an author of baselines", func() {
	It("changes step by step no more than at once", func() {
		user, err := env.AddUser("bob", "guardrails:authors")
		Expect(err).NotTo(HaveOccurred())
		Expect(env.Grant(ctx, "guardrails:authors", "guardrails-baseline-editor")).To(Succeed())
		bob, err := client.New(user.Config, client.Options{Scheme: cluster.Scheme()})
		Expect(err).NotTo(HaveOccurred())

		s := set()
		const keys, most = 18, 7
		for i := range keys { // each ten days older than the one before
			s.accessKey(fmt.Sprint("user", i), 100+10*i)
		}
		rotate := func(days int32) v1alpha1.Posture {
			return v1alpha1.Posture{Identity: v1alpha1.IdentityPosture{AccessKeyRotation: &v1alpha1.AccessKeyRotation{Setting: v1alpha1.Setting{Enforcement: v1alpha1.Enforce}, MaxAgeDays: days}}}
		}
		b := s.baseline("keys", v1alpha1.Enforce, rotate(1000))
		a := s.account(actions(most), allowing(v1alpha1.Safe, v1alpha1.Disruptive))
		s.run(func(o *app.Options) { o.Settling = time.Millisecond })
		expect(a, resting...)
		for days := int32(265); days > 90; days -= 30 {
			before := b.DeepCopy()
			b.Spec.Posture = rotate(days)
			Expect(bob.Patch(ctx, b, client.MergeFrom(before))).To(Succeed())
			generation := b.Generation
			Eventually(func() bool {
				held := slices.Contains(standing(a), "Blocked=True LimitExceeded")
				return held || slices.Equal(standing(a), resting) && s.judgedUnder(b, generation)
			}).Should(BeTrue())
		}
		expect(a, append([]string{"Blocked=True LimitExceeded"}, findings...)...)
		writes := s.writes()
		Expect(len(writes)).To(And(BeNumerically(">", 0), BeNumerically("<=", most)), "%v", writes)
		Expect(refresh(a).Status.Budget).To(And(HaveField("Applied", int32(len(writes))), HaveField("MaxActions", int32(most))))
		Eventually(s.phases).Should(ContainElement(HavePrefix("Offered Pending")))
	})
})

// accessKey gives a user an access key that is so many days old.
func (s *stage) accessKey(user string, days int) {
	GinkgoHelper()
	s.cloud.SetClock(func() time.Time { return time.Now().AddDate(0, 0, -days) })
	defer s.cloud.SetClock(time.Now)
	admin := iam.NewFromConfig(s.cloud.ConfigFor(s.id))
	_, err := admin.CreateUser(ctx, &iam.CreateUserInput{UserName: &user})
	Expect(err).NotTo(HaveOccurred())
	_, err = admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: &user})
	Expect(err).NotTo(HaveOccurred())
	s.cloud.Forget()
}

// judgedUnder says whether the posture was judged under this generation of the baseline.
func (s *stage) judgedUnder(b *v1alpha1.SecurityBaseline, generation int64) bool {
	return slices.ContainsFunc(refresh(s.posture()).Status.Baselines, func(by v1alpha1.JudgedBaseline) bool { return by.UID == string(b.UID) && by.Generation >= generation })
}

// decidePending approves a run that says it is running: admission lets pending ones be decided on.
func decidePending(s *stage, run *v1alpha1.RemediationRun) {
	GinkgoHelper()
	journal := run.Status.Journal
	s.status(run, func() { run.Status.Phase, run.Status.Journal = v1alpha1.RunPending, nil })
	decide(run, v1alpha1.Approved)
	refresh(run)
	s.status(run, func() { run.Status.Phase, run.Status.Journal = v1alpha1.RunRunning, journal })
}
