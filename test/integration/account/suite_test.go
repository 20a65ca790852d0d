// Package account proves the reconcilers on a real API server, with the stateful AWS behind
// the manager: one cluster for the suite, a fresh AWS and a fresh namespace for every spec.
package account

import (
	"context"
	"fmt"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	SetDefaultEventuallyPollingInterval(100 * time.Millisecond)
	RunSpecs(t, "account")
}

var (
	env     *testenv.Environment
	cluster client.Client
	// operator is the manager's own user, with the RBAC that config/rbac grants it.
	operator testenv.User
	// alice may decide on runs.
	alice client.Client
)

var _ = BeforeSuite(func(ctx SpecContext) {
	ctrl.SetLogger(zap.New(zap.WriteTo(GinkgoWriter), zap.UseDevMode(true)))
	var err error
	env, err = testenv.Start(ctx)
	Expect(err).NotTo(HaveOccurred())
	scheme, err := app.Scheme()
	Expect(err).NotTo(HaveOccurred())
	cluster, err = client.New(env.Config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	operator, err = env.Operator(ctx)
	Expect(err).NotTo(HaveOccurred())
	user, err := env.AddUser("alice", "guardrails:approvers")
	Expect(err).NotTo(HaveOccurred())
	Expect(env.Grant(ctx, "guardrails:approvers", "guardrails-approver")).To(Succeed())
	alice, err = client.New(user.Config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
})

var _ = AfterSuite(func() {
	if env != nil {
		Expect(env.Stop()).To(Succeed())
	}
})

// accountID counts up, since one id is served by one AWSAccount of the whole cluster.
var lastID = 100000000000

// stage is what one spec plays on: an AWS, a namespace that is allowed one account of it, and
// a running manager.
type stage struct {
	cloud     *fakeaws.Cloud
	namespace string
	id        string
}

// start makes a stage and runs the manager on it until the spec ends.
func start(options ...func(*app.Options)) *stage {
	GinkgoHelper()
	s := &stage{cloud: fakeaws.New()}
	lastID++
	s.id = fmt.Sprint(lastID)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "spec-", Annotations: map[string]string{v1alpha1.AnnotationAllowedAccountIDs: s.id}}}
	Expect(cluster.Create(context.Background(), namespace)).To(Succeed())
	s.namespace = namespace.Name
	s.run(options...)
	return s
}

// run runs a manager until the spec ends.
func (s *stage) run(options ...func(*app.Options)) (stop func()) {
	o := app.Defaults()
	o.MetricsAddress, o.ProbeAddress, o.Unlimited, o.SkipNameValidation = "0", "0", true, true
	for _, set := range options {
		set(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- app.Run(ctx, operator.Config, s.cloud.Config(), o) }()
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		Expect(<-ended).To(Succeed())
	}
	DeferCleanup(stop)
	return stop
}

// account creates the stage's AWSAccount.
func (s *stage) account(change ...func(*v1alpha1.AWSAccount)) *v1alpha1.AWSAccount {
	GinkgoHelper()
	a := &v1alpha1.AWSAccount{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: "shop"},
		Spec: v1alpha1.AWSAccountSpec{
			AccountID: s.id, AuditRoleARN: "arn:aws:iam::" + s.id + ":role/guardrails-audit", RemediationRoleARN: "arn:aws:iam::" + s.id + ":role/guardrails-remediation",
			Guard: v1alpha1.Guard{MaxEnforcement: v1alpha1.Enforce},
		},
	}
	for _, c := range change {
		c(a)
	}
	Expect(cluster.Create(context.Background(), a)).To(Succeed())
	return a
}

// baseline creates a SecurityBaseline for every account of the namespace.
func (s *stage) baseline(name string, enforcement v1alpha1.Enforcement, posture v1alpha1.Posture, change ...func(*v1alpha1.SecurityBaseline)) *v1alpha1.SecurityBaseline {
	GinkgoHelper()
	b := &v1alpha1.SecurityBaseline{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.namespace, Name: name},
		Spec:       v1alpha1.SecurityBaselineSpec{Enforcement: enforcement, Posture: posture, Interval: &metav1.Duration{Duration: 10 * time.Second}},
	}
	for _, c := range change {
		c(b)
	}
	Expect(cluster.Create(context.Background(), b)).To(Succeed())
	return b
}

// runs lists the RemediationRuns of the namespace.
func (s *stage) runs() []v1alpha1.RemediationRun {
	GinkgoHelper()
	var list v1alpha1.RemediationRunList
	Expect(cluster.List(context.Background(), &list, client.InNamespace(s.namespace))).To(Succeed())
	return list.Items
}

// refresh reads an object again and returns it.
func refresh[O client.Object](o O) O {
	GinkgoHelper()
	Expect(cluster.Get(context.Background(), client.ObjectKeyFromObject(o), o)).To(Succeed())
	return o
}
