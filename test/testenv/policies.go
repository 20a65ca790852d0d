package testenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// installPolicies creates the admission policies and bindings of the YAML files in
// dir, and returns once the API server enforces them.
func installPolicies(ctx context.Context, config *rest.Config, dir string) error {
	c, err := client.New(config, client.Options{})
	if err != nil {
		return fmt.Errorf("installing admission policies: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return fmt.Errorf("installing admission policies: %w", err)
	}
	for _, file := range files {
		if err := createPolicies(ctx, c, file); err != nil {
			return fmt.Errorf("installing admission policies of %s: %w", file, err)
		}
	}
	return waitUntilEnforced(ctx, c)
}

func createPolicies(ctx context.Context, c client.Client, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096); ; {
		object := &unstructured.Unstructured{}
		if err := documents.Decode(object); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if object.GroupVersionKind().Group != admissionv1.GroupName {
			continue // an empty document, a kustomization
		}
		if err := c.Create(ctx, object); err != nil {
			return err
		}
	}
}

// waitUntilEnforced adds one more policy, which forbids a ConfigMap, and waits
// until it bites: the API server takes up policies in the order of their creation,
// a second or so late, so all earlier ones are in force then.
func waitUntilEnforced(ctx context.Context, c client.Client) error {
	// A name of its own each time: a policy that was deleted just now still bites for a while.
	name := "testenv-last-policy-" + rand.String(8)
	meta := metav1.ObjectMeta{Name: name}
	policy := &admissionv1.ValidatingAdmissionPolicy{
		ObjectMeta: meta,
		Spec: admissionv1.ValidatingAdmissionPolicySpec{
			MatchConstraints: &admissionv1.MatchResources{
				ResourceRules: []admissionv1.NamedRuleWithOperations{{
					RuleWithOperations: admissionv1.RuleWithOperations{
						Operations: []admissionv1.OperationType{admissionv1.Create},
						Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"configmaps"}},
					},
				}},
			},
			MatchConditions: []admissionv1.MatchCondition{{Name: "probe", Expression: "object.metadata.name == '" + name + "'"}},
			Validations:     []admissionv1.Validation{{Expression: "false"}},
		},
	}
	binding := &admissionv1.ValidatingAdmissionPolicyBinding{
		ObjectMeta: meta,
		Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName:        name,
			ValidationActions: []admissionv1.ValidationAction{admissionv1.Deny},
		},
	}
	if err := errors.Join(c.Create(ctx, policy), c.Create(ctx, binding)); err != nil {
		return fmt.Errorf("waiting for admission policies: %w", err)
	}
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, patience, true, func(ctx context.Context) (bool, error) {
		probe := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
		err := c.Create(ctx, probe, client.DryRunAll)
		if apierrors.IsInvalid(err) {
			return true, nil
		}
		return false, err
	})
	if err != nil {
		return fmt.Errorf("waiting for admission policies to be enforced: %w", err)
	}
	if err := errors.Join(c.Delete(ctx, binding), c.Delete(ctx, policy)); err != nil {
		return fmt.Errorf("removing the last policy: %w", err)
	}
	return nil
}
