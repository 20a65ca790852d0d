package app

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	names "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/config/crd"
)

// rules are what the API server holds an object of a kind to when it is created.
type rules struct {
	shape  *schema.Structural
	values validation.SchemaValidator
	cel    *cel.Validator
}

// rulesOf reads the definitions, once.
var rulesOf = sync.OnceValues(func() (map[string]rules, error) {
	files, err := fs.Glob(crd.Bases, "bases/*.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string]rules{}
	for _, file := range files {
		kind, one, err := rulesIn(file)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		all[kind] = one
	}
	return all, nil
})

func rulesIn(file string) (kind string, made rules, err error) {
	content, err := crd.Bases.ReadFile(file)
	if err != nil {
		return "", rules{}, err
	}
	var definition apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(content, &definition); err != nil {
		return "", rules{}, err
	}
	for _, version := range definition.Spec.Versions {
		if version.Name != v1alpha1.GroupVersion.Version {
			continue
		}
		var props apiextensions.JSONSchemaProps
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &props, nil); err != nil {
			return "", rules{}, err
		}
		if made.shape, err = schema.NewStructural(&props); err != nil {
			return "", rules{}, err
		}
		if made.values, _, err = validation.NewSchemaValidator(&props); err != nil {
			return "", rules{}, err
		}
		made.cel = cel.NewValidator(made.shape, true, celconfig.PerCallLimit)
	}
	return definition.Spec.Names.Kind, made, nil
}

// defaulted fills in what the API server would of a document, and refuses what it would.
func defaulted(kind string, into client.Object, document []byte) error {
	all, err := rulesOf()
	if err != nil {
		return err
	}
	text, err := yaml.YAMLToJSON(document)
	if err != nil {
		return err
	}
	// This one keeps whole numbers whole, as the rules take them.
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return err
	}
	rules := all[kind]
	defaulting.PruneNonNullableNullsWithoutDefaults(object, rules.shape)
	defaulting.Default(object, rules.shape)
	found := nameless(into)
	found = append(found, validation.ValidateCustomResource(nil, object, rules.values)...)
	found = append(found, listtype.ValidateListSetsAndMaps(nil, rules.shape, object)...)
	if len(found) == 0 {
		found, _ = rules.cel.Validate(context.Background(), nil, rules.shape, object, nil, celconfig.RuntimeCELCostBudget)
	}
	if err := sentence(found); err != nil {
		return err
	}
	return runtime.DefaultUnstructuredConverter.FromUnstructured(object, into)
}

// nameless refuses names that are none: they are printed, and stand in policies.
func nameless(object client.Object) (found field.ErrorList) {
	check := func(path, name string) {
		for _, why := range names.NameIsDNSSubdomain(name, false) {
			found = append(found, field.Invalid(field.NewPath("metadata", path), name, why))
		}
	}
	check("name", object.GetName())
	if namespace := object.GetNamespace(); namespace != "" {
		check("namespace", namespace)
	}
	return found
}

// sentence says all that is wrong in one.
func sentence(found field.ErrorList) error {
	if len(found) == 0 {
		return nil
	}
	said := make([]string, len(found))
	for i, one := range found {
		said[i] = one.Error()
	}
	return fmt.Errorf("%s", strings.Join(said, "; "))
}
