// Package api_test shows on a real API server what it does for the kinds by itself:
// validation, defaults, columns, roles and admission policies. No manager runs.
package api_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/testenv"
	"github.com/guardrails-dev/aws-guardrails/test/testenv/controlplane"
)

// operatorName is who the manager is in a cluster, by config/rbac/service_account.yaml.
const operatorName = "system:serviceaccount:aws-guardrails-system:guardrails-manager"

// namespace is where the people below have their roles.
const namespace = "team"

var (
	env    *testenv.Environment
	scheme = runtime.NewScheme()

	// admin may do all that RBAC can grant; operator too, and it is the operator.
	admin, operator client.Client
	// These hold one shipped role each.
	viewer, baselineEditor, accountEditor, approver, riskOwner client.Client
)

func TestAPI(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "API")
}

var _ = BeforeSuite(func(ctx context.Context) {
	var err error
	env, err = testenv.Start(ctx)
	Expect(err).NotTo(HaveOccurred())
	DeferCleanup(func() error { return env.Stop() })

	Expect(clientgoscheme.AddToScheme(scheme)).To(Succeed())
	Expect(v1alpha1.AddToScheme(scheme)).To(Succeed())
	admin = clientOf(env.Config)
	operator = as(operatorName, "system:masters")

	Expect(admin.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}})).To(Succeed())
	viewer = withRole(ctx, "vera", "viewer_role.yaml")
	baselineEditor = withRole(ctx, "bert", "baseline_editor_role.yaml")
	accountEditor = withRole(ctx, "anna", "account_editor_role.yaml")
	approver = withRole(ctx, "alice", "approver_role.yaml")
	riskOwner = withRole(ctx, "olga", "risk_owner_role.yaml")
})

func clientOf(config *rest.Config) client.Client {
	GinkgoHelper()
	config = rest.CopyConfig(config)
	config.QPS = -1
	c, err := client.New(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	return c
}

func as(name string, groups ...string) client.Client {
	GinkgoHelper()
	user, err := env.AddUser(name, groups...)
	Expect(err).NotTo(HaveOccurred())
	return clientOf(user.Config)
}

// withRole makes a user who holds one role of config/rbac in the namespace.
func withRole(ctx context.Context, name, file string) client.Client {
	GinkgoHelper()
	role := &rbacv1.ClusterRole{}
	decode(read("config", "rbac", file), role)
	Expect(client.IgnoreAlreadyExists(admin.Create(ctx, role))).To(Succeed())
	Expect(admin.Create(ctx, &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role.Name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.UserKind, Name: name}},
	})).To(Succeed())
	return as(name)
}

// read returns the content of a file of the project.
func read(path ...string) []byte {
	GinkgoHelper()
	root, err := controlplane.Root()
	Expect(err).NotTo(HaveOccurred())
	content, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
	Expect(err).NotTo(HaveOccurred())
	return content
}
