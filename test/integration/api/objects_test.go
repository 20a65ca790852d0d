package api_test

import (
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

func decode(content []byte, into any) {
	GinkgoHelper()
	Expect(yaml.UnmarshalStrict(content, into)).To(Succeed())
}

// object is an object as a person writes it: the lines of its spec.
func object(kind, name, spec string) *unstructured.Unstructured {
	GinkgoHelper()
	text := fmt.Sprintf("apiVersion: %s\nkind: %s\nmetadata: {namespace: %s, name: %s}\nspec:\n  %s\n",
		v1alpha1.GroupVersion, kind, namespace, name, strings.ReplaceAll(strings.TrimSpace(spec), "\n", "\n  "))
	into := map[string]any{}
	Expect(yaml.Unmarshal([]byte(text), &into)).To(Succeed(), text)
	return &unstructured.Unstructured{Object: into}
}

// run is an offered run of one action.
func run(name string) *v1alpha1.RemediationRun {
	return &v1alpha1.RemediationRun{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{v1alpha1.LabelAccount: "production"}},
		Spec: v1alpha1.RemediationRunSpec{
			Account: "production", AccountID: "111111111111", Trigger: v1alpha1.TriggerOffered,
			PlanHash: "plan", Part: 1, Parts: 1,
			Actions: []v1alpha1.RunAction{action("bucket")},
		},
	}
}

func action(bucket string) v1alpha1.RunAction {
	return v1alpha1.RunAction{
		Hash: "hash-" + bucket, Type: "BlockPublicAccess", Controls: []string{"s3-bucket-public-access-block"},
		Target: "arn:aws:s3:::" + bucket, Region: "eu-central-1", Title: "block public access to " + bucket,
		From: "off", To: "on", Risk: v1alpha1.Disruptive, Calls: []string{"s3:PutPublicAccessBlock"},
		Content: runtime.RawExtension{Raw: []byte(`{"bucket":"` + bucket + `","was":{"blockPublicAcls":false}}`)},
	}
}

// many writes n items of a list in one line.
func many(n int, format string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(items, ", ")
}
