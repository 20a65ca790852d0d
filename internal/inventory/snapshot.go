package inventory

import (
	"maps"
	"time"
)

// Place is where a collection was read: the account, and the region if it is regional.
type Place struct {
	Collection string
	Region     string
}

type entry struct {
	items any
	size  int
	err   error
}

// Snapshot is everything that one round read of one account.
type Snapshot struct {
	Account   string
	Partition string
	// Home is the region of the account's own things.
	Home string
	// Regions in scope, sorted.
	Regions []string
	AsOf    time.Time

	// Who tells people from programs and break-glass principals.
	Who Who

	read map[Place]entry
}

// NewSnapshot returns a snapshot in which nothing was read yet.
func NewSnapshot(account, partition, home string, regions []string, asOf time.Time) *Snapshot {
	return &Snapshot{Account: account, Partition: partition, Home: home, Regions: regions, AsOf: asOf, read: map[Place]entry{}}
}

// Places returns where a collection of the scope is read: once globally, or in each region.
func (s *Snapshot) Places(collection string, scope Scope) []Place {
	if scope == Global {
		return []Place{{Collection: collection}}
	}
	places := make([]Place, len(s.Regions))
	for i, region := range s.Regions {
		places[i] = Place{Collection: collection, Region: region}
	}
	return places
}

// Put records what was read of the collection in the region ("" for a global one).
func (c Collection[T]) Put(s *Snapshot, region string, items Observed[[]T]) {
	value, err := items.Get()
	s.read[Place{Collection: c.Name, Region: region}] = entry{items: items, size: len(value), err: err}
}

// In returns what was read of the collection in the region ("" for a global one).
func (c Collection[T]) In(s *Snapshot, region string) Observed[[]T] {
	items, ok := s.read[Place{Collection: c.Name, Region: region}].items.(Observed[[]T])
	if !ok {
		return Observed[[]T]{}
	}
	return items
}

// Size is how many resources of the collection were read over all places, and whether all of
// its places could be read.
func (s *Snapshot) Size(collection string) (size int, complete bool) {
	complete = true
	for place, entry := range s.read {
		if place.Collection == collection {
			size += entry.size
			complete = complete && entry.err == nil
		}
	}
	return size, complete
}

// Take moves what another snapshot of the account read into this one.
func (s *Snapshot) Take(part *Snapshot) { maps.Copy(s.read, part.read) }
