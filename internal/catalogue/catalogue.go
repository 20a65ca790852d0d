// Package catalogue holds the catalogue of controls.
package catalogue

import (
	_ "embed"
	"encoding/csv"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

//go:embed controls.csv
var rows string

// Severity returns the severity that the catalogue gives a control.
func Severity(id string) v1alpha1.Severity {
	all, _ := csv.NewReader(strings.NewReader(rows)).ReadAll()
	for _, row := range all {
		if row[0] == id {
			return v1alpha1.Severity(row[10])
		}
	}
	return v1alpha1.Medium
}
