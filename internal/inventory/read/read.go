// Package read turns what AWS answers into facts. It is the only code that does: it reads what
// declared controls need, each collection once a round, and keeps the error where it cannot.
package read

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Concurrency of one account's reading: places read at once, and resources of one place.
const (
	placesAtOnce    = 12
	resourcesAtOnce = 8
)

// Scope is what a reader works in: the account, the region, and what the round shares.
type Scope struct {
	*awsapi.Session
	// AWS are the clients of the region, those of the home region in a global scope.
	AWS *awsapi.Clients
	// Region is empty for global collections.
	Region string
	// Regions in scope, for global lists of what lies in a region.
	Regions []string
	AsOf    time.Time
	Who     inventory.Who

	shared *sync.Map
}

// reader reads one collection in one place.
type reader struct {
	collection string
	read       func(context.Context, *Scope, inventory.Facets, *inventory.Snapshot)
	closer     func(context.Context, *Scope, *inventory.Snapshot, func(inventory.Ref) bool)
	// one reads one resource again; uses are its calls. Readers that are not made of parts have
	// neither.
	one  func(context.Context, *Scope, inventory.Ref, inventory.Facet) (any, error)
	uses []Use
}

// readers are all there are, filled while the package initialises.
var readers []*reader

// collection declares a reader. The optional look closer reads again, by the freshest calls and
// with the owner's tags, one resource that the first reading showed wrong.
func collection[T inventory.Resource](c inventory.Collection[T], list func(context.Context, *Scope, inventory.Facets) ([]T, error), closer func(context.Context, *Scope, T) T) *reader {
	made := &reader{collection: c.Name}
	readers = append(readers, made)
	made.read = func(ctx context.Context, scope *Scope, facets inventory.Facets, into *inventory.Snapshot) {
		items, err := list(ctx, scope, facets)
		slices.SortFunc(items, func(a, b T) int { return strings.Compare(a.Reference().Name(), b.Reference().Name()) })
		c.Put(into, scope.Region, inventory.Observe(items, err, scope.AsOf))
	}
	if closer != nil {
		made.closer = func(ctx context.Context, scope *Scope, snapshot *inventory.Snapshot, wrong func(inventory.Ref) bool) {
			items, err := c.In(snapshot, scope.Region).Get()
			if err != nil {
				return
			}
			items = slices.Clone(items)
			each(items, func(item *T) {
				if wrong((*item).Reference()) {
					*item = closer(ctx, scope, *item)
				}
			})
			c.Put(snapshot, scope.Region, inventory.Seen(items, scope.AsOf))
		}
	}
	return made
}

// All reads what is wanted, every collection once in each of its places.
func All(ctx context.Context, session *awsapi.Session, wants []inventory.Want, snapshot *inventory.Snapshot) error {
	known := map[string]*reader{}
	for _, r := range readers {
		known[r.collection] = r
	}
	shared := &sync.Map{}
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(placesAtOnce)
	for _, want := range wants {
		r, ok := known[want.Collection]
		if !ok {
			return fmt.Errorf("reading %s: no reader is registered for it", want.Collection)
		}
		for _, place := range snapshot.Places(want.Collection, want.Scope) {
			group.Go(func() error {
				part := inventory.NewSnapshot(snapshot.Account, snapshot.Partition, snapshot.Home, snapshot.Regions, snapshot.AsOf)
				r.read(ctx, scopeOf(session, snapshot, place.Region, shared), want.Facets, part)
				mu.Lock()
				defer mu.Unlock()
				snapshot.Take(part)
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// Closer looks again at the resources that the judgement showed wrong: by the freshest call
// there is, and with the tags that show their owner. Wrong is asked for each resource of each
// collection, for two collections may hold different facts about one resource.
func Closer(ctx context.Context, session *awsapi.Session, wants []inventory.Want, snapshot *inventory.Snapshot, wrong func(collection string, ref inventory.Ref) bool) {
	shared := &sync.Map{}
	for _, r := range readers {
		at := slices.IndexFunc(wants, func(w inventory.Want) bool { return w.Collection == r.collection })
		if r.closer == nil || at < 0 {
			continue
		}
		of := func(ref inventory.Ref) bool { return wrong(r.collection, ref) }
		for _, place := range snapshot.Places(r.collection, wants[at].Scope) {
			r.closer(ctx, scopeOf(session, snapshot, place.Region, shared), snapshot, of)
		}
	}
}

func scopeOf(session *awsapi.Session, snapshot *inventory.Snapshot, region string, shared *sync.Map) *Scope {
	return &Scope{Session: session, AWS: session.In(region), Region: region, Regions: snapshot.Regions, AsOf: snapshot.AsOf, Who: snapshot.Who, shared: shared}
}

// ref identifies a resource of the scope.
func (s *Scope) ref(kind, region, id, arn string) inventory.Ref {
	return inventory.Ref{Account: s.Account, Partition: s.Partition, Region: region, Type: kind, ID: id, ARN: arn}
}

// of identifies a resource of a collection whose ARNs are all written in one form.
func of[T inventory.Resource](s *Scope, c inventory.Collection[T], id string) inventory.Ref {
	return s.ref(c.Type.Name, s.Region, id, c.Type.Named(s.Partition, s.Region, s.Account, id))
}

// observed makes a fact of one read's two results.
func observed[T any](s *Scope, value T, err error) inventory.Observed[T] {
	return inventory.Observe(value, err, s.AsOf)
}

// each works on every item, several at once.
func each[T any](items []T, work func(*T)) {
	var group errgroup.Group
	group.SetLimit(resourcesAtOnce)
	for i := range items {
		group.Go(func() error {
			work(&items[i])
			return nil
		})
	}
	_ = group.Wait()
}

// once reads what several collections of a round need, one time; the key names it in the account.
func once[T any](s *Scope, key string, read func() (T, error)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	ask := sync.OnceValue(func() answer {
		value, err := read()
		return answer{value, err}
	})
	shared, _ := s.shared.LoadOrStore(key, ask)
	have, ok := shared.(func() answer)
	if !ok {
		var none T
		return none, fmt.Errorf("reading %s: it is shared under two types", key)
	}
	got := have()
	return got.value, got.err
}
