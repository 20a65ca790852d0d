package inventory_test

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var asOf = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// Nothing that was not read has a value without an error.
func TestObserved(t *testing.T) {
	denied := fault.DeniedRead("test:Get", "test:Get")
	for name, row := range map[string]struct {
		fact inventory.Observed[bool]
		want bool
		err  error
	}{
		"read, true":               {inventory.Seen(true, asOf), true, nil},
		"read, false":              {inventory.Seen(false, asOf), false, nil},
		"never read":               {inventory.Observed[bool]{}, false, fault.ErrNotRead},
		"read at no time":          {inventory.Seen(true, time.Time{}), true, fault.ErrNotRead},
		"refused":                  {inventory.Unseen[bool](denied), false, denied},
		"refused, whatever it got": {inventory.Observe(true, error(denied), asOf), false, denied},
		"observed":                 {inventory.Observe(true, nil, asOf), true, nil},
		"unseen without a reason":  {inventory.Unseen[bool](nil), false, fault.ErrNotRead},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := row.fact.Get()
			if got != row.want || !errors.Is(err, row.err) || (err == nil) != (row.err == nil) {
				t.Errorf("got %t, %v; want %t, %v", got, err, row.want, row.err)
			}
		})
	}
}

type item struct{ inventory.Ref }

func TestSnapshotTellsUnreadFromEmpty(t *testing.T) {
	global := inventory.Collection[item]{Name: "global"}
	regional := inventory.Collection[item]{Name: "regional", Scope: inventory.Regional}
	facts := inventory.NewSnapshot("111111111111", "aws", "us-east-1", []string{"eu-west-1", "us-east-1"}, asOf)
	if _, err := global.In(facts, "").Get(); !errors.Is(err, fault.ErrNotRead) {
		t.Errorf("a collection that nobody read: %v", err)
	}
	global.Put(facts, "", inventory.Seen[[]item](nil, asOf))
	if items, err := global.In(facts, "").Get(); len(items) != 0 || err != nil {
		t.Errorf("an empty collection: %v, %v", items, err)
	}
	regional.Put(facts, "eu-west-1", inventory.Seen([]item{{}, {}}, asOf))
	regional.Put(facts, "us-east-1", inventory.Unseen[[]item](fault.DeniedRead("test:List", "test:List")))
	if size, complete := facts.Size("regional"); size != 2 || complete {
		t.Errorf("size %d, complete %t", size, complete)
	}
	if size, _ := facts.Size("never"); size != 0 {
		t.Errorf("size %d of what nobody read", size)
	}
	if _, err := (inventory.Collection[*item]{Name: "global"}).In(facts, "").Get(); !errors.Is(err, fault.ErrNotRead) {
		t.Errorf("read as another type: %v", err)
	}
}

func TestMergeWants(t *testing.T) {
	wants := []inventory.Want{
		{Collection: "b", Facets: inventory.Facets{"y"}},
		{Collection: "a", Scope: inventory.Regional},
		{Collection: "b", Facets: inventory.Facets{"x", "y"}},
		{Collection: "c", Facets: inventory.Facets{"z", "z"}},
		{Collection: "b"},
	}
	want := []inventory.Want{
		{Collection: "a", Scope: inventory.Regional},
		{Collection: "b", Facets: inventory.Facets{"x", "y"}},
		{Collection: "c", Facets: inventory.Facets{"z"}},
	}
	before := fmt.Sprint(wants)
	for range 10 {
		if got := inventory.Merge(wants); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if fmt.Sprint(wants) != before {
		t.Error("merging changed what was merged")
	}
	if got := inventory.Merge(nil); len(got) != 0 {
		t.Errorf("nothing wanted: %v", got)
	}
}

func TestMatches(t *testing.T) {
	for _, row := range []struct {
		pattern, name string
		want          bool
	}{
		{"alice", "alice", true},
		{"alice", "Alice", false},
		{"alice", "alice2", false},
		{"*", "anything/at:all", true},
		{"*", "", false},
		{"", "", false},
		{"", "x", false},
		{"break-glass*", "break-glass-1", true},
		{"*-admin", "arn:aws:iam::1:role/path/to/x-admin", true},
		{"arn:aws:iam::*:role/ops/*", "arn:aws:iam::111111111111:role/ops/a/b", true},
		{"arn:aws:iam::*:role/ops/*", "arn:aws:iam::111111111111:role/dev/a", false},
		{"a*b*c", "aXbYc", true},
		{"a*b*c", "acb", false},
		{"a?c", "abc", false},
		{"a?c", "a?c", true},
		{"[ab]", "a", false},
		{"[ab]", "[ab]", true},
		{"[", "[", true},
		{`a\b`, `a\b`, true},
		{`a\*`, `a\anything`, true},
		{"**", "x", true},
		{"ü*", "über", true},
	} {
		if got := inventory.Matches(row.pattern, row.name); got != row.want {
			t.Errorf("%q matches %q: %t, want %t", row.pattern, row.name, got, row.want)
		}
	}
}

func TestWho(t *testing.T) {
	who := inventory.Who{Services: []string{"svc-*", "both"}, BreakGlass: []string{"arn:aws:iam::111111111111:user/glass/*", "both"}}
	for _, row := range []struct {
		name, arn string
		want      inventory.Kind
	}{
		{"alice", "arn:aws:iam::111111111111:user/alice", inventory.Person},
		{"svc-backup", "arn:aws:iam::111111111111:user/svc-backup", inventory.Service},
		{"x", "arn:aws:iam::111111111111:user/glass/x", inventory.BreakGlass},
		{"both", "", inventory.BreakGlass},
		{"", "", inventory.Person},
	} {
		if got := who.Of(row.name, row.arn); got != row.want {
			t.Errorf("%s is %s, want %s", row.name, got, row.want)
		}
	}
}
