// Package catalogue holds the catalogue of controls: every recommendation of the whitepaper that
// an AWS API can show or change, with its source and what other frameworks call it. What a
// control does is said by its code; a test holds the two together.
package catalogue

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

//go:embed controls.csv
var embedded string

// Control is one row of the catalogue.
type Control struct {
	ID string
	// Area of the whitepaper: iam, keys, data-at-rest, ...
	Area string
	// DeclaredIn is the kind whose objects declare it.
	DeclaredIn string
	Title      string
	// WhitepaperRef is the sections and tables it comes from.
	WhitepaperRef string
	Scope         Scope
	// ResourceTypes are what it judges, as CloudFormation types.
	ResourceTypes []string
	// ReadAPI and EnforceAPI are calls, as service:Operation. Of a manual control, EnforceAPI are
	// the calls that a person makes.
	ReadAPI    []string
	EnforceAPI []string
	// Risk is the usual one; each action computes its own.
	Risk     v1alpha1.Risk
	Severity v1alpha1.Severity
	// Frameworks are the mappings, in order of Frameworks.
	Frameworks []Mapping
	// Moto is how much of it the wire suite's endpoint carries: full, partial, read or none.
	Moto string
}

// Mapping is what one framework calls a control.
type Mapping struct {
	Framework string
	IDs       []string
}

// Scope is what a control judges one of.
type Scope string

// Scopes.
const (
	Account  Scope = "account"
	Region   Scope = "region"
	Resource Scope = "resource"
)

// frameworks are the columns that map to other catalogues, with the names they are shown by.
var frameworks = []struct{ column, name string }{
	{"fsbp_id", "AWS Security Hub"},
	{"cis_aws_v3", "CIS AWS Foundations 3.0"},
	{"nist_800_53", "NIST SP 800-53 r5"},
	{"iso27001_2022", "ISO/IEC 27001:2022"},
	{"pci_dss_4", "PCI DSS 4.0"},
	{"prowler_check", "Prowler"},
}

// rows parses the embedded file once. A test parses it too, so that it cannot fail here.
var rows = sync.OnceValue(func() []Control {
	all, _ := parse(embedded)
	return all
})

// All returns every control, in the order of the file: by area.
func All() []Control { return slices.Clone(rows()) }

// ByID returns the control with the id.
func ByID(id string) (Control, bool) {
	at := slices.IndexFunc(rows(), func(c Control) bool { return c.ID == id })
	if at < 0 {
		return Control{}, false
	}
	return rows()[at], true
}

// Severity returns the severity that the catalogue gives a control; medium for an unknown one.
func Severity(id string) v1alpha1.Severity {
	if control, ok := ByID(id); ok {
		return control.Severity
	}
	return v1alpha1.Medium
}

func parse(text string) ([]Control, error) {
	records, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the catalogue: %w", err)
	}
	if len(records) == 0 {
		return nil, fmt.Errorf("reading the catalogue: it is empty")
	}
	columns := map[string]int{}
	for i, name := range records[0] {
		columns[name] = i
	}
	var all []Control
	for _, record := range records[1:] {
		control, err := row(func(column string) (string, bool) {
			at, ok := columns[column]
			if !ok {
				return "", false
			}
			return record[at], true
		})
		if err != nil {
			return nil, fmt.Errorf("reading the catalogue: %s: %w", record[0], err)
		}
		all = append(all, control)
	}
	return all, nil
}

// row makes a control of the values of its columns.
func row(value func(column string) (string, bool)) (Control, error) {
	var missing []string
	text := func(column string) string {
		v, ok := value(column)
		if !ok {
			missing = append(missing, column)
		}
		return v
	}
	control := Control{
		ID: text("id"), Area: text("area"), DeclaredIn: text("declared_in"), Title: text("title"), WhitepaperRef: text("whitepaper_ref"),
		Scope: Scope(text("scope")), ResourceTypes: split(text("resource_type")), ReadAPI: split(text("read_api")), EnforceAPI: split(text("enforce_api")),
		Risk: v1alpha1.Risk(text("enforce_risk")), Severity: v1alpha1.Severity(text("severity")), Moto: text("moto"),
	}
	for _, framework := range frameworks {
		if ids := split(text(framework.column)); len(ids) > 0 {
			control.Frameworks = append(control.Frameworks, Mapping{Framework: framework.name, IDs: ids})
		}
	}
	if len(missing) > 0 {
		return Control{}, fmt.Errorf("no column %s", strings.Join(missing, ", "))
	}
	return control, nil
}

// split takes a list apart; a dash is an empty one.
func split(list string) []string {
	var parts []string
	for part := range strings.SplitSeq(list, ";") {
		if part = strings.TrimSpace(part); part != "" && part != "-" {
			parts = append(parts, part)
		}
	}
	return parts
}
