package posture

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Declarer is one baseline that is for the account.
type Declarer struct {
	Name        string
	Enforcement v1alpha1.Enforcement
	// Suspended: judged, but never written for, or not yet.
	Suspended bool
	Posture   *v1alpha1.Posture
}

// Declaration is a control as all baselines together declare it for one account.
type Declaration struct {
	Control Control
	// Leaf is the merged leaf.
	Leaf any
	// Severity is the worst that any baseline gives it, else the catalogue's.
	Severity v1alpha1.Severity
	// Enforcement is the strongest declared, under the guard's ceiling.
	Enforcement v1alpha1.Enforcement
	// Explicit says that Enforce was declared on the leaf itself, which costly and disruptive
	// actions need.
	Explicit bool
	// Baselines that declare it, sorted.
	Baselines []string
	// Conflict says which values of which baselines have no order; such a control is only audited.
	Conflict string
	// Held says which baselines that are suspended, or not yet in force, want more than those that
	// would have it enforced; such a control is only audited too.
	Held string
}

// Disagreement is why the control is only audited although a baseline would have more, or "".
func (d Declaration) Disagreement() string { return cmp.Or(d.Conflict, d.Held) }

// Declare merges what baselines declare: per control the stricter value where there is an
// order, the strongest enforcement, all under the ceiling.
func Declare(controls []Control, baselines []Declarer, ceiling v1alpha1.Enforcement, usual func(id string) v1alpha1.Severity) []Declaration {
	baselines = slices.Clone(baselines)
	slices.SortFunc(baselines, func(a, b Declarer) int { return strings.Compare(a.Name, b.Name) })
	var declared []Declaration
	for _, control := range controls {
		if one, ok := declareOne(control, baselines, ceiling); ok {
			if one.Severity == "" {
				one.Severity = usual(control.ID)
			}
			declared = append(declared, one)
		}
	}
	slices.SortFunc(declared, func(a, b Declaration) int { return strings.Compare(a.Control.ID, b.Control.ID) })
	return declared
}

func declareOne(control Control, baselines []Declarer, ceiling v1alpha1.Enforcement) (Declaration, bool) {
	merged := Declaration{Control: control, Enforcement: v1alpha1.Audit}
	var all, active []named
	var suspended []string
	for _, baseline := range baselines {
		leaf := control.Leaf(baseline.Posture)
		if leaf == nil {
			continue
		}
		merged.take(baseline, leaf)
		all = append(all, named{baseline.Name, leaf})
		if baseline.Suspended {
			suspended = append(suspended, baseline.Name)
		} else {
			active = append(active, named{baseline.Name, leaf})
		}
	}
	merged.Leaf, merged.Conflict = mergeLeaves(all), conflictIn(all)
	if merged.Enforcement.Rank() > ceiling.Rank() {
		merged.Enforcement = orAudit(ceiling)
	}
	// What only a suspended baseline wants is judged, and never written.
	stricter := !reflect.DeepEqual(merged.Leaf, mergeLeaves(active))
	if stricter && merged.Enforcement != v1alpha1.Audit {
		merged.Held = "stricter in a baseline that is suspended, or not yet in force here: " + strings.Join(suspended, ", ")
	}
	if merged.Conflict != "" || stricter {
		merged.Enforcement = v1alpha1.Audit
	}
	merged.Explicit = merged.Explicit && merged.Enforcement == v1alpha1.Enforce
	return merged, len(all) > 0
}

// named is the leaf of one baseline.
type named struct {
	baseline string
	leaf     any
}

// take takes what one baseline says of enforcement and severity into the declaration.
func (d *Declaration) take(baseline Declarer, leaf any) {
	setting := commonOf(leaf)
	enforcement := setting.Enforcement
	explicit := enforcement == v1alpha1.Enforce
	if enforcement == "" {
		enforcement = orAudit(baseline.Enforcement)
	}
	if !baseline.Suspended {
		if enforcement.Rank() > d.Enforcement.Rank() {
			d.Enforcement = enforcement
		}
		d.Explicit = d.Explicit || explicit
	}
	if setting.Severity.Rank() > d.Severity.Rank() {
		d.Severity = setting.Severity
	}
	d.Baselines = append(d.Baselines, baseline.Name)
}

// orAudit takes what is not known for the weakest.
func orAudit(e v1alpha1.Enforcement) v1alpha1.Enforcement {
	if e.Rank() == 0 {
		return v1alpha1.Audit
	}
	return e
}

func commonOf(leaf any) v1alpha1.Setting {
	if has, ok := leaf.(interface{ Common() *v1alpha1.Setting }); ok {
		return *has.Common()
	}
	return v1alpha1.Setting{}
}

// mergeLeaves returns a fresh leaf that is the strictest of all, or nil where there is none.
func mergeLeaves(leaves []named) any {
	var merged any
	for _, one := range leaves {
		if merged == nil {
			merged = valuesOf(one.leaf)
			continue
		}
		mergeLeaf(merged, one.leaf)
	}
	return merged
}

// valuesOf copies a leaf without the settings that every leaf shares.
func valuesOf(leaf any) any {
	fresh := reflect.New(reflect.TypeOf(leaf).Elem())
	fresh.Elem().Set(reflect.ValueOf(leaf).Elem())
	if has, ok := fresh.Interface().(interface{ Common() *v1alpha1.Setting }); ok {
		*has.Common() = v1alpha1.Setting{}
	}
	return fresh.Interface()
}

// mergeLeaf makes into the stricter of both leaves, value by value. A value that is left out
// is not declared, but for a list of what is approved: who lists nothing approves nothing.
func mergeLeaf(into, other any) {
	a, b := reflect.ValueOf(into).Elem(), reflect.ValueOf(other).Elem()
	for i := range a.NumField() {
		field := a.Type().Field(i)
		order := field.Tag.Get("stricter")
		switch x, y := a.Field(i), b.Field(i); {
		case field.Anonymous, x.IsZero() && y.IsZero():
		case order == "both":
			x.Set(filter(x, func(item reflect.Value) bool { return contains(y, item) }))
		case x.IsZero():
			x.Set(y)
		case !y.IsZero():
			x.Set(stricter(order, x, y))
		}
	}
}

// conflictIn says on which values that have no order the leaves differ, and whose they are.
func conflictIn(leaves []named) string {
	if len(leaves) == 0 {
		return ""
	}
	var conflicts []string
	shape := reflect.TypeOf(leaves[0].leaf).Elem()
	for i := range shape.NumField() {
		field := shape.Field(i)
		if field.Anonymous || field.Tag.Get("stricter") != "" {
			continue
		}
		if names := whoDiffer(leaves, i); len(names) > 0 {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			conflicts = append(conflicts, name+" differs between "+strings.Join(names, " and "))
		}
	}
	return strings.Join(conflicts, "; ")
}

// whoDiffer names the baselines that declare the value, if they do not agree on it.
func whoDiffer(leaves []named, field int) []string {
	var names []string
	var first any
	differ := false
	for _, one := range leaves {
		value := reflect.ValueOf(one.leaf).Elem().Field(field)
		if value.IsZero() {
			continue
		}
		if first == nil {
			first = value.Interface()
		}
		differ = differ || !reflect.DeepEqual(first, value.Interface())
		names = append(names, one.baseline)
	}
	if !differ {
		return nil
	}
	return names
}

// stricter returns the stricter of two values that are both declared, by the order of the tag;
// the first where there is none.
func stricter(order string, a, b reflect.Value) reflect.Value {
	switch order {
	case "":
		return a
	case "larger":
		return pick(a, b, b.Int() > a.Int())
	case "smaller":
		return pick(a, b, b.Int() < a.Int())
	case "true":
		return pick(a, b, b.Elem().Bool())
	case "either":
		return reflect.AppendSlice(filter(a, always), filter(b, func(item reflect.Value) bool { return !contains(a, item) }))
	}
	ranks := strings.Split(order, "<")
	return pick(a, b, slices.Index(ranks, b.String()) > slices.Index(ranks, a.String()))
}

func always(reflect.Value) bool { return true }

func pick(a, b reflect.Value, second bool) reflect.Value {
	if second {
		return b
	}
	return a
}

func filter(list reflect.Value, keep func(reflect.Value) bool) reflect.Value {
	kept := reflect.MakeSlice(list.Type(), 0, list.Len())
	for i := range list.Len() {
		if keep(list.Index(i)) {
			kept = reflect.Append(kept, list.Index(i))
		}
	}
	return kept
}

func contains(list, item reflect.Value) bool {
	for i := range list.Len() {
		if list.Index(i).Equal(item) {
			return true
		}
	}
	return false
}
