package account

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/controllers/conditions"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// Two controls are enough to show every way of the engine: keeping versions is safe, blocking
// public access is disruptive.

func blockBuckets(enforcement ...v1alpha1.Enforcement) v1alpha1.Posture {
	return v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketPublicAccessBlock: &v1alpha1.S3BucketPublicAccessBlock{Setting: setting(enforcement)}}}
}

func versionBuckets(enforcement ...v1alpha1.Enforcement) v1alpha1.Posture {
	return v1alpha1.Posture{DataAtRest: v1alpha1.DataAtRestPosture{S3BucketVersioning: &v1alpha1.S3BucketVersioning{Setting: setting(enforcement)}}}
}

// bothOn declares both for buckets.
func bothOn(enforcement ...v1alpha1.Enforcement) v1alpha1.Posture {
	p := blockBuckets(enforcement...)
	p.DataAtRest.S3BucketVersioning = versionBuckets(enforcement...).DataAtRest.S3BucketVersioning
	return p
}

func setting(enforcement []v1alpha1.Enforcement) v1alpha1.Setting {
	if len(enforcement) == 0 {
		return v1alpha1.Setting{}
	}
	return v1alpha1.Setting{Enforcement: enforcement[0]}
}

// buckets makes buckets in the stage's account that are as open as AWS once made them.
func (s *stage) buckets(names ...string) {
	GinkgoHelper()
	s.bucketsOf(s.id, names...)
}

func (s *stage) bucketsOf(id string, names ...string) {
	GinkgoHelper()
	s.cloud.SetClock(func() time.Time { return time.Now().AddDate(-6, 0, 0) })
	defer s.cloud.SetClock(time.Now)
	admin := s3.NewFromConfig(s.cloud.ConfigFor(id))
	for _, name := range names {
		_, err := admin.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(id + "-" + name)})
		Expect(err).NotTo(HaveOccurred())
	}
	s.cloud.Forget()
}

// policy gives a bucket a policy of so many statements.
func (s *stage) policy(name string, statements int) {
	GinkgoHelper()
	var all []string
	for i := range statements {
		all = append(all, fmt.Sprintf(`{"Sid":"S%d","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::%s:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::%s-%s/%d/*"}`, i, s.id, s.id, name, i))
	}
	_, err := s3.NewFromConfig(s.cloud.ConfigFor(s.id)).PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{
		Bucket: aws.String(s.id + "-" + name), Policy: aws.String(`{"Version":"2012-10-17","Statement":[` + strings.Join(all, ",") + "]}"),
	})
	Expect(err).NotTo(HaveOccurred())
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("b%04d", i)
	}
	return names
}

// unversion stops keeping versions, as someone behind the operator's back would.
func (s *stage) unversion(name string) {
	GinkgoHelper()
	admin := s3.NewFromConfig(s.cloud.ConfigFor(s.id))
	_, err := admin.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{
		Bucket: aws.String(s.id + "-" + name), VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
	})
	Expect(err).NotTo(HaveOccurred())
}

// writes are the writes of the operator so far, in short: "PutPublicAccessBlock logs".
func (s *stage) writes() []string {
	writes := []string{}
	for _, call := range s.cloud.Writes() {
		if strings.Contains(call.Caller, "/administrator") {
			continue
		}
		_, name, _ := strings.Cut(call.Operation, ":")
		writes = append(writes, name+" "+strings.TrimPrefix(bucketOf(call), s.id+"-"))
	}
	return writes
}

func bucketOf(call fakeaws.Call) string {
	switch in := call.Input.(type) {
	case *s3.PutPublicAccessBlockInput:
		return aws.ToString(in.Bucket)
	case *s3.PutBucketPolicyInput:
		return aws.ToString(in.Bucket)
	case *s3.PutBucketVersioningInput:
		return aws.ToString(in.Bucket)
	}
	return ""
}

// onWrite calls the hook in the middle of every write of the operator, n counting from 1. The
// cloud stands still meanwhile; the cluster does not.
func (s *stage) onWrite(hook func(n int, call fakeaws.Call)) {
	n := 0
	s.cloud.Inject(&fakeaws.Fault{Match: func(call fakeaws.Call) bool {
		if call.Write && !strings.Contains(call.Caller, "/administrator") {
			n++
			hook(n, call)
		}
		return false
	}})
}

// runs lists the RemediationRuns of the namespace, in the order of their names.
func (s *stage) runs() []v1alpha1.RemediationRun {
	GinkgoHelper()
	var list v1alpha1.RemediationRunList
	Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
	return list.Items
}

// phases tells the runs: "Offered Pending 0/2".
func (s *stage) phases() []string {
	GinkgoHelper()
	all := []string{}
	for _, run := range s.runs() {
		all = append(all, fmt.Sprintf("%s %s %s", run.Spec.Trigger, run.Status.Phase, run.Status.Progress))
	}
	slices.Sort(all)
	return all
}

// onlyRun waits for the one run there is, in the phase.
func (s *stage) onlyRun(phase v1alpha1.RunPhase) *v1alpha1.RemediationRun {
	GinkgoHelper()
	var found *v1alpha1.RemediationRun
	Eventually(func(g Gomega) {
		runs := s.runs()
		g.Expect(runs).To(HaveLen(1))
		g.Expect(runs[0].Status.Phase).To(Equal(phase), "%s", s.phases())
		found = &runs[0]
	}).Should(Succeed())
	return found
}

// offered are how many actions each run has that waits for an approval.
func (s *stage) offered() (actions []int) {
	GinkgoHelper()
	for _, run := range s.runs() {
		if run.Spec.Trigger == v1alpha1.TriggerOffered && run.Status.Phase == v1alpha1.RunPending {
			actions = append(actions, len(run.Spec.Actions))
		}
	}
	return actions
}

// decide has alice decide on a run.
func decide(run *v1alpha1.RemediationRun, decision v1alpha1.Decision) {
	GinkgoHelper()
	decided := run.DeepCopy()
	decided.Spec.Approval = &v1alpha1.Approval{Decision: decision, By: "alice"}
	Expect(alice.Patch(ctx, decided, client.MergeFrom(run))).To(Succeed())
}

// refresh reads an object again and returns it.
func refresh[O client.Object](o O) O {
	GinkgoHelper()
	Expect(cluster.Get(ctx, client.ObjectKeyFromObject(o), o)).To(Succeed())
	return o
}

// edit changes an object as its owner would.
func edit[O client.Object](o O, change func(O)) {
	GinkgoHelper()
	refresh(o)
	before, ok := o.DeepCopyObject().(O)
	Expect(ok).To(BeTrue())
	change(o)
	Expect(cluster.Patch(ctx, o, client.MergeFrom(before))).To(Succeed())
}

var asked = 0

// check asks for a round of the account now, and waits until it was taken.
func check(a *v1alpha1.AWSAccount) {
	GinkgoHelper()
	asked++
	value := fmt.Sprint(asked)
	edit(a, func(a *v1alpha1.AWSAccount) {
		a.Annotations = map[string]string{v1alpha1.AnnotationCheckNow: value}
	})
	Eventually(func() string { return refresh(a).Status.LastHandledCheckNow }).Should(Equal(value))
}

// standing tells every condition of an object: "Compliant=False Findings". One that speaks of
// another generation than the present says so.
func standing(o conditions.Object) []string {
	GinkgoHelper()
	return conditionsOf(refresh(o))
}

func conditionsOf(o conditions.Object) []string {
	all := []string{}
	for _, c := range *o.GetConditions() {
		told := fmt.Sprintf("%s=%s %s", c.Type, c.Status, c.Reason)
		if c.ObservedGeneration != o.GetGeneration() {
			told += " of an old generation"
		}
		all = append(all, told)
	}
	slices.Sort(all)
	return all
}

// expect waits until the object's conditions are these and no others.
func expect(o conditions.Object, want ...string) {
	GinkgoHelper()
	slices.Sort(want)
	Eventually(func() []string { return standing(o) }).Should(Equal(want))
}

// remains asserts that they stay so.
func remains(o conditions.Object, want ...string) {
	GinkgoHelper()
	expect(o, want...)
	slices.Sort(want)
	Consistently(func() []string { return standing(o) }).Should(Equal(want))
}

// message is what a condition says.
func message(o conditions.Object, kind string) string {
	GinkgoHelper()
	refresh(o)
	for _, c := range *o.GetConditions() {
		if c.Type == kind {
			return c.Message
		}
	}
	return ""
}

// The conditions of objects as they mostly are.
var (
	resting   = []string{"Compliant=True AllPass", "Ready=True Reconciled"}
	findings  = []string{"Compliant=False Findings", "Ready=True Reconciled"}
	stalledBy = func(reason string) []string {
		return []string{"Compliant=Unknown Unread", "Ready=False " + reason, "Stalled=True " + reason}
	}
)

// kstatus is what tools that know no kind of ours make of an object (kstatus rules): Current,
// InProgress, Failed or Terminating.
func kstatus(o conditions.Object, observed int64) string {
	is := func(kind string, status metav1.ConditionStatus) bool {
		return slices.ContainsFunc(*o.GetConditions(), func(c metav1.Condition) bool { return c.Type == kind && c.Status == status })
	}
	switch {
	case o.GetDeletionTimestamp() != nil:
		return "Terminating"
	case observed != o.GetGeneration():
		return "InProgress"
	case is("Stalled", metav1.ConditionTrue):
		return "Failed"
	case is("Reconciling", metav1.ConditionTrue), is("Ready", metav1.ConditionFalse), is("Ready", metav1.ConditionUnknown):
		return "InProgress"
	}
	return "Current"
}

// posture is the stage's AccountPosture.
func (s *stage) posture() *v1alpha1.AccountPosture {
	return s.postureOf("shop")
}

func (s *stage) postureOf(account string) *v1alpha1.AccountPosture {
	return &v1alpha1.AccountPosture{ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: account}}
}

// events tells the events about an object: "Normal Applied".
func (s *stage) events(kind string) []string {
	GinkgoHelper()
	var list eventsv1.EventList
	Expect(cluster.List(ctx, &list, client.InNamespace(s.namespace))).To(Succeed())
	all := []string{}
	for _, e := range list.Items {
		if e.Regarding.Kind == kind {
			all = append(all, e.Type+" "+e.Reason)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// halfClose blocks two of the four ways to a bucket.
func (s *stage) halfClose(name string) { s.block(name, false) }

// close blocks all four.
func (s *stage) close(name string) { s.block(name, true) }

func (s *stage) block(name string, policies bool) {
	GinkgoHelper()
	_, err := s3.NewFromConfig(s.cloud.ConfigFor(s.id)).PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{
		Bucket: aws.String(s.id + "-" + name), PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(policies), RestrictPublicBuckets: aws.Bool(policies),
		},
	})
	Expect(err).NotTo(HaveOccurred())
}

func objectKey(o client.Object) client.ObjectKey { return client.ObjectKeyFromObject(o) }
