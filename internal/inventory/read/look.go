package read

import (
	"context"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Look is what a step reads again of one thing, which K names, just before it writes.
type Look[K, V any] struct {
	// Calls it takes, by name.
	Calls []string
	read  func(context.Context, *awsapi.Session, K) (V, error)
}

// look makes one of a function and the calls in it.
func look[K, V any](read func(context.Context, *awsapi.Session, K) (V, error), calls ...awsapi.Named) Look[K, V] {
	return Look[K, V]{Calls: awsapi.Names(calls), read: read}
}

// Again is the look at a fact of a resource.
func Again[T inventory.Resource, V any](fact inventory.Fact[T, V]) Look[inventory.Ref, V] {
	var calls []string
	for _, use := range Uses() {
		if use.Collection == fact.Collection.Name && use.Facet == fact.Facet && !use.Tags && !use.Whole {
			calls = append(calls, use.Call)
		}
	}
	return Look[inventory.Ref, V]{Calls: calls, read: func(ctx context.Context, s *awsapi.Session, of inventory.Ref) (V, error) {
		return again(ctx, s, fact, of)
	}}
}

// Of reads it.
func (l Look[K, V]) Of(ctx context.Context, s *awsapi.Session, key K) (V, error) {
	return l.read(ctx, s, key)
}
