package action_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
	_ "github.com/guardrails-dev/aws-guardrails/internal/remedy" // declares the writes
)

// filled returns an action of the same type with something in every field.
func filled(a action.Action) action.Action {
	if set, ok := a.(action.Set); ok {
		fill(reflect.ValueOf(&set.Target).Elem())
		set.From, set.To = filledValue(set.From), filledValue(set.To)
		return set
	}
	value := reflect.New(reflect.TypeOf(a)).Elem()
	fill(value)
	full, _ := value.Interface().(action.Action)
	return full
}

func filledValue(of any) any {
	value := reflect.New(reflect.TypeOf(of)).Elem()
	fill(value)
	return value.Interface()
}

// fill puts something into a value and all that is in it.
func fill(value reflect.Value) {
	if value.Type() == reflect.TypeFor[time.Time]() {
		value.Set(reflect.ValueOf(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)))
		return
	}
	switch value.Kind() {
	case reflect.String:
		value.SetString("x")
	case reflect.Bool:
		value.SetBool(true)
	case reflect.Int, reflect.Int32, reflect.Int64:
		value.SetInt(7)
	case reflect.Float64:
		value.SetFloat(0.5)
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
		fill(value.Elem())
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
		fill(value.Index(0))
	case reflect.Map:
		key, item := reflect.New(value.Type().Key()).Elem(), reflect.New(value.Type().Elem()).Elem()
		fill(key)
		fill(item)
		value.Set(reflect.MakeMap(value.Type()))
		value.SetMapIndex(key, item)
	case reflect.Struct:
		for i := range value.NumField() {
			if value.Field(i).CanSet() {
				fill(value.Field(i))
			}
		}
	default:
		// Content holds nothing else that could be lost on the way through JSON.
	}
}

func TestTypesHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range action.Types() {
		name := action.TypeOf(a)
		if seen[name] || name == "" {
			t.Errorf("the name %q is not its own", name)
		}
		seen[name] = true
	}
}

// A run keeps actions as their content: what comes back is the same, under the same hash.
func TestContentIsKept(t *testing.T) {
	for _, empty := range action.Types() {
		for name, a := range map[string]action.Action{"empty": empty, "filled": filled(empty)} {
			t.Run(action.TypeOf(a)+"/"+name, func(t *testing.T) {
				content, err := action.Encode(a)
				if err != nil {
					t.Fatal(err)
				}
				back, err := action.Decode(action.TypeOf(a), content)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(back, a) {
					t.Errorf("got %+v, want %+v: a field is lost in %s", back, a, content)
				}
				before, err := action.Hash(a)
				after, again := action.Hash(back)
				if err != nil || again != nil || before != after || len(before) != 20 {
					t.Errorf("its hash is %q, %v, and after decoding %q, %v", before, err, after, again)
				}
			})
		}
	}
}

// The hash is an action's identity: two contents, two hashes.
func TestHashTellsContentsApart(t *testing.T) {
	seen := map[string]string{}
	for _, empty := range action.Types() {
		for name, a := range map[string]action.Action{"empty": empty, "filled": filled(empty)} {
			hash, err := action.Hash(a)
			if other, twice := seen[hash]; err != nil || twice {
				t.Errorf("%s %s: hash %s, %v, is also that of %s", name, action.TypeOf(a), hash, err, other)
			}
			seen[hash] = name + " " + action.TypeOf(a)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	if _, err := action.Decode("DropEverything", []byte("{}")); err == nil {
		t.Error("a type that nobody knows was decoded")
	}
	if _, err := action.Decode("BlockBucketPublicAccess", []byte(`{"bucket":1}`)); err == nil {
		t.Error("content of another shape was decoded")
	}
}

// Whatever is planned says what a person must know to approve it, and which calls it takes.
func TestDescriptions(t *testing.T) {
	writes := map[string]bool{}
	for _, operation := range awsapi.Operations() {
		writes[operation.Name] = operation.Write
	}
	risks := map[v1alpha1.Risk]bool{v1alpha1.Safe: true, v1alpha1.Costly: true, v1alpha1.Disruptive: true, v1alpha1.Irreversible: true}
	for _, empty := range action.Types() {
		for name, a := range map[string]action.Action{"empty": empty, "filled": filled(empty)} {
			t.Run(action.TypeOf(a)+"/"+name, func(t *testing.T) {
				d := a.Describe()
				if d.Collection == "" || d.Setting == "" || d.Title == "" || d.To == "" || !risks[d.Risk] {
					t.Errorf("something is not said in %+v", d)
				}
				if len(d.Calls) == 0 {
					t.Error("it takes no call")
				}
				seen := map[string]bool{}
				for _, call := range d.Calls {
					if write, known := writes[call]; !known || !write || seen[call] {
						t.Errorf("%s: known %v, a write %v, named twice %v", call, known, write, seen[call])
					}
					seen[call] = true
				}
			})
		}
	}
}
