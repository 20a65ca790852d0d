package posture

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Declarer is one baseline that is for the account.
type Declarer struct {
	Name        string
	Enforcement v1alpha1.Enforcement
	// Suspended: judged, but never written for.
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
}

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
	for _, baseline := range baselines {
		leaf := control.Leaf(baseline.Posture)
		if leaf == nil {
			continue
		}
		merged.take(baseline, leaf)
	}
	if merged.Enforcement.Rank() > ceiling.Rank() {
		merged.Enforcement = orAudit(ceiling)
	}
	if merged.Conflict != "" {
		merged.Enforcement = v1alpha1.Audit
	}
	merged.Explicit = merged.Explicit && merged.Enforcement == v1alpha1.Enforce
	return merged, len(merged.Baselines) > 0
}

// take merges one baseline's leaf into the declaration.
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
	if d.Leaf == nil {
		d.Leaf = cloneLeaf(leaf)
	} else if field := mergeLeaf(d.Leaf, leaf); field != "" {
		d.Conflict = fmt.Sprintf("%s differs between %s", field, strings.Join(append(slices.Clone(d.Baselines), baseline.Name), " and "))
	}
	d.Baselines = append(d.Baselines, baseline.Name)
}

func orAudit(e v1alpha1.Enforcement) v1alpha1.Enforcement {
	if e == "" {
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

func cloneLeaf(leaf any) any {
	fresh := reflect.New(reflect.TypeOf(leaf).Elem())
	fresh.Elem().Set(reflect.ValueOf(leaf).Elem())
	return fresh.Interface()
}

// mergeLeaf makes into the stricter of both leaves, value by value, and returns the JSON name
// of a value on which they differ without an order.
func mergeLeaf(into, other any) (conflict string) {
	a, b := reflect.ValueOf(into).Elem(), reflect.ValueOf(other).Elem()
	for i := range a.NumField() {
		field := a.Type().Field(i)
		if field.Anonymous || b.Field(i).IsZero() {
			continue
		}
		if a.Field(i).IsZero() {
			a.Field(i).Set(b.Field(i))
			continue
		}
		value, ok := stricter(field.Tag.Get("stricter"), a.Field(i), b.Field(i))
		if !ok {
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			conflict = name
			continue
		}
		a.Field(i).Set(value)
	}
	return conflict
}

// stricter returns the stricter of two values that are both declared, by the order of the tag.
func stricter(order string, a, b reflect.Value) (reflect.Value, bool) {
	switch order {
	case "":
		return a, reflect.DeepEqual(a.Interface(), b.Interface())
	case "larger":
		return pick(a, b, b.Int() > a.Int()), true
	case "smaller":
		return pick(a, b, b.Int() < a.Int()), true
	case "true":
		return pick(a, b, b.Elem().Bool()), true
	case "both":
		return filter(a, func(item reflect.Value) bool { return contains(b, item) }), true
	case "either":
		return reflect.AppendSlice(filter(a, func(item reflect.Value) bool { return !contains(b, item) }), b), true
	}
	ranks := strings.Split(order, "<")
	return pick(a, b, slices.Index(ranks, b.String()) > slices.Index(ranks, a.String())), true
}

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
