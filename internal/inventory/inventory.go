// Package inventory holds the facts about an AWS account as plain data. Nothing here reads:
// package read does. Every fact keeps either its value and when it was true, or the error
// that kept it from being read.
package inventory

import (
	"slices"
	"strings"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

// Observed is a fact: a value and when it was true, or the error that kept it from being read.
// The zero value was never read.
type Observed[T any] struct {
	value T
	at    time.Time
	err   error
}

// Seen is a fact that was read.
func Seen[T any](value T, at time.Time) Observed[T] { return Observed[T]{value: value, at: at} }

// Unseen is a fact that could not be read.
func Unseen[T any](err error) Observed[T] { return Observed[T]{err: err} }

// Observe makes a fact of a read's two results.
func Observe[T any](value T, err error, at time.Time) Observed[T] {
	if err != nil {
		return Unseen[T](err)
	}
	return Seen(value, at)
}

// Get returns the value, or why there is none.
func (o Observed[T]) Get() (T, error) {
	if o.err == nil && o.at.IsZero() {
		return o.value, fault.ErrNotRead
	}
	return o.value, o.err
}

// At is when the value was true.
func (o Observed[T]) At() time.Time { return o.at }

// Ref identifies one resource of one account.
type Ref struct {
	Account   string
	Partition string
	// Region is empty for what is global.
	Region string
	// Type is the CloudFormation resource type, AWS::S3::Bucket.
	Type string
	// ID is what AWS's own calls take: a bucket name, a group id.
	ID string
	// ARN is empty where the resource has none.
	ARN string
	// Tags show who manages the resource; unread until something is wrong with it.
	Tags Observed[map[string]string]
}

// Names are what the resource can be called by: its id, and the name that no other has.
func (r Ref) Names() []string { return []string{r.ID, r.Unique()} }

// Unique is the ARN where the resource has one, else the id. Of settings that an account has in
// each region all ids are the same: there it is the id in the region, eu-west-1/123456789012.
func (r Ref) Unique() string {
	if r.ARN == "" && r.Region != "" {
		return r.Region + "/" + r.ID
	}
	return r.Name()
}

// Reference returns the resource's identity; every fact has it by embedding.
func (r Ref) Reference() Ref { return r }

// Own is the identity that a fact embeds, for the reader to set.
func (r *Ref) Own() *Ref { return r }

// Name is the ARN where the resource has one, else the id.
func (r Ref) Name() string {
	if r.ARN != "" {
		return r.ARN
	}
	return r.ID
}

// Resource is a fact about one resource.
type Resource interface{ Reference() Ref }

// Facet is a part of a resource that takes calls of its own and is read only when a declared
// control needs it.
type Facet string

// Facets is a set of facets.
type Facets []Facet

// Has says whether the set holds the facet.
func (f Facets) Has(facet Facet) bool { return slices.Contains(f, facet) }

// Scope says whether a collection is read once for the account or once in each region.
type Scope int

// Scopes.
const (
	Global Scope = iota
	Regional
)

// Collection is a kind of resource that is listed as one: all buckets of an account.
type Collection[T Resource] struct {
	Name  string
	Scope Scope
	Type  Type
}

// Type is what AWS calls the resources of a collection.
type Type struct {
	// Name is the CloudFormation one: AWS::DynamoDB::Table.
	Name string
	// ARN is how it is written behind the partition, {region}, {account} and {id} standing for
	// what differs: dynamodb:{region}:{account}:table/{id}. Empty: it has none.
	ARN string
}

// Account is the type of what is set for an account, or for it in a region.
var Account = Type{Name: "AWS::::Account"}

// Named writes the ARN of a resource, "" where its type has none. A * stands for any.
func (t Type) Named(partition, region, account, id string) string {
	if t.ARN == "" {
		return ""
	}
	return "arn:" + partition + ":" + strings.NewReplacer("{region}", region, "{account}", account, "{id}", id).Replace(t.ARN)
}

// Want is a collection, with the facets of it, that declared controls need.
type Want struct {
	Collection string
	Scope      Scope
	Facets     Facets
}

// Selection is a collection with the facets that a control looks at.
type Selection[T Resource] struct {
	Collection[T]
	Facets Facets
}

// With selects the collection and the facets of it.
func (c Collection[T]) With(facets ...Facet) Selection[T] {
	return Selection[T]{Collection: c, Facets: facets}
}

// Want returns what the selection needs read.
func (s Selection[T]) Want() Want {
	return Want{Collection: s.Name, Scope: s.Scope, Facets: s.Facets}
}

// Merge unites wants: each collection once, with all facets anyone needs, in order of name.
func Merge(wants []Want) []Want {
	byName := map[string]Want{}
	for _, want := range wants {
		have := byName[want.Collection]
		have.Collection, have.Scope = want.Collection, want.Scope
		for _, facet := range want.Facets {
			if !have.Facets.Has(facet) {
				have.Facets = append(have.Facets, facet)
			}
		}
		byName[want.Collection] = have
	}
	merged := make([]Want, 0, len(byName))
	for _, want := range byName {
		slices.Sort(want.Facets)
		merged = append(merged, want)
	}
	slices.SortFunc(merged, func(a, b Want) int {
		if a.Collection < b.Collection {
			return -1
		}
		return 1
	})
	return merged
}
