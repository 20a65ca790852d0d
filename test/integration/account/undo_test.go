package account

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// revert has bob want a run undone.
func revert(run *v1alpha1.RemediationRun) {
	GinkgoHelper()
	refresh(run)
	wanted := run.DeepCopy()
	wanted.Spec.Revert, wanted.Spec.RequestedBy = true, "bob"
	Expect(bob.Patch(ctx, wanted, client.MergeFrom(run))).To(Succeed())
}

// undoRun waits for the Undo run there is, in the phase.
func (s *stage) undoRun(phase v1alpha1.RunPhase) *v1alpha1.RemediationRun {
	GinkgoHelper()
	var found *v1alpha1.RemediationRun
	Eventually(func(g Gomega) {
		found = nil
		for _, run := range s.runs() {
			if run.Spec.Trigger == v1alpha1.TriggerUndo {
				g.Expect(found).To(BeNil(), "%s", s.phases())
				found = &run
			}
		}
		g.Expect(found).NotTo(BeNil(), "%s", s.phases())
		g.Expect(found.Status.Phase).To(Equal(phase), "%s", s.phases())
	}).Should(Succeed())
	return found
}

// acceptances lists the RiskAcceptances of the namespace.
func (s *stage) acceptances() []v1alpha1.RiskAcceptance {
	GinkgoHelper()
	var list v1alpha1.RiskAcceptanceList
	Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
	return list.Items
}

// undone says what the condition Undone of a run is.
func undone(run *v1alpha1.RemediationRun) string {
	GinkgoHelper()
	for _, told := range standing(run) {
		if strings.HasPrefix(told, "Undone=") {
			return strings.TrimPrefix(told, "Undone=")
		}
	}
	return ""
}

// keepVersions makes a bucket keep versions, as the operator would.
func (s *stage) keepVersions(name string) {
	GinkgoHelper()
	_, err := s3.NewFromConfig(s.cloud.ConfigFor(s.id)).PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: aws.String(s.id + "-" + name), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled},
	})
	Expect(err).NotTo(HaveOccurred())
}

// ended makes a run that has applied versioning to buckets, and what it applied. Change, if it is
// not nil, changes the run before it is there.
func (s *stage) ended(change func(*v1alpha1.RemediationRun), names ...string) *v1alpha1.RemediationRun {
	GinkgoHelper()
	run := &v1alpha1.RemediationRun{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "shop-ended", Labels: map[string]string{v1alpha1.LabelAccount: "shop", v1alpha1.LabelPlan: "ended", v1alpha1.LabelPhase: string(v1alpha1.RunSucceeded)}},
		Spec:       v1alpha1.RemediationRunSpec{Account: "shop", AccountID: s.id, Trigger: v1alpha1.TriggerEnforced, PlanHash: "ended", Part: 1, Parts: 1},
		Status:     v1alpha1.RemediationRunStatus{Phase: v1alpha1.RunSucceeded, Progress: fmt.Sprintf("%d/%d", len(names), len(names))},
	}
	for _, name := range names {
		planned := s.plannedAction(keepVersionsOf(s.target(name), inventory.VersioningSuspended), "s3-bucket-versioning")
		run.Spec.Actions = append(run.Spec.Actions, planned)
		run.Status.Journal = append(run.Status.Journal, v1alpha1.JournalEntry{Action: planned.Hash, Call: planned.Calls[0], At: metav1.NewTime(time.Now().Add(-time.Hour)), Result: v1alpha1.CallDone})
		s.keepVersions(name)
	}
	if change != nil {
		change(run)
	}
	s.forge(run)
	s.cloud.Forget()
	return run
}

func (s *stage) target(bucket string) action.Target {
	return action.Target{Account: s.id, Partition: "aws", Region: "us-east-1", Type: "AWS::S3::Bucket", ID: s.id + "-" + bucket, ARN: "arn:aws:s3:::" + s.id + "-" + bucket}
}

// plannedAction is an action as a run holds it.
func (s *stage) plannedAction(a action.Action, control string) v1alpha1.RunAction {
	GinkgoHelper()
	content, err := action.Encode(a)
	Expect(err).NotTo(HaveOccurred())
	hash, err := action.Hash(a)
	Expect(err).NotTo(HaveOccurred())
	d := a.Describe()
	return v1alpha1.RunAction{
		Hash: hash, Type: action.TypeOf(a), Controls: []string{control}, Target: d.Target.Name(), Region: d.Target.Region,
		Title: d.Title, From: d.From, To: d.To, Risk: d.Risk, Calls: d.Calls, Content: runtime.RawExtension{Raw: content},
	}
}

var _ = Describe("an ended run whose undo is wanted", func() {
	It("is offered backwards, undone once that is approved, and what comes back is accepted first", func() {
		s := start()
		s.buckets("logs")
		b := s.baseline("foundational", v1alpha1.Approve, bothOn())
		a := s.account()
		run := s.onlyRun(v1alpha1.RunPending)
		for _, planned := range run.Spec.Actions {
			if planned.Type == "EnableBucketVersioning" {
				Expect(planned.NoUndo).To(Equal("a bucket that once kept versions can only suspend it, and keeps those it has"))
			} else {
				Expect(planned.NoUndo).To(BeEmpty())
			}
		}
		decide(run, v1alpha1.Approved)
		expect(a, resting...)
		Expect(cluster.Delete(ctx, b)).To(Succeed())
		applied := s.writes()
		Expect(applied).To(HaveLen(2))
		s.cloud.Forget()

		revert(run)
		undo := s.undoRun(v1alpha1.RunPending)
		expect(undo, "Ready=False AwaitingApproval", "Reconciling=True AwaitingApproval")
		expect(run, "Ready=True Applied", "Undone=False AwaitingApproval")
		Expect(message(run, v1alpha1.ConditionUndone)).To(Equal(undo.Name + " puts it back once it is approved"))
		Expect(run.Status.UndoneBy).To(Equal(undo.Name))
		Expect(kstatus(run, run.Status.ObservedGeneration)).To(Equal("Current"))
		Eventually(func() string { return refresh(a).Status.OfferedRun }).Should(Equal(undo.Name))
		Expect(undo.Spec.RevertOf).To(Equal(run.Name))
		Expect(undo.Annotations).To(HaveKeyWithValue(v1alpha1.AnnotationRevertOf, run.Name))
		Expect(columns(undo)).To(And(HaveKeyWithValue("Trigger", "Undo"), HaveKeyWithValue("Phase", "Pending"), HaveKeyWithValue("Progress", "0/2")))
		for i, planned := range undo.Spec.Actions {
			of := run.Spec.Actions[len(run.Spec.Actions)-1-i]
			Expect(planned.Type).To(Equal("Undo"))
			Expect(planned.Title).To(Equal("undo, which puts back the weaker state: " + of.Title))
			Expect(planned.From).To(Equal(of.To))
			Expect(planned.Target).To(Equal(of.Target))
			Expect(planned.Controls).To(Equal(of.Controls))
			Expect(planned.Calls).To(Equal(of.Calls))
		}
		check(a)
		check(a)
		Expect(s.phases()).To(Equal([]string{"Offered Succeeded 2/2", "Undo Pending 0/2"}))
		Expect(s.writes()).To(BeEmpty())
		Expect(s.acceptances()).To(BeEmpty())

		var early []string
		s.onWrite(func(n int, _ fakeaws.Call) {
			if len(s.acceptances()) != 2 {
				early = append(early, fmt.Sprintf("write %d came before the acceptances", n))
			}
		})
		decide(undo, v1alpha1.Approved)
		expect(undo, "Ready=True Applied")
		expect(run, "Ready=True Applied", "Undone=True Undone")
		Expect(early).To(BeEmpty())
		Expect(s.writes()).To(Equal([]string{applied[1], applied[0]}))
		Expect(refresh(undo).Status.ApprovedBy + undo.Spec.Approval.By).To(ContainSubstring("alice"))
		Expect(undo.Status.Caller).To(ContainSubstring("assumed-role/guardrails-remediation/"))
		Eventually(func() []string { return s.events("RemediationRun") }).Should(ContainElements("Normal AwaitingApproval", "Normal Undone", "Normal Undo"))

		By("leaving no trace but the acceptances")
		check(a)
		Expect(s.phases()).To(Equal([]string{"Offered Succeeded 2/2", "Undo Succeeded 2/2"}))
		Expect(s.writes()).To(HaveLen(2))
		for _, accepted := range s.acceptances() {
			Expect(accepted.Spec.Controls).To(HaveLen(1))
			Expect(accepted.Spec.Resources.ARNs).To(Equal([]string{"arn:aws:s3:::" + s.id + "-logs"}))
			Expect(accepted.Spec.AccountSelector).To(Equal(metav1.LabelSelector{}))
			Expect(accepted.Spec.Owner).To(Equal("alice"))
			Expect(accepted.Spec.Approver).To(Equal("guardrails-operator (undo of " + run.Name + ")"))
			Expect(accepted.Spec.Reason).To(ContainSubstring("Run " + undo.Name + " undid on request what run " + run.Name + " had applied; alice approved it."))
			Expect(accepted.Spec.ResidualRisk).To(ContainSubstring("bucket " + s.id + "-logs"))
			Expect(accepted.Spec.ExpiresAt.Time).To(BeTemporally("~", time.Now().Add(7*24*time.Hour), time.Minute))
		}
	})

	It("is not enforced straight back, and mended again once the acceptance ends", func() {
		const lasts = 6 * time.Second
		s := start(prompt, func(o *app.Options) { o.UndoAcceptance = lasts })
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, resting...)
		run := s.onlyRun(v1alpha1.RunSucceeded)
		revert(run)
		decide(s.undoRun(v1alpha1.RunPending), v1alpha1.Approved)
		Eventually(func() string { return undone(run) }).Should(Equal("True Undone"))
		expect(a, accepted...)
		end := s.acceptances()[0].Spec.ExpiresAt.Time
		Expect(end).To(BeTemporally("<=", time.Now().Add(lasts)))
		Consistently(s.writes).WithTimeout(time.Until(end) - 300*time.Millisecond).Should(Equal([]string{"PutBucketVersioning logs", "PutBucketVersioning logs"}))
		Eventually(s.writes).WithTimeout(10 * time.Second).Should(HaveLen(3))
		expect(a, resting...)
		Expect(s.phases()).To(Equal([]string{"Enforced Succeeded 1/1", "Enforced Succeeded 1/1", "Undo Succeeded 1/1"}))
	})

	It("is never accepted for longer than anything may be", func() {
		s := start(func(o *app.Options) { o.UndoAcceptance, o.MaxAcceptance = 7*24*time.Hour, time.Hour })
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		run := s.ended(nil, "logs")
		a := s.account(roomy)
		revert(run)
		decide(s.undoRun(v1alpha1.RunPending), v1alpha1.Approved)
		expect(a, accepted...)
		Expect(s.acceptances()[0].Spec.ExpiresAt.Time).To(BeTemporally("<", time.Now().Add(time.Hour)))
		expect(&s.acceptances()[0], "Covering=True Covers", "Ready=True Expiring")
	})

	It("waits where another acceptance bears its name, and is not fought", func() {
		s := start(prompt)
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		expect(a, resting...)
		run := s.onlyRun(v1alpha1.RunSucceeded)
		revert(run)
		undo := s.undoRun(v1alpha1.RunPending)
		early := s.accept(undo.Name, day, accepting("rds-not-public"))
		decide(undo, v1alpha1.Approved)
		Eventually(func() string { return message(undo, v1alpha1.ConditionReady) }).Should(HavePrefix("waits for RiskAcceptance " + undo.Name))
		Expect(s.writes()).To(HaveLen(1))
		Expect(cluster.Delete(ctx, early)).To(Succeed())
		Eventually(func() string { return undone(run) }).Should(Equal("True Undone"))
		expect(a, accepted...)
		Expect(s.writes()).To(HaveLen(2))
	})

	It("is accepted for as long as the administrator says", func() {
		s := start(func(o *app.Options) { o.UndoAcceptance = time.Hour })
		s.buckets("logs")
		run := s.ended(nil, "logs")
		s.account()
		revert(run)
		decide(s.undoRun(v1alpha1.RunPending), v1alpha1.Approved)
		s.undoRun(v1alpha1.RunSucceeded)
		Expect(s.acceptances()[0].Spec.ExpiresAt.Time).To(BeTemporally("~", time.Now().Add(time.Hour), time.Minute))
	})

	It("is undone only where AWS still shows what it wrote", func() {
		s := start()
		s.buckets("a", "b")
		run := s.ended(nil, "a", "b")
		s.account()
		revert(run)
		undo := s.undoRun(v1alpha1.RunPending)
		s.unversion("b") // by hand, meanwhile
		decide(undo, v1alpha1.Approved)
		undo = s.undoRun(v1alpha1.RunSucceeded)
		Expect(s.writes()).To(Equal([]string{"PutBucketVersioning a"}))
		Expect([]v1alpha1.CallResult{undo.Status.Journal[0].Result, undo.Status.Journal[1].Result}).To(Equal([]v1alpha1.CallResult{v1alpha1.CallAlreadySo, v1alpha1.CallDone}))
		Eventually(func() string { return undone(run) }).Should(Equal("True Undone"))
	})

	DescribeTable("is told why nothing is undone", func(change func(*v1alpha1.RemediationRun), why string) {
		s := start()
		s.buckets("logs")
		run := s.ended(change, "logs")
		a := s.account()
		revert(run)
		Eventually(func() string { return undone(run) }).Should(Equal("False UndoRefused"))
		Expect(message(run, v1alpha1.ConditionUndone)).To(Equal("nothing is undone: " + strings.ReplaceAll(why, "ID-", s.id+"-")))
		Eventually(func() []string { return s.events("RemediationRun") }).Should(Equal([]string{"Warning UndoRefused"}))
		check(a)
		version := refresh(run).ResourceVersion
		check(a)
		Expect(refresh(run).ResourceVersion).To(Equal(version))
		Expect(s.runs()).To(HaveLen(1))
		Expect(s.writes()).To(BeEmpty())
	},
		Entry("it changed nothing", func(run *v1alpha1.RemediationRun) { run.Status.Journal[0].Result = v1alpha1.CallAlreadySo }, "the run changed nothing in AWS"),
		Entry("it is of another account", func(run *v1alpha1.RemediationRun) { run.Spec.AccountID = "999999999998" }, "the run is of account 999999999998"),
		Entry("what it did cannot be undone", func(run *v1alpha1.RemediationRun) {
			planned := (&stage{id: run.Spec.AccountID}).plannedAction(action.LogRetention.Set(action.Target{Account: run.Spec.AccountID, Partition: "aws", Region: "us-east-1", Type: "AWS::Logs::LogGroup", ID: "audit"}, 30, 365), "log-group-retention")
			run.Spec.Actions, run.Status.Journal[0].Action, run.Status.Journal[0].Call = []v1alpha1.RunAction{planned}, planned.Hash, planned.Calls[0]
		}, "keep the logs of group audit for 365 days: keeping them for a shorter time would delete logs, and evidence is not deleted"),
		Entry("it holds what nobody planned", func(run *v1alpha1.RemediationRun) {
			run.Spec.Actions[0].Content.Raw = []byte(strings.Replace(string(run.Spec.Actions[0].Content.Raw), "Suspended", "Enabled", 1))
		}, "keep versions in bucket ID-logs: the content is not what its hash was made of"),
	)

	It("is not offered again once an approver said no", func() {
		s := start()
		s.buckets("logs")
		run := s.ended(nil, "logs")
		a := s.account()
		revert(run)
		undo := s.undoRun(v1alpha1.RunPending)
		decide(undo, v1alpha1.Rejected)
		expect(undo, "Ready=True Rejected")
		Eventually(func() string { check(a); return undone(run) }).Should(Equal("False Rejected"))
		check(a)
		s.undoRun(v1alpha1.RunRejected)
		Expect(s.writes()).To(BeEmpty())
		Expect(s.acceptances()).To(BeEmpty())
	})

	It("is offered again when an approved undo failed", func() {
		s := start()
		s.buckets("logs")
		s.cloud.Inject(&fakeaws.Fault{Match: func(c fakeaws.Call) bool {
			return c.Operation == "s3:PutBucketVersioning" && !strings.Contains(c.Caller, "/administrator")
		}, Err: fakeaws.Denied("s3:PutBucketVersioning"), Times: 1})
		run := s.ended(nil, "logs")
		s.account()
		revert(run)
		decide(s.undoRun(v1alpha1.RunPending), v1alpha1.Approved)
		Eventually(s.phases).Should(Equal([]string{"Enforced Succeeded 1/1", "Undo Failed 0/1", "Undo Pending 0/1"}))
		for _, again := range s.runs() {
			if again.Status.Phase == v1alpha1.RunPending {
				decide(&again, v1alpha1.Approved)
			}
		}
		Eventually(func() string { return undone(run) }).Should(Equal("True Undone"))
		Expect(s.phases()).To(Equal([]string{"Enforced Succeeded 1/1", "Undo Failed 0/1", "Undo Succeeded 1/1"}))
	})

	It("waits while nothing may be written, and says so", func() {
		s := start()
		s.buckets("logs")
		run := s.ended(nil, "logs")
		a := s.account(ceiling(v1alpha1.Audit))
		revert(run)
		Eventually(func() string { return undone(run) }).Should(Equal("False UndoHeldBack"))
		Expect(message(run, v1alpha1.ConditionUndone)).To(ContainSubstring("maxEnforcement Audit"))
		edit(a, func(a *v1alpha1.AWSAccount) {
			a.Spec.Guard.Suspend, a.Spec.Guard.MaxEnforcement = true, v1alpha1.Approve
		})
		Eventually(func() string { return message(run, v1alpha1.ConditionUndone) }).Should(ContainSubstring("suspension"))
		Expect(s.runs()).To(HaveLen(1))
		edit(a, func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Suspend = false })
		undo := s.undoRun(v1alpha1.RunPending)
		By("being suspended once more, after the approval")
		edit(a, func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Suspend = true })
		expect(a, "Compliant=Unknown NothingDeclared", "Ready=True Reconciled", "Suspended=True SuspendedByOwner")
		decide(undo, v1alpha1.Approved)
		check(a)
		Expect(s.writes()).To(BeEmpty())
		By("being held to Audit")
		edit(a, func(a *v1alpha1.AWSAccount) {
			a.Spec.Guard.Suspend, a.Spec.Guard.MaxEnforcement = false, v1alpha1.Audit
		})
		expect(undo, "Ready=True Stopped")
		Expect(s.writes()).To(BeEmpty())
		edit(a, ceiling(v1alpha1.Approve))
		Eventually(s.phases).Should(Equal([]string{"Enforced Succeeded 1/1", "Undo Pending 0/1", "Undo Stopped 0/1"}))
	})

	It("leaves alone what is protected, whatever anyone approved", func() {
		s := start()
		s.buckets("crown", "plain")
		run := s.ended(nil, "crown", "plain")
		s.account(func(a *v1alpha1.AWSAccount) { a.Spec.Guard.Protected.Resources = []string{"arn:aws:s3:::*-crown"} })
		revert(run)
		decide(s.undoRun(v1alpha1.RunPending), v1alpha1.Approved)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning plain"}))
		Eventually(s.phases).Should(ContainElement("Undo Failed 1/2"))
	})

	It("stays as long as its undo is open", func() {
		s := start(func(o *app.Options) { o.KeepRuns = 1 })
		s.buckets("logs")
		run := s.ended(nil, "logs")
		a := s.account()
		revert(run)
		undo := s.undoRun(v1alpha1.RunPending)
		s.stop()
		later := time.Now().Add(365 * 24 * time.Hour)
		s.run(func(o *app.Options) {
			o.Now, o.ApprovalTTL = func() time.Time { return later }, 2*365*24*time.Hour
		})
		check(a)
		Consistently(s.runs).Should(HaveLen(2))
		decide(undo, v1alpha1.Approved)
		Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning logs"}))
	})
})

var _ = Describe("an Undo run that nobody planned", func() {
	DescribeTable("writes nothing", func(change func(s *stage, run, undo *v1alpha1.RemediationRun)) {
		s := set()
		s.buckets("logs", "other")
		run := s.ended(nil, "logs")
		s.keepVersions("other")
		s.cloud.Forget()
		of := keepVersionsOf(s.target("logs"), inventory.VersioningSuspended)
		undo := &v1alpha1.RemediationRun{
			ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "forged", Labels: map[string]string{v1alpha1.LabelAccount: "shop", v1alpha1.LabelPlan: "forged", v1alpha1.LabelOpen: ""}},
			Spec: v1alpha1.RemediationRunSpec{
				Account: "shop", AccountID: s.id, Trigger: v1alpha1.TriggerUndo, RevertOf: run.Name, PlanHash: "forged", Part: 1, Parts: 1,
				Actions: []v1alpha1.RunAction{s.plannedAction(action.Undo{Run: run.Name, UID: string(run.UID), Of: of, Done: []string{"s3:PutBucketVersioning"}}, "s3-bucket-versioning")},
			},
			Status: v1alpha1.RemediationRunStatus{Phase: v1alpha1.RunPending},
		}
		if change != nil {
			change(s, run, undo)
		}
		s.forge(undo)
		decide(refresh(undo), v1alpha1.Approved)
		s.account()
		s.run()
		if change == nil {
			Eventually(s.writes).Should(Equal([]string{"PutBucketVersioning logs"}))
			return
		}
		Eventually(func() v1alpha1.RunPhase { return refresh(undo).Status.Phase }).Should(Equal(v1alpha1.RunFailed))
		Expect(undo.Status.Journal[0].Result).To(Equal(v1alpha1.CallDenied))
		Expect(undo.Status.Journal[0].Message).To(HavePrefix("refused: "))
		Expect(s.writes()).To(BeEmpty())
		Expect(s.acceptances()).To(BeEmpty())
	},
		Entry("unless it takes back what was done", nil),
		Entry("of another resource", func(s *stage, run, undo *v1alpha1.RemediationRun) {
			other := keepVersionsOf(s.target("other"), inventory.VersioningSuspended)
			undo.Spec.Actions[0] = s.plannedAction(action.Undo{Run: run.Name, UID: string(run.UID), Of: other, Done: []string{"s3:PutBucketVersioning"}}, "s3-bucket-versioning")
		}),
		Entry("of a weaker state than there was", func(s *stage, run, undo *v1alpha1.RemediationRun) {
			of := keepVersionsOf(s.target("logs"), inventory.VersioningNever)
			undo.Spec.Actions[0] = s.plannedAction(action.Undo{Run: run.Name, UID: string(run.UID), Of: of, Done: []string{"s3:PutBucketVersioning"}}, "s3-bucket-versioning")
		}),
		Entry("of another run of the name", func(s *stage, run, undo *v1alpha1.RemediationRun) {
			of := keepVersionsOf(s.target("logs"), inventory.VersioningSuspended)
			undo.Spec.Actions[0] = s.plannedAction(action.Undo{Run: run.Name, UID: "other", Of: of, Done: []string{"s3:PutBucketVersioning"}}, "s3-bucket-versioning")
		}),
		Entry("of what was not the run's work", func(s *stage, run, _ *v1alpha1.RemediationRun) {
			s.status(run, func() { run.Status.Journal[0].Result = v1alpha1.CallAlreadySo })
		}),
		Entry("of a run that is gone", func(_ *stage, run, _ *v1alpha1.RemediationRun) { Expect(cluster.Delete(ctx, run)).To(Succeed()) }),
		Entry("under another trigger", func(_ *stage, _, undo *v1alpha1.RemediationRun) {
			undo.Spec.Trigger, undo.Spec.RevertOf = v1alpha1.TriggerOffered, ""
		}),
		Entry("of what a plan would hold", func(s *stage, _, undo *v1alpha1.RemediationRun) {
			undo.Spec.Actions[0] = s.plannedAction(action.BucketPublicAccess.Set(s.target("logs"), inventory.PublicAccessBlock{}, inventory.AllBlocked), "s3-bucket-public-access-block")
		}),
	)
})

var _ = Describe("a crash while a run is undone", func() {
	const many = 2

	// play takes a stage to where the crasher is to strike; then it strikes at every write.
	strikes := func(play func(*stage, *v1alpha1.RemediationRun)) {
		for _, arrives := range []bool{true, false} {
			for at := int64(1); ; at++ {
				s := set()
				s.buckets("logs", "photos")
				run := s.ended(nil, "logs", "photos")
				s.account()
				play(s, run)
				c := &crasher{at: at, arrives: arrives, die: func() {}}
				s.between = func(next http.RoundTripper) http.RoundTripper { c.next = next; return c }
				died := make(chan struct{})
				cancel := s.run()
				c.die = func() { cancel(); close(died) }
				settled := func() bool {
					is := undone(run)
					return is == "True Undone" || is == "False AwaitingApproval" && slices.ContainsFunc(s.runs(), func(r v1alpha1.RemediationRun) bool {
						return r.Spec.Trigger == v1alpha1.TriggerUndo && r.Spec.Approval == nil
					})
				}
				Eventually(func() bool {
					select {
					case <-died:
						return true
					default:
						return settled()
					}
				}).Should(BeTrue())
				s.stop()
				reached := c.last.Load() != nil
				where := fmt.Sprint(at, " ", c.last.Load(), " arrives ", arrives)
				s.between = nil
				s.run()
				Eventually(func() string { return undone(run) }).ShouldNot(BeEmpty(), where)
				Eventually(s.runs).Should(HaveLen(2), where)
				for _, found := range s.runs() {
					if found.Spec.Trigger == v1alpha1.TriggerUndo && found.Spec.Approval == nil {
						decide(refresh(&found), v1alpha1.Approved)
					}
				}
				Eventually(func() string { return undone(run) }).Should(Equal("True Undone"), where)
				Expect(s.writes()).To(Equal([]string{"PutBucketVersioning photos", "PutBucketVersioning logs"}), where)
				Expect(s.phases()).To(Equal([]string{"Enforced Succeeded 2/2", "Undo Succeeded 2/2"}), where)
				Expect(s.acceptances()).To(HaveLen(1), where)
				s.stop()
				if !reached {
					GinkgoWriter.Printf("%d points, arrives %t\n", at-1, arrives)
					Expect(at).To(BeNumerically(">", many))
					break
				}
			}
		}
	}

	It("loses no offer and makes none twice", func() {
		strikes(func(_ *stage, run *v1alpha1.RemediationRun) { revert(run) })
	})

	It("undoes nothing twice and accepts nothing twice", func() {
		strikes(func(s *stage, run *v1alpha1.RemediationRun) {
			revert(run)
			s.run()
			undo := s.undoRun(v1alpha1.RunPending)
			Eventually(func() string { return undone(run) }).Should(Equal("False AwaitingApproval"))
			s.stop()
			decide(refresh(undo), v1alpha1.Approved)
		})
	})
})
