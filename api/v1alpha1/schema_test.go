package v1alpha1

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

type props = apiextensionsv1.JSONSchemaProps

func crds(t *testing.T) map[string]*apiextensionsv1.CustomResourceDefinition {
	t.Helper()
	files, err := filepath.Glob("../../config/crd/bases/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	byKind := map[string]*apiextensionsv1.CustomResourceDefinition{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		crd := &apiextensionsv1.CustomResourceDefinition{}
		if err := yaml.UnmarshalStrict(content, crd); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		byKind[crd.Spec.Names.Kind] = crd
	}
	if len(byKind) != 5 {
		t.Fatalf("%d kinds, want 5", len(byKind))
	}
	return byKind
}

func rootOf(crd *apiextensionsv1.CustomResourceDefinition) *props {
	return crd.Spec.Versions[0].Schema.OpenAPIV3Schema
}

// walk yields every schema under s with its path: fields by name, items as [], values as {}.
func walk(path string, s *props) iter.Seq2[string, *props] {
	return func(yield func(string, *props) bool) {
		descend(path, s, yield)
	}
}

func descend(path string, s *props, yield func(string, *props) bool) bool {
	if !yield(path, s) {
		return false
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		field := s.Properties[name]
		if !descend(path+"."+name, &field, yield) {
			return false
		}
	}
	if s.Items != nil && s.Items.Schema != nil && !descend(path+"[]", s.Items.Schema, yield) {
		return false
	}
	return s.AdditionalProperties == nil || s.AdditionalProperties.Schema == nil ||
		descend(path+"{}", s.AdditionalProperties.Schema, yield)
}

func isField(path string) bool {
	return !strings.HasSuffix(path, "[]") && !strings.HasSuffix(path, "{}")
}

// What comes from Kubernetes is bounded and described there, as far as it is.
func isForeign(path string) bool {
	return strings.HasSuffix(path, ".metadata") || strings.HasSuffix(path, ".apiVersion") || strings.HasSuffix(path, ".kind") ||
		strings.Contains(path, ".accountSelector.") || strings.Contains(path, ".canary.") || strings.Contains(path, ".conditions[]")
}

// kubectl explain breaks lines at this width, and keeps the breaks that are there.
const explainWidth = 76

func TestEveryFieldIsDescribed(t *testing.T) {
	for kind, crd := range crds(t) {
		fields := 0
		for path, s := range walk(kind, rootOf(crd)) {
			if !isField(path) || strings.HasSuffix(path, ".metadata") {
				continue
			}
			fields++
			text := strings.TrimSpace(s.Description)
			if text == "" {
				t.Errorf("%s has no description", path)
				continue
			}
			if isForeign(path) {
				continue
			}
			if !strings.HasSuffix(text, ".") {
				t.Errorf("%s: %q does not end a sentence", path, text)
			}
			for line := range strings.Lines(text) {
				if len(strings.TrimSuffix(line, "\n")) > explainWidth {
					t.Errorf("%s: %q is longer than kubectl explain's lines, which breaks it twice", path, line)
				}
			}
			if s.Default != nil && s.Type != "object" && strings.Contains(path, ".spec.") && !strings.Contains(strings.Join(strings.Fields(text), " "), "Default ") {
				t.Errorf("%s: %q does not name its default %s", path, text, s.Default.Raw)
			}
		}
		t.Logf("%s: %d fields", kind, fields)
	}
}

func TestEveryControlNamesItsSource(t *testing.T) {
	posture := rootOf(crds(t)["SecurityBaseline"]).Properties["spec"].Properties["posture"]
	for area, fields := range posture.Properties {
		for leaf, s := range fields.Properties {
			id, _, found := strings.Cut(s.Description, ": ")
			if !found || strings.ContainsAny(id, " .") {
				t.Errorf("%s.%s: %q does not begin with the control's id", area, leaf, s.Description)
			}
			if !strings.HasSuffix(s.Description, ").") {
				t.Errorf("%s.%s: %q does not end with its place in the whitepaper", area, leaf, s.Description)
			}
		}
	}
}

func TestEveryAreaDeclaresSomething(t *testing.T) {
	posture := rootOf(crds(t)["SecurityBaseline"]).Properties["spec"].Properties["posture"]
	for area, fields := range posture.Properties {
		refuses := func(rule apiextensionsv1.ValidationRule) bool {
			return rule.Rule == "size(dyn(self)) > 0" && strings.HasPrefix(rule.Message, "declares no control")
		}
		if !slices.ContainsFunc(fields.XValidations, refuses) {
			t.Errorf("%s may be empty", area)
		}
	}
}

func TestEverythingIsBounded(t *testing.T) {
	for kind, crd := range crds(t) {
		for path, s := range walk(kind, rootOf(crd)) {
			if isForeign(path) {
				continue
			}
			switch s.Type {
			case "string":
				if s.MaxLength == nil && len(s.Enum) == 0 && s.Format == "" {
					t.Errorf("%s has no maxLength", path)
				}
			case "array":
				if s.MaxItems == nil {
					t.Errorf("%s has no maxItems", path)
				}
				if s.XListType == nil {
					t.Errorf("%s has no list type", path)
				}
			case "integer":
				if strings.Contains(path, ".posture.") && s.Default == nil && s.Minimum == nil {
					t.Errorf("%s has no bounds", path)
				}
			}
		}
	}
}

func TestBoundsAreThoseOfTheSchema(t *testing.T) {
	want := map[string]int64{
		"AWSAccount.status.regions":                  MaxRegions,
		"AWSAccount.status.baselines":                MaxBaselines,
		"AWSAccount.status.lastHandledCheckNow":      MaxCheckNow,
		"SecurityBaseline.status.failing":            MaxFailing,
		"SecurityBaseline.status.conflicts":          MaxConflicts,
		"SecurityBaseline.status.conflicts[]":        MaxConflict,
		"AccountPosture.status.controls":             MaxControls,
		"AccountPosture.status.controls[].baselines": MaxBaselinesOfControl,
		"AccountPosture.status.controls[].conflict":  MaxConflict,
		"AccountPosture.status.findings":             MaxFindings,
		"AccountPosture.status.findings[].message":   MaxMessage,
		"AccountPosture.status.plan.first":           MaxPlanLines,
		"AccountPosture.status.plan.first[]":         MaxTitle,
		"RemediationRun.spec.actions":                MaxActions,
		"RemediationRun.spec.actions[].title":        MaxTitle,
		"RemediationRun.spec.actions[].from":         MaxText,
		"RemediationRun.spec.actions[].to":           MaxText,
		"RemediationRun.status.journal[].message":    MaxJournalMessage,
	}
	for kind, crd := range crds(t) {
		for path, s := range walk(kind, rootOf(crd)) {
			bound, known := want[path]
			if !known {
				continue
			}
			delete(want, path)
			got := s.MaxItems
			if s.Type == "string" {
				got = s.MaxLength
			}
			if got == nil || *got != bound {
				t.Errorf("%s: the schema's bound is %v, the constant %d", path, got, bound)
			}
		}
	}
	for path := range want {
		t.Errorf("%s is not in the schema", path)
	}
}

// A definition that is applied by client-side kubectl is kept a second time in an annotation,
// which Kubernetes bounds to 256 KiB over all; 160 KiB leave room to grow a second version.
const largestCRD = 160 << 10

// How many controls of the whole catalogue a SecurityBaseline will declare.
const allControls = 131

func TestDefinitionsStaySmall(t *testing.T) {
	total := 0
	for kind, crd := range crds(t) {
		size := sizeOf(t, crd)
		total += size
		t.Logf("%-17s %6d bytes", kind, size)
		if size > largestCRD {
			t.Errorf("%s takes %d bytes, more than %d", kind, size, largestCRD)
		}
		if kind != "SecurityBaseline" {
			continue
		}
		leaves, leafBytes := 0, 0
		for _, area := range rootOf(crd).Properties["spec"].Properties["posture"].Properties {
			for name, leaf := range area.Properties {
				leaves++
				leafBytes += sizeOf(t, leaf) + len(name) + len(`"":,`)
			}
		}
		grown := size + leafBytes*(allControls-leaves)/leaves
		t.Logf("%-17s %6d bytes with all %d controls, as %d of them take %d each", kind, grown, allControls, leaves, leafBytes/leaves)
		if grown > largestCRD {
			t.Errorf("%s will take %d bytes with all controls, more than %d", kind, grown, largestCRD)
		}
	}
	t.Logf("%-17s %6d bytes", "all", total)
}

func sizeOf(t *testing.T, v any) int {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return len(encoded)
}

// The merge of several baselines reads the tag; a value without one is in conflict as soon as
// two baselines differ, so each such value is named here on purpose.
func TestValuesWithoutAnOrder(t *testing.T) {
	var without []string
	for path, field := range values() {
		if alarm := strings.HasPrefix(path, "alarm") && path != "alarmRootUsage.notifyEmail"; field.Tag.Get("stricter") == "" && !alarm {
			without = append(without, path)
		}
	}
	slices.Sort(without)
	want := []string{
		"accountSecurityContact.email", "accountSecurityContact.name", "accountSecurityContact.phone", "accountSecurityContact.title",
		"alarmRootUsage.notifyEmail", "cloudTrailMultiRegion.bucketName", "configRecorder.bucketName",
		"ebsDefaultEncryption.kmsKeyAlias", "elbAccessLogging.bucketName", "s3AccessLogging.bucketName", "s3AccessLogging.region", "s3BucketEncryption.kmsKeyARN",
	}
	if !slices.Equal(without, want) {
		t.Errorf("values without an order:\n%v\nwant\n%v", without, want)
	}
}

func TestOrdersAreThoseOfTheEnums(t *testing.T) {
	posture := rootOf(crds(t)["SecurityBaseline"]).Properties["spec"].Properties["posture"]
	enums := map[string][]string{}
	for _, area := range posture.Properties {
		for leaf, s := range area.Properties {
			for name, value := range s.Properties {
				for _, one := range value.Enum {
					enums[leaf+"."+name] = append(enums[leaf+"."+name], strings.Trim(string(one.Raw), `"`))
				}
			}
		}
	}
	for path, field := range values() {
		order := field.Tag.Get("stricter")
		if !strings.Contains(order, "<") {
			continue
		}
		if ranked := strings.Split(order, "<"); !slices.Equal(ranked, enums[path]) {
			t.Errorf("%s is ordered %v and may be %v", path, ranked, enums[path])
		}
	}
}

// values yields what a leaf holds besides the settings that all share, by leaf and name.
func values() iter.Seq2[string, reflect.StructField] {
	return func(yield func(string, reflect.StructField) bool) {
		for _, area := range reflect.VisibleFields(reflect.TypeFor[Posture]()) {
			for _, leaf := range reflect.VisibleFields(area.Type) {
				for _, value := range reflect.VisibleFields(leaf.Type.Elem()) {
					if len(value.Index) > 1 || value.Anonymous {
						continue
					}
					if !yield(fmt.Sprintf("%s.%s", jsonName(leaf), jsonName(value)), value) {
						return
					}
				}
			}
		}
	}
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}
