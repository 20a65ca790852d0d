package controls

import (
	"reflect"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// Leaf is one optional field of a posture, by which a baseline declares a control.
type Leaf struct {
	// Path is where it is in a SecurityBaseline's spec.posture: keys.kmsKeyRotation.
	Path string
	// Field is where it is in Go, KeysPosture.KMSKeyRotation; Type is the name of its type, Presence
	// where it holds nothing but what every leaf does.
	Field, Type string
	// Controls are the ids of those that it declares. A test holds them to exactly one.
	Controls []string
}

// Leaves returns every leaf of a posture, in the order of the API.
func Leaves() []Leaf {
	var found []Leaf
	all := All()
	areas := reflect.TypeFor[v1alpha1.Posture]()
	for i := range areas.NumField() {
		area := areas.Field(i)
		for j := range area.Type.NumField() {
			field := area.Type.Field(j)
			if field.Type.Kind() != reflect.Pointer {
				continue
			}
			var declared v1alpha1.Posture
			reflect.ValueOf(&declared).Elem().Field(i).Field(j).Set(reflect.New(field.Type.Elem()))
			leaf := Leaf{Path: jsonName(area) + "." + jsonName(field), Field: area.Type.Name() + "." + field.Name, Type: field.Type.Elem().Name()}
			for _, control := range all {
				if control.Leaf(&declared) != nil {
					leaf.Controls = append(leaf.Controls, control.ID)
				}
			}
			found = append(found, leaf)
		}
	}
	return found
}

func jsonName(field reflect.StructField) string {
	name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
	return name
}
