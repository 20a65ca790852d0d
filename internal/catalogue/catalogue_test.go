package catalogue

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// The file that is built in parses, and each value of it is one that is known.
func TestEmbedded(t *testing.T) {
	all, err := parse(embedded)
	if err != nil || len(all) != 142 {
		t.Fatalf("parsed %d controls, %v, want 142", len(all), err)
	}
	id, call := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`), regexp.MustCompile(`^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$`)
	areas := []string{"iam", "keys", "data-at-rest", "data-in-transit", "compute", "network", "logging", "monitoring", "threat", "response", "governance"}
	seen := map[string]bool{}
	for _, c := range all {
		known := id.MatchString(c.ID) && !seen[c.ID] && c.Title != "" && c.WhitepaperRef != "" && len(c.ResourceTypes) > 0 &&
			slices.Contains(areas, c.Area) &&
			slices.Contains([]string{"SecurityBaseline", "NetworkZone", "Quarantine"}, c.DeclaredIn) &&
			slices.Contains([]Scope{Account, Region, Resource}, c.Scope) &&
			slices.Contains([]v1alpha1.Risk{v1alpha1.Safe, v1alpha1.Costly, v1alpha1.Disruptive, v1alpha1.Irreversible, v1alpha1.Manual}, c.Risk) &&
			c.Severity.Rank() > 0 && slices.Contains([]string{"full", "partial", "read", "none"}, c.Moto)
		if !known {
			t.Errorf("%s has a value that is not known: %+v", c.ID, c)
		}
		seen[c.ID] = true
		for _, api := range slices.Concat(c.ReadAPI, c.EnforceAPI) {
			if !call.MatchString(api) {
				t.Errorf("%s names %q, which is no call", c.ID, api)
			}
		}
		if len(c.EnforceAPI) == 0 && c.Risk != v1alpha1.Manual {
			t.Errorf("%s is %s, but no call enforces it", c.ID, c.Risk)
		}
	}
}

func TestByID(t *testing.T) {
	control, ok := ByID("kms-key-deletion-guard")
	if !ok || control.Severity != v1alpha1.Critical || control.Scope != Resource || !slices.Equal(control.EnforceAPI, []string{"kms:CancelKeyDeletion", "kms:EnableKey"}) {
		t.Errorf("got %+v, %t", control, ok)
	}
	if _, ok := ByID("nobody"); ok || Severity("nobody") != v1alpha1.Medium {
		t.Errorf("an unknown control is there")
	}
	root, _ := ByID("iam-root-mfa")
	if len(root.EnforceAPI) != 0 {
		t.Errorf("the dash in enforce_api became %v", root.EnforceAPI)
	}
	var cis []string
	for _, mapping := range root.Frameworks {
		if mapping.Framework == "CIS AWS Foundations 3.0" {
			cis = mapping.IDs
		}
	}
	if !slices.Equal(cis, []string{"1.5"}) {
		t.Errorf("iam-root-mfa is %v to CIS", cis)
	}
}

// A caller cannot change the catalogue for the others.
func TestAllIsACopy(t *testing.T) {
	All()[0] = Control{}
	if All()[0].ID == "" {
		t.Error("the catalogue was changed")
	}
}

func TestBrokenFiles(t *testing.T) {
	for name, text := range map[string]string{
		"empty":            "",
		"a column missing": "id,area\nx-y,keys\n",
		"a short row":      "id,area\nx-y\n",
	} {
		t.Run(name, func(t *testing.T) {
			if all, err := parse(text); err == nil || !strings.HasPrefix(err.Error(), "reading the catalogue: ") {
				t.Errorf("got %v, %v", all, err)
			}
		})
	}
}
