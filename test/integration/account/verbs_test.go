package account

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	rbacv1 "k8s.io/api/rbac/v1"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/test/testenv/controlplane"
)

// verbOn is what a request asks of the resource, as RBAC calls it: "list", "patch status".
func verbOn(request *http.Request, resource string) string {
	_, after, ok := strings.Cut(request.URL.Path, "/"+resource)
	if !ok {
		return ""
	}
	name, subresource, _ := strings.Cut(strings.Trim(after, "/"), "/")
	verb := map[string]string{http.MethodPost: "create", http.MethodPut: "update", http.MethodPatch: "patch", http.MethodDelete: "delete", http.MethodGet: "get"}[request.Method]
	if verb == "get" && name == "" {
		verb = "list"
		if request.URL.Query().Get("watch") != "" {
			verb = "watch"
		}
	}
	return strings.TrimSpace(verb + " " + subresource)
}

// grantedOn is what the manager's role grants on the resource, in the same words.
func grantedOn(resource string) []string {
	GinkgoHelper()
	root, err := controlplane.Root()
	Expect(err).NotTo(HaveOccurred())
	content, err := os.ReadFile(filepath.Join(root, "config", "rbac", "role.yaml"))
	Expect(err).NotTo(HaveOccurred())
	role := &rbacv1.ClusterRole{}
	Expect(yaml.UnmarshalStrict(content, role)).To(Succeed())
	var granted []string
	for _, rule := range role.Rules {
		for _, of := range rule.Resources {
			name, subresource, _ := strings.Cut(of, "/")
			for _, verb := range rule.Verbs {
				if name == resource {
					granted = append(granted, strings.TrimSpace(verb+" "+subresource))
				}
			}
		}
	}
	slices.Sort(granted)
	return granted
}
