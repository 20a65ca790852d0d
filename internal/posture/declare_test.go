package posture_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// baselines are named a, b, c and so on; a nil leaf is a baseline that does not declare the control.
type baselines []*leaf

// declare merges the baselines in every order they can come in, and fails unless all agree.
func (all baselines) declare(t *testing.T, ceiling v1alpha1.Enforcement, shape func(i int, d *posture.Declarer)) (posture.Declaration, bool) {
	t.Helper()
	leaves := map[*v1alpha1.Posture]*leaf{}
	declarers := make([]posture.Declarer, len(all))
	for i, l := range all {
		p := &v1alpha1.Posture{}
		leaves[p] = l
		declarers[i] = posture.Declarer{Name: string(rune('a' + i)), Posture: p}
		if shape != nil {
			shape(i, &declarers[i])
		}
	}
	control := rule("test-round", leaves, makeRound)
	var first []posture.Declaration
	for i, order := range permutations(declarers) {
		got := posture.Declare([]posture.Control{control}, order, ceiling, func(string) v1alpha1.Severity { return v1alpha1.Medium })
		for i := range got {
			got[i].Control = posture.Control{ID: got[i].Control.ID} // functions do not compare
		}
		if i == 0 {
			first = got
		} else if !reflect.DeepEqual(first, got) {
			t.Fatalf("in another order:\n%+v\n%+v", first, got)
		}
	}
	if len(first) == 0 {
		return posture.Declaration{}, false
	}
	return first[0], true
}

func permutations[T any](items []T) [][]T {
	if len(items) < 2 {
		return [][]T{slices.Clone(items)}
	}
	var all [][]T
	for i := range items {
		rest := slices.Delete(slices.Clone(items), i, i+1)
		for _, tail := range permutations(rest) {
			all = append(all, append([]T{items[i]}, tail...))
		}
	}
	return all
}

func TestDeclareMergesValues(t *testing.T) {
	yes, no := true, false
	for name, row := range map[string]struct {
		leaves   baselines
		want     leaf
		conflict string
	}{
		"one baseline":                       {baselines{{Length: 14, Bucket: "logs"}}, leaf{Length: 14, Bucket: "logs"}, ""},
		"not declared by the other":          {baselines{{Length: 14}, nil}, leaf{Length: 14}, ""},
		"larger":                             {baselines{{Length: 8}, {Length: 14}, {Length: 10}}, leaf{Length: 14}, ""},
		"larger, one left out":               {baselines{{}, {Length: 14}}, leaf{Length: 14}, ""},
		"smaller":                            {baselines{{Age: 90}, {Age: 30}, {Age: 365}}, leaf{Age: 30}, ""},
		"smaller, left out is not nought":    {baselines{{Age: 90}, {}}, leaf{Age: 90}, ""},
		"true wins":                          {baselines{{Classes: &no}, {Classes: &yes}}, leaf{Classes: &yes}, ""},
		"true, one left out":                 {baselines{{}, {Classes: &no}}, leaf{Classes: &no}, ""},
		"both: what all approve":             {baselines{{Approved: []string{"x", "y"}}, {Approved: []string{"y", "z"}}}, leaf{Approved: []string{"y"}}, ""},
		"both: nothing in common":            {baselines{{Approved: []string{"x"}}, {Approved: []string{"z"}}}, leaf{Approved: []string{}}, ""},
		"both: who lists none approves none": {baselines{{Approved: []string{"x"}}, {}}, leaf{Approved: []string{}}, ""},
		"both: three, one lists none":        {baselines{{}, {Approved: []string{"x"}}, {Approved: []string{"x"}}}, leaf{Approved: []string{}}, ""},
		"either":                             {baselines{{Ports: []int32{22}}, {Ports: []int32{3389}}, {Ports: []int32{22, 5900}}}, leaf{Ports: []int32{22, 3389, 5900}}, ""},
		"either, one left out":               {baselines{{Ports: []int32{22}}, {}}, leaf{Ports: []int32{22}}, ""},
		"order":                              {baselines{{Algorithm: "aws:kms"}, {Algorithm: "aws:kms:dsse"}, {Algorithm: "AES256"}}, leaf{Algorithm: "aws:kms:dsse"}, ""},
		"no order, equal":                    {baselines{{Bucket: "logs"}, {Bucket: "logs"}}, leaf{Bucket: "logs"}, ""},
		"no order, one left out":             {baselines{{}, {Bucket: "logs"}}, leaf{Bucket: "logs"}, ""},
		"no order, different":                {baselines{{Bucket: "logs", Length: 8}, {Bucket: "audit", Length: 14}}, leaf{Bucket: "logs", Length: 14}, "bucket differs between a and b"},
		"conflict names who has a value":     {baselines{{}, {Bucket: "logs"}, {Bucket: "audit"}}, leaf{Bucket: "logs"}, "bucket differs between b and c"},
		"conflict of three":                  {baselines{{Bucket: "logs"}, {Bucket: "audit"}, {Bucket: "logs"}}, leaf{Bucket: "logs"}, "bucket differs between a and b and c"},
		"two conflicts": {
			baselines{{Bucket: "logs", Topic: "alarms"}, {Bucket: "audit"}, {Topic: "pages"}},
			leaf{Bucket: "logs", Topic: "alarms"},
			"bucket differs between a and b; topic differs between a and c",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, ok := row.leaves.declare(t, v1alpha1.Enforce, func(_ int, d *posture.Declarer) { d.Enforcement = v1alpha1.Enforce })
			if !ok {
				t.Fatal("not declared")
			}
			if have := got.Leaf.(*leaf); !reflect.DeepEqual(*have, row.want) {
				t.Errorf("merged to %+v, want %+v", *have, row.want)
			}
			if got.Conflict != row.conflict {
				t.Errorf("conflict %q, want %q", got.Conflict, row.conflict)
			}
			want := v1alpha1.Enforce
			if row.conflict != "" {
				want = v1alpha1.Audit
			}
			if got.Enforcement != want {
				t.Errorf("enforcement %s, want %s", got.Enforcement, want)
			}
		})
	}
}

// The merged leaf is a copy: what merging does to it never reaches a baseline.
func TestDeclareLeavesBaselinesAlone(t *testing.T) {
	all := baselines{{Length: 8, Approved: []string{"x", "y"}, Ports: []int32{22}}, {Length: 14, Approved: []string{"y"}, Ports: []int32{23}}}
	before := fmt.Sprintf("%+v %+v", *all[0], *all[1])
	if _, ok := all.declare(t, v1alpha1.Enforce, nil); !ok {
		t.Fatal("not declared")
	}
	if after := fmt.Sprintf("%+v %+v", *all[0], *all[1]); after != before {
		t.Errorf("baselines became %s, were %s", after, before)
	}
}

func TestDeclareEnforcement(t *testing.T) {
	const audit, approve, enforce = v1alpha1.Audit, v1alpha1.Approve, v1alpha1.Enforce
	type declares struct {
		leaf, baseline v1alpha1.Enforcement
		suspended      bool
		length         int32
	}
	for name, row := range map[string]struct {
		ceiling  v1alpha1.Enforcement
		by       []declares
		want     v1alpha1.Enforcement
		explicit bool
	}{
		"nobody says anything":                     {enforce, []declares{{}}, audit, false},
		"the baseline's":                           {enforce, []declares{{baseline: approve}}, approve, false},
		"the baseline's is not explicit":           {enforce, []declares{{baseline: enforce}}, enforce, false},
		"the leaf's goes further":                  {enforce, []declares{{leaf: enforce, baseline: audit}}, enforce, true},
		"the leaf's goes less far":                 {enforce, []declares{{leaf: audit, baseline: enforce}}, audit, false},
		"the strongest of two":                     {enforce, []declares{{baseline: audit}, {baseline: enforce}}, enforce, false},
		"the strongest of three":                   {enforce, []declares{{baseline: audit}, {leaf: approve}, {baseline: audit}}, approve, false},
		"explicit in one is explicit":              {enforce, []declares{{baseline: enforce}, {leaf: enforce, baseline: audit}}, enforce, true},
		"the ceiling lowers":                       {approve, []declares{{baseline: enforce}}, approve, false},
		"under the ceiling nothing is explicit":    {approve, []declares{{leaf: enforce}}, approve, false},
		"the ceiling is audit":                     {audit, []declares{{leaf: enforce}}, audit, false},
		"no ceiling is audit":                      {"", []declares{{leaf: enforce}}, audit, false},
		"the ceiling does not raise":               {enforce, []declares{{baseline: audit}}, audit, false},
		"suspended declares no enforcement":        {enforce, []declares{{leaf: enforce, suspended: true}}, audit, false},
		"suspended does not hold up the other":     {enforce, []declares{{baseline: enforce}, {leaf: enforce, suspended: true}}, enforce, false},
		"nothing is written for a suspended value": {enforce, []declares{{baseline: enforce, length: 8}, {suspended: true, length: 14}}, audit, false},
		"a suspended value that is not stricter":   {enforce, []declares{{baseline: enforce, length: 14}, {suspended: true, length: 8}}, enforce, false},
		"an unknown enforcement is audit":          {enforce, []declares{{baseline: "Sure"}}, audit, false},
		"an unknown ceiling is audit":              {"Sure", []declares{{leaf: enforce}}, audit, false},
	} {
		t.Run(name, func(t *testing.T) {
			var all baselines
			for _, by := range row.by {
				all = append(all, &leaf{Setting: v1alpha1.Setting{Enforcement: by.leaf}, Length: by.length})
			}
			got, _ := all.declare(t, row.ceiling, func(i int, d *posture.Declarer) {
				d.Enforcement, d.Suspended = row.by[i].baseline, row.by[i].suspended
			})
			held := strings.Contains(name, "for a suspended value")
			if told := got.Disagreement() != ""; told != held {
				t.Errorf("says %q", got.Disagreement())
			}
			if got.Enforcement != row.want || got.Explicit != row.explicit {
				t.Errorf("got %q explicit=%t, want %q explicit=%t", got.Enforcement, got.Explicit, row.want, row.explicit)
			}
		})
	}
}

func TestDeclareSeverity(t *testing.T) {
	with := func(s v1alpha1.Severity) *leaf { return &leaf{Setting: v1alpha1.Setting{Severity: s}} }
	for name, row := range map[string]struct {
		leaves baselines
		want   v1alpha1.Severity
	}{
		"the catalogue's":          {baselines{with(""), with("")}, v1alpha1.Medium},
		"a baseline may lower it":  {baselines{with(v1alpha1.Low)}, v1alpha1.Low},
		"the worst of what is set": {baselines{with(v1alpha1.Low), with(v1alpha1.Critical), with(v1alpha1.High)}, v1alpha1.Critical},
		"set against not set":      {baselines{with(""), with(v1alpha1.Low)}, v1alpha1.Low},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := row.leaves.declare(t, v1alpha1.Enforce, nil); got.Severity != row.want {
				t.Errorf("got %s, want %s", got.Severity, row.want)
			}
		})
	}
}

func TestDeclareListsWhoDeclares(t *testing.T) {
	got, _ := baselines{{}, nil, {}, {}}.declare(t, v1alpha1.Enforce, func(i int, d *posture.Declarer) { d.Suspended = i == 3 })
	if names := strings.Join(got.Baselines, " "); names != "a c d" {
		t.Errorf("declared by %s, want a c d", names)
	}
	if _, ok := (baselines{nil, nil}).declare(t, v1alpha1.Enforce, nil); ok {
		t.Error("declared by nobody, and declared")
	}
}
