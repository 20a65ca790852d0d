package testenv

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

func TestControlPlane(t *testing.T) {
	env, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Stop(); err != nil {
			t.Error(err)
		}
	})

	t.Run("tells its version", func(t *testing.T) {
		version, err := kubernetes.NewForConfigOrDie(env.Config).Discovery().ServerVersion()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(version.GitVersion, "v1.") {
			t.Errorf("version %q, want v1.x", version.GitVersion)
		}
		t.Log(version)
	})

	t.Run("knows an added user by name and groups", func(t *testing.T) {
		alice, err := env.AddUser("alice", "approvers")
		if err != nil {
			t.Fatal(err)
		}
		clients := kubernetes.NewForConfigOrDie(alice.Config)
		self, err := clients.AuthenticationV1().SelfSubjectReviews().Create(t.Context(), &authenticationv1.SelfSubjectReview{}, metav1.CreateOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if who := self.Status.UserInfo; who.Username != "alice" || !slices.Contains(who.Groups, "approvers") {
			t.Errorf("the API server sees %+v", who)
		}
		if _, err := clients.CoreV1().Secrets("default").List(t.Context(), metav1.ListOptions{}); !apierrors.IsForbidden(err) {
			t.Errorf("listing secrets without a grant: %v, want Forbidden", err)
		}
	})

	t.Run("enforces policies once they are installed", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte(noSecretsNamedX), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := installPolicies(t.Context(), env.Config, dir); err != nil {
			t.Fatal(err)
		}
		secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "x"}}
		_, err := kubernetes.NewForConfigOrDie(env.Config).CoreV1().Secrets("default").Create(t.Context(), secret, metav1.CreateOptions{})
		if !apierrors.IsInvalid(err) {
			t.Errorf("creating what the policy forbids: %v, want Invalid", err)
		}
	})

	t.Run("is reached by a kubeconfig file", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "kubeconfig")
		if err := env.WriteKubeconfig(path); err != nil {
			t.Fatal(err)
		}
		config, err := clientcmd.BuildConfigFromFlags("", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kubernetes.NewForConfigOrDie(config).CoreV1().Namespaces().Get(t.Context(), "default", metav1.GetOptions{}); err != nil {
			t.Error(err)
		}
	})
}

const noSecretsNamedX = `# A comment before the first document.
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: no-x}
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [secrets]}
  validations: [{expression: "object.metadata.name != 'x'"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: no-x}
spec: {policyName: no-x, validationActions: [Deny]}
`
