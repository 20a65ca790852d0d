// Package account proves the reconcilers on a real API server, with the stateful AWS behind
// the manager: one cluster for the suite, a fresh AWS and a fresh namespace for every spec.
package account

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/cmd/manager/app"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/testenv"
)

func TestAccount(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(30 * time.Second)
	SetDefaultEventuallyPollingInterval(50 * time.Millisecond)
	SetDefaultConsistentlyDuration(700 * time.Millisecond)
	SetDefaultConsistentlyPollingInterval(50 * time.Millisecond)
	RunSpecs(t, "account")
}

var (
	env     *testenv.Environment
	cluster client.Client
	// operator is the manager's own user, with the RBAC that config/rbac grants it.
	operator testenv.User
	// alice and bob may decide on runs.
	alice, bob client.Client
)

// ctx is for what a spec does itself; the manager has one of its own.
var ctx = context.Background()

var _ = BeforeSuite(func(ctx SpecContext) {
	ctrl.SetLogger(zap.New(zap.WriteTo(io.MultiWriter(GinkgoWriter, &heard)), zap.UseDevMode(true)))
	var err error
	env, err = testenv.Start(ctx)
	Expect(err).NotTo(HaveOccurred())
	scheme, err := app.Scheme()
	Expect(err).NotTo(HaveOccurred())
	cluster, err = client.New(env.Config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	operator, err = env.Operator(ctx)
	Expect(err).NotTo(HaveOccurred())
	Expect(env.Grant(ctx, "guardrails:approvers", "guardrails-approver")).To(Succeed())
	for name, approver := range map[string]*client.Client{"alice": &alice, "bob": &bob} {
		user, err := env.AddUser(name, "guardrails:approvers")
		Expect(err).NotTo(HaveOccurred())
		*approver, err = client.New(user.Config, client.Options{Scheme: scheme})
		Expect(err).NotTo(HaveOccurred())
	}
})

var _ = AfterSuite(func() {
	if env != nil {
		Expect(env.Stop()).To(Succeed())
	}
})

// lastID counts up, since one id is served by one AWSAccount of the whole cluster.
var lastID = 100000000000

// stage is what one spec plays on: an AWS, a namespace that is allowed one account of it, and
// a running manager.
type stage struct {
	cloud     *fakeaws.Cloud
	namespace string
	id        string
	// stop stops the manager that was started last.
	stop func()
	// between, if set, stands between the next managers and the API server.
	between func(http.RoundTripper) http.RoundTripper
}

// start makes a stage and runs the manager on it until the spec ends.
func start(options ...func(*app.Options)) *stage {
	GinkgoHelper()
	s := set()
	s.run(options...)
	return s
}

// set makes a stage without a manager.
func set() *stage {
	GinkgoHelper()
	lastID++
	s := &stage{cloud: fakeaws.New(), id: fmt.Sprint(lastID)}
	s.namespace = s.newNamespace(map[string]string{v1alpha1.AnnotationAllowedAccountIDs: s.id})
	return s
}

// newNamespace makes a namespace that is empty again when the spec has ended, so that no later
// manager finds what it left.
func (s *stage) newNamespace(annotations map[string]string) string {
	GinkgoHelper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "spec-", Annotations: annotations}}
	Expect(cluster.Create(ctx, namespace)).To(Succeed())
	DeferCleanup(func() {
		var accounts v1alpha1.AWSAccountList
		Expect(cluster.List(ctx, &accounts, client.InNamespace(namespace.Name))).To(Succeed())
		for i := range accounts.Items {
			released := accounts.Items[i].DeepCopy()
			released.Finalizers = nil
			Expect(client.IgnoreNotFound(cluster.Patch(ctx, released, client.MergeFrom(&accounts.Items[i])))).To(Succeed())
		}
		for _, kind := range []client.Object{&v1alpha1.AWSAccount{}, &v1alpha1.SecurityBaseline{}, &v1alpha1.RiskAcceptance{}, &v1alpha1.AccountPosture{}, &v1alpha1.RemediationRun{}} {
			Expect(cluster.DeleteAllOf(ctx, kind, client.InNamespace(namespace.Name))).To(Succeed())
		}
	})
	return namespace.Name
}

// run runs a manager until the spec ends. Cancel tells it to end without waiting for it.
func (s *stage) run(options ...func(*app.Options)) (cancel func()) {
	o := app.Defaults()
	o.MetricsAddress, o.ProbeAddress, o.Unlimited, o.SkipNameValidation = "0", "0", true, true
	o.VerifyAfter, o.Debounce = 50*time.Millisecond, 100*time.Millisecond
	for _, set := range options {
		set(&o)
	}
	running, cancel := context.WithCancel(ctx)
	ended := make(chan error, 1)
	config := rest.CopyConfig(operator.Config)
	if s.between != nil {
		config.Wrap(s.between)
	}
	go func() { ended <- app.Run(running, config, s.cloud.Config(), o) }()
	stopped := false
	s.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		Expect(<-ended).To(Succeed())
	}
	DeferCleanup(s.stop)
	return cancel
}

func suspended(o *app.Options) { o.Suspended = true }

// prompt lets AWS show a write at once.
func prompt(o *app.Options) { o.Settling = 0 }

// account creates the stage's AWSAccount.
func (s *stage) account(change ...func(*v1alpha1.AWSAccount)) *v1alpha1.AWSAccount {
	GinkgoHelper()
	a := accountOf(s.namespace, "shop", s.id)
	for _, c := range change {
		c(a)
	}
	Expect(cluster.Create(ctx, a)).To(Succeed())
	return a
}

func accountOf(namespace, name, id string) *v1alpha1.AWSAccount {
	return &v1alpha1.AWSAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec: v1alpha1.AWSAccountSpec{
			AccountID: id, AuditRoleARN: auditRole(id), RemediationRoleARN: remediationRole(id),
			Guard: v1alpha1.Guard{MaxEnforcement: v1alpha1.Enforce},
		},
	}
}

func auditRole(id string) string       { return "arn:aws:iam::" + id + ":role/guardrails-audit" }
func remediationRole(id string) string { return "arn:aws:iam::" + id + ":role/guardrails-remediation" }

// ceiling is the guard's highest enforcement.
func ceiling(e v1alpha1.Enforcement) func(*v1alpha1.AWSAccount) {
	return func(a *v1alpha1.AWSAccount) { a.Spec.Guard.MaxEnforcement = e }
}

// allowing are the risks that the guard lets be taken without approval.
func allowing(risks ...v1alpha1.Risk) func(*v1alpha1.AWSAccount) {
	return func(a *v1alpha1.AWSAccount) { a.Spec.Guard.AllowedRisks = risks }
}

// actions are how many the guard lets one round apply, of any share.
func actions(most int32) func(*v1alpha1.AWSAccount) {
	all := int32(100)
	return func(a *v1alpha1.AWSAccount) {
		a.Spec.Guard.Limits = v1alpha1.Limits{MaxActions: &most, MaxPercent: &all}
	}
}

// roomy is a guard whose limits hold nothing back.
var roomy = actions(1000)

// baseline creates a SecurityBaseline for every account of the namespace.
func (s *stage) baseline(name string, enforcement v1alpha1.Enforcement, posture v1alpha1.Posture, change ...func(*v1alpha1.SecurityBaseline)) *v1alpha1.SecurityBaseline {
	GinkgoHelper()
	b := &v1alpha1.SecurityBaseline{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name},
		Spec:       v1alpha1.SecurityBaselineSpec{Enforcement: enforcement, Posture: posture, Interval: &metav1.Duration{Duration: time.Hour}},
	}
	for _, c := range change {
		c(b)
	}
	Expect(cluster.Create(ctx, b)).To(Succeed())
	return b
}

// every is the interval of a baseline.
func every(d time.Duration) func(*v1alpha1.SecurityBaseline) {
	return func(b *v1alpha1.SecurityBaseline) { b.Spec.Interval = &metav1.Duration{Duration: d} }
}
