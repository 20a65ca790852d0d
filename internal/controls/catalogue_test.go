package controls_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
	"github.com/guardrails-dev/aws-guardrails/internal/controls"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// areas of the catalogue, by the area of the posture that declares them.
var areas = map[string]string{
	"identity": "iam", "keys": "keys", "dataAtRest": "data-at-rest", "dataInTransit": "data-in-transit", "compute": "compute", "network": "network",
	"logging": "logging", "monitoring": "monitoring", "threat": "threat", "response": "response",
}

// Each control that is implemented has a row in the catalogue and exactly one leaf of its area.
func TestEveryControlIsCataloguedAndDeclared(t *testing.T) {
	declaredBy := map[string][]string{}
	for _, leaf := range controls.Leaves() {
		for _, id := range leaf.Controls {
			declaredBy[id] = append(declaredBy[id], leaf.Path)
		}
	}
	seen := map[string]bool{}
	for _, control := range controls.All() {
		if seen[control.ID] {
			t.Errorf("%s is implemented twice", control.ID)
		}
		seen[control.ID] = true
		row, ok := catalogue.ByID(control.ID)
		if !ok {
			t.Errorf("%s is not in the catalogue", control.ID)
			continue
		}
		if row.DeclaredIn != "SecurityBaseline" {
			t.Errorf("%s is declared in %s by the catalogue, in a SecurityBaseline by its code", control.ID, row.DeclaredIn)
		}
		paths := declaredBy[control.ID]
		if len(paths) != 1 {
			t.Errorf("%s is declared by the leaves %v, want exactly one", control.ID, paths)
			continue
		}
		if area, _, _ := strings.Cut(paths[0], "."); areas[area] != row.Area {
			t.Errorf("%s is declared by %s, but is in the area %s of the catalogue", control.ID, paths[0], row.Area)
		}
	}
}

// Each leaf of the API declares exactly one control, and its documentation names it first.
func TestEveryLeafDeclaresOneControl(t *testing.T) {
	docs, shared := leafDocs(t), map[string]int{}
	for _, leaf := range controls.Leaves() {
		shared[leaf.Type]++
	}
	for _, leaf := range controls.Leaves() {
		if len(leaf.Controls) != 1 {
			t.Errorf("the leaf %s declares the controls %v, want exactly one", leaf.Path, leaf.Controls)
			continue
		}
		id := leaf.Controls[0]
		if doc := docs.fields[leaf.Field]; !strings.HasPrefix(doc, id+": ") {
			t.Errorf("the documentation of the leaf %s is %q, want it to begin with %s", leaf.Path, doc, id)
		}
		if doc := docs.types[leaf.Type]; shared[leaf.Type] == 1 && !strings.HasPrefix(doc, leaf.Type+" declares "+id+".") {
			t.Errorf("the documentation of %s is %q, want it to declare %s", leaf.Type, doc, id)
		}
	}
}

// What the catalogue says about scope, risk and calls is what the code does.
func TestCatalogueAgreesWithCode(t *testing.T) {
	for _, control := range controls.All() {
		row, ok := catalogue.ByID(control.ID)
		if !ok {
			continue
		}
		if row.Scope == catalogue.Region && control.Want.Scope != inventory.Regional || row.Scope == catalogue.Account && control.Want.Scope != inventory.Global {
			t.Errorf("%s is of scope %s, but reads %s", control.ID, row.Scope, control.Want.Collection)
		}
		if manual := row.Risk == v1alpha1.Manual; manual == control.Mends {
			t.Errorf("%s is %s to the catalogue, but its code mends it: %t", control.ID, row.Risk, control.Mends)
		}
		for _, call := range unregistered(row, control) {
			t.Errorf("%s makes the call %s to the catalogue, which is not registered so", control.ID, call)
		}
	}
}

// unregistered lists the calls of a row that the project does not make: those that a person
// makes are not counted.
func unregistered(row catalogue.Control, control posture.Control) (calls []string) {
	registered := map[string]bool{}
	for _, operation := range awsapi.Operations() {
		registered[operation.Name] = operation.Write
	}
	for _, call := range row.ReadAPI {
		if write, ok := registered[call]; !ok || write {
			calls = append(calls, call)
		}
	}
	for _, call := range row.EnforceAPI {
		if write, ok := registered[call]; control.Mends && (!ok || !write) {
			calls = append(calls, call)
		}
	}
	return calls
}

// apiDocs is what the API's source says about leaves: fields by area and name, types by name.
type apiDocs struct{ fields, types map[string]string }

func leafDocs(t *testing.T) apiDocs {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../api/v1alpha1/posture_types.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	docs := apiDocs{fields: map[string]string{}, types: map[string]string{}}
	for _, declaration := range file.Decls {
		general, ok := declaration.(*ast.GenDecl)
		if !ok || general.Tok != token.TYPE {
			continue
		}
		for _, spec := range general.Specs {
			named, ok := spec.(*ast.TypeSpec)
			if !ok {
				continue
			}
			docs.types[named.Name.Name] = general.Doc.Text()
			structure, ok := named.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					docs.fields[named.Name.Name+"."+name.Name] = field.Doc.Text()
				}
			}
		}
	}
	return docs
}

// The order that the list of controls promises.
func TestAllIsInOrder(t *testing.T) {
	if !slices.IsSortedFunc(controls.All(), func(a, b posture.Control) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the controls are not in order of id")
	}
}
