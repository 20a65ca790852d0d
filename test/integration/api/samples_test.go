package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/jsonmergepatch"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
	"github.com/guardrails-dev/aws-guardrails/test/testenv/controlplane"
)

func filesOf(path ...string) []string {
	GinkgoHelper()
	root, err := controlplane.Root()
	Expect(err).NotTo(HaveOccurred())
	entries, err := os.ReadDir(filepath.Join(append([]string{root}, path...)...))
	Expect(err).NotTo(HaveOccurred())
	var names []string
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// resourcesOf returns what a kustomization under config lists.
func resourcesOf(dir string) []string {
	GinkgoHelper()
	var kustomization struct{ Resources []string }
	Expect(yaml.Unmarshal(read("config", dir, "kustomization.yaml"), &kustomization)).To(Succeed())
	return kustomization.Resources
}

// samples returns the sample objects in the order of their kustomization.
func samples() []*unstructured.Unstructured {
	GinkgoHelper()
	var objects []*unstructured.Unstructured
	for _, file := range resourcesOf("samples") {
		one := map[string]any{}
		decode(read("config", "samples", file), &one)
		objects = append(objects, &unstructured.Unstructured{Object: one})
	}
	return objects
}

func sampleBaseline(name string) *v1alpha1.SecurityBaseline {
	GinkgoHelper()
	baseline := &v1alpha1.SecurityBaseline{}
	decode(read("config", "samples", "aws_v1alpha1_securitybaseline_"+name+".yaml"), baseline)
	return baseline
}

func toUnstructured(o runtime.Object) *unstructured.Unstructured {
	GinkgoHelper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	Expect(err).NotTo(HaveOccurred())
	return &unstructured.Unstructured{Object: content}
}

// apply does what kubectl apply --server-side does.
func apply(ctx context.Context, c client.Client, desired *unstructured.Unstructured) error {
	return c.Apply(ctx, client.ApplyConfigurationFromUnstructured(desired.DeepCopy()), client.FieldOwner("kubectl"), client.ForceOwnership)
}

// applyByClient does what kubectl apply does for kinds that it does not know: a merge of what was
// applied last, what is there and what is wanted. It returns what it had to send.
func applyByClient(ctx context.Context, c client.Client, desired *unstructured.Unstructured) string {
	GinkgoHelper()
	desired = desired.DeepCopy()
	last, err := json.Marshal(desired)
	Expect(err).NotTo(HaveOccurred())
	annotations := desired.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[corev1.LastAppliedConfigAnnotation] = string(last)
	desired.SetAnnotations(annotations)

	current := &unstructured.Unstructured{}
	current.SetGroupVersionKind(desired.GroupVersionKind())
	if err := c.Get(ctx, client.ObjectKeyFromObject(desired), current); client.IgnoreNotFound(err) != nil {
		Fail(err.Error())
	} else if err != nil {
		Expect(c.Create(ctx, desired, strict)).To(Succeed())
		return "created"
	}
	modified, err := json.Marshal(desired)
	Expect(err).NotTo(HaveOccurred())
	there, err := json.Marshal(current)
	Expect(err).NotTo(HaveOccurred())
	patch, err := jsonmergepatch.CreateThreeWayJSONMergePatch([]byte(current.GetAnnotations()[corev1.LastAppliedConfigAnnotation]), modified, there)
	Expect(err).NotTo(HaveOccurred())
	if string(patch) != "{}" {
		Expect(c.Patch(ctx, current, client.RawPatch(types.MergePatchType, patch))).To(Succeed())
	}
	return string(patch)
}

// resourceVersion is the object's resource version, once the API server keeps it.
func resourceVersion(ctx context.Context, o *unstructured.Unstructured) string {
	GinkgoHelper()
	kept := &unstructured.Unstructured{}
	kept.SetGroupVersionKind(o.GroupVersionKind())
	Expect(admin.Get(ctx, client.ObjectKeyFromObject(o), kept)).To(Succeed())
	return kept.GetResourceVersion()
}

var _ = DescribeTable("a kustomization lists every file beside it",
	func(dir string) {
		files := filesOf("config", dir)
		if dir == "crd" {
			files = nil
			for _, file := range filesOf("config", "crd", "bases") {
				files = append(files, "bases/"+file)
			}
		}
		listed := slices.DeleteFunc(resourcesOf(dir), func(resource string) bool { return strings.HasPrefix(resource, "../") })
		files = slices.DeleteFunc(files, func(file string) bool { return file == "kustomization.yaml" })
		if dir == "rbac" && !slices.Contains(files, "role.yaml") {
			files = append(files, "role.yaml") // generated from the controllers
		}
		Expect(listed).To(ConsistOf(files))
	},
	Entry(nil, "admission"), Entry(nil, "crd"), Entry(nil, "default"), Entry(nil, "manager"), Entry(nil, "rbac"), Entry(nil, "samples"),
)

var _ = Describe("the samples", Ordered, func() {
	AfterEach(func(ctx context.Context) {
		for _, one := range samples() {
			if one.GetKind() != "Namespace" { // nothing here would end its deletion
				Expect(client.IgnoreNotFound(admin.Delete(ctx, one))).To(Succeed())
			}
		}
	})

	It("are applied server-side, and a second time without a change", func(ctx context.Context) {
		for _, one := range samples() {
			Expect(apply(ctx, admin, one)).To(Succeed())
			first := resourceVersion(ctx, one)
			Expect(apply(ctx, admin, one)).To(Succeed())
			Expect(resourceVersion(ctx, one)).To(Equal(first), one.GetName())
		}
	})

	It("are applied by the client, and a second time without a change", func(ctx context.Context) {
		for _, one := range samples() {
			if one.GetKind() == "Namespace" {
				Expect(client.IgnoreAlreadyExists(admin.Create(ctx, one))).To(Succeed())
				continue
			}
			Expect(applyByClient(ctx, admin, one)).To(Equal("created"))
			Expect(applyByClient(ctx, admin, one)).To(Equal("{}"), one.GetName())
		}
	})

	It("survive an operator that writes the account whole", func(ctx context.Context) {
		for _, one := range samples() {
			Expect(apply(ctx, admin, one)).To(Succeed())
		}
		account := &v1alpha1.AWSAccount{}
		Expect(operator.Get(ctx, client.ObjectKey{Namespace: "guardrails-samples", Name: "production"}, account)).To(Succeed())
		Expect(account.Generation).To(BeEquivalentTo(1))
		account.Finalizers = []string{v1alpha1.FinalizerInUse}
		Expect(operator.Update(ctx, account)).To(Succeed())
		account.Finalizers = nil
		Expect(operator.Update(ctx, account)).To(Succeed())
		By("and are applied again, unforced, to the same effect")
		for _, one := range samples() {
			Expect(admin.Apply(ctx, client.ApplyConfigurationFromUnstructured(one), client.FieldOwner("kubectl"))).To(Succeed())
		}
		Expect(operator.Get(ctx, client.ObjectKeyFromObject(account), account)).To(Succeed())
		Expect(account.Generation).To(BeEquivalentTo(1))
	})

	It("name an account that their namespace is allowed", func() {
		var allowed, named string
		for _, one := range samples() {
			switch one.GetKind() {
			case "Namespace":
				allowed = one.GetAnnotations()[v1alpha1.AnnotationAllowedAccountIDs]
			case "AWSAccount":
				named, _, _ = unstructured.NestedString(one.Object, "spec", "accountID")
			}
		}
		Expect(named).NotTo(BeEmpty())
		Expect(strings.Split(allowed, ",")).To(ContainElement(named))
	})

	It("select the sample account", func() {
		account := &v1alpha1.AWSAccount{}
		decode(read("config", "samples", "aws_v1alpha1_awsaccount.yaml"), account)
		for _, name := range []string{"foundational", "whitepaper"} {
			baseline := sampleBaseline(name)
			Expect(baseline.Namespace).To(Equal(account.Namespace))
			selector, err := metav1.LabelSelectorAsSelector(&baseline.Spec.AccountSelector)
			Expect(err).NotTo(HaveOccurred())
			Expect(selector.Matches(labels.Set(account.Labels))).To(BeTrue(), name)
		}
	})

	It("of the whitepaper declare every control there is", func() {
		Expect(missing(sampleBaseline("whitepaper").Spec.Posture)).To(BeEmpty())
	})

	It("do not contradict each other", func() {
		var declarers []posture.Declarer
		for _, name := range []string{"foundational", "whitepaper"} {
			declarers = append(declarers, posture.Declarer{Name: name, Posture: &sampleBaseline(name).Spec.Posture})
		}
		for _, declared := range posture.Declare(controls.All(), declarers, v1alpha1.Enforce, func(string) v1alpha1.Severity { return v1alpha1.Medium }) {
			Expect(declared.Conflict).To(BeEmpty(), declared.Control.ID)
		}
	})

	DescribeTable("say of each control where it comes from", func(name string) {
		comment := regexp.MustCompile(`^      # [a-z0-9-]+: [A-Z]`)
		more := regexp.MustCompile(`^      # `)
		leaf := regexp.MustCompile(`^      [a-zA-Z0-9]+:`)
		said := false
		for _, line := range strings.Split(string(read("config", "samples", "aws_v1alpha1_securitybaseline_"+name+".yaml")), "\n") {
			switch {
			case comment.MatchString(line):
				said = true
			case more.MatchString(line):
			case leaf.MatchString(line):
				if !strings.Contains(line, "environment:") {
					Expect(said).To(BeTrue(), line)
				}
				said = false
			}
		}
	}, Entry(nil, "foundational"), Entry(nil, "whitepaper"))
})

// missing names the leaves that the posture does not declare.
func missing(p v1alpha1.Posture) []string {
	var names []string
	areas := reflect.ValueOf(p)
	for i := range areas.NumField() {
		area := areas.Field(i)
		for j := range area.NumField() {
			if area.Field(j).IsNil() {
				names = append(names, fmt.Sprintf("%s.%s", areas.Type().Field(i).Name, area.Type().Field(j).Name))
			}
		}
	}
	return names
}
