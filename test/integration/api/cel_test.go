package api_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	celgo "github.com/google/cel-go/cel"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apimachinery/pkg/util/version"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	admissioncel "k8s.io/apiserver/pkg/admission/plugin/cel"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/test/testenv/controlplane"
)

// The API server of the suite knows more of CEL than the oldest Kubernetes that we promise to
// run on; what that one knew is kept in the libraries of all later ones.
var oldest = environment.MustBaseEnvSet(version.MajorMinor(1, 30))

func pathOf(t *testing.T, path ...string) string {
	t.Helper()
	root, err := controlplane.Root()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(append([]string{root, "config"}, path...)...)
}

func TestRulesAreKnownToKubernetes130(t *testing.T) {
	files, err := filepath.Glob(pathOf(t, "crd", "bases", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d definitions, %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(content, crd); err != nil {
			t.Fatal(err)
		}
		internal := &apiextensions.JSONSchemaProps{}
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, internal, nil); err != nil {
			t.Fatal(err)
		}
		structural, err := schema.NewStructural(internal)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(crd.Spec.Names.Kind, func(t *testing.T) {
			total := compile(t, crd.Spec.Names.Kind, structural, true)
			t.Logf("all rules cost at most %d of %d", total, uint64(validation.StaticEstimatedCRDCostLimit))
		})
	}
}

// compile compiles the rules at s and below it and returns what they cost at most.
func compile(t *testing.T, path string, s *schema.Structural, isRoot bool) (total uint64) {
	t.Helper()
	compiled, err := cel.Compile(s, model.SchemaDeclType(s, isRoot), celconfig.PerCallLimit, oldest, cel.NewExpressionsEnvLoader())
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for i, rule := range compiled {
		if rule.Error != nil {
			t.Errorf("%s: %s: %s", path, s.XValidations[i].Rule, rule.Error.Detail)
		}
		// A tenth of the limit, so that a rule does not become too costly when a bound is raised.
		if rule.MaxCost > validation.StaticEstimatedCostLimit/10 {
			t.Errorf("%s: %s costs up to %d", path, s.XValidations[i].Rule, rule.MaxCost)
		}
		total += rule.MaxCost
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		field := s.Properties[name]
		total += compile(t, path+"."+name, &field, false)
	}
	if s.Items != nil {
		if below := compile(t, path+"[]", s.Items, false); below > 0 {
			t.Errorf("%s: rules under a list cost once per item; move them above it", path)
		}
	}
	return total
}

func TestPoliciesAreKnownToKubernetes130(t *testing.T) {
	policies := policiesOf(t)
	if len(policies) != 3 {
		t.Fatalf("%d policies, want 3", len(policies))
	}
	for _, policy := range policies {
		compiler, err := admissioncel.NewCompositedCompiler(oldest)
		if err != nil {
			t.Fatal(err)
		}
		known := func(accessor admissioncel.ExpressionAccessor) {
			t.Helper()
			if result := compiler.CompileCELExpression(accessor, admissioncel.OptionalVariableDeclarations{HasAuthorizer: true}, environment.NewExpressions); result.Error != nil {
				t.Errorf("%s: %s: %v", policy.Name, accessor.GetExpression(), result.Error)
			}
		}
		for _, variable := range policy.Spec.Variables {
			result := compiler.CompileAndStoreVariable(expression{variable.Name, variable.Expression}, admissioncel.OptionalVariableDeclarations{HasAuthorizer: true}, environment.NewExpressions)
			if result.Error != nil {
				t.Errorf("%s: %s: %v", policy.Name, variable.Expression, result.Error)
			}
		}
		for _, condition := range policy.Spec.MatchConditions {
			known(expression{condition.Name, condition.Expression})
		}
		for _, validation := range policy.Spec.Validations {
			known(expression{"", validation.Expression})
			if validation.MessageExpression != "" {
				known(expression{"", validation.MessageExpression})
			}
		}
	}
}

func TestPoliciesAgreeOnTheOperator(t *testing.T) {
	for _, policy := range policiesOf(t) {
		if i := slices.IndexFunc(policy.Spec.Variables, func(v admissionv1.Variable) bool { return v.Name == "operators" }); i < 0 || policy.Spec.Variables[i].Expression != "['"+operatorName+"']" {
			t.Errorf("%s: operators in %v are not %s alone", policy.Name, policy.Spec.Variables, operatorName)
		}
		if failure := policy.Spec.FailurePolicy; failure == nil || *failure != admissionv1.Fail {
			t.Errorf("%s does not fail closed", policy.Name)
		}
	}
}

func policiesOf(t *testing.T) []admissionv1.ValidatingAdmissionPolicy {
	t.Helper()
	files, err := filepath.Glob(pathOf(t, "admission", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var policies []admissionv1.ValidatingAdmissionPolicy
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for documents := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096); ; {
			var policy admissionv1.ValidatingAdmissionPolicy
			if err := documents.Decode(&policy); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			if policy.Kind == "ValidatingAdmissionPolicy" {
				policies = append(policies, policy)
			}
		}
	}
	return policies
}

type expression struct{ name, text string }

func (e expression) GetName() string       { return e.name }
func (e expression) GetExpression() string { return e.text }

// ReturnTypes is anything: what a policy makes of it is checked when it is created.
func (e expression) ReturnTypes() []*celgo.Type { return []*celgo.Type{celgo.AnyType} }
