package read

import (
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Operations returns the calls that reading what is wanted may take, sorted.
func Operations(want inventory.Want) (all []string) {
	for _, use := range Uses() {
		if use.Collection == want.Collection && (use.Facet == "" || use.Always || slices.ContainsFunc(want.Facets, func(wanted inventory.Facet) bool { return covers(use.Facet, wanted) })) {
			all = append(all, use.Call)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func covers(facet, wanted inventory.Facet) bool {
	return facet == wanted || strings.HasSuffix(string(facet), ":") && strings.HasPrefix(string(wanted), string(facet))
}
