package inventory

// Fact is one thing to know of each resource of a collection: what a control judges, and what
// a setting changes.
type Fact[T Resource, V any] struct {
	Collection[T]
	// Name of it in plans: PointInTimeRecovery.
	Name string
	// Facet that reads it, by calls of its own for each resource; empty where the list tells it.
	Facet Facet

	get func(T) (V, error)
	put func(*T, Observed[V])
}

// Asked is a fact that each resource is asked for, and the field that keeps it.
func Asked[T Resource, V any](of Collection[T], name string, field func(*T) *Observed[V]) Fact[T, V] {
	return Fact[T, V]{
		Collection: of, Name: name, Facet: Facet(name),
		get: func(item T) (V, error) { return field(&item).Get() },
		put: func(item *T, value Observed[V]) { *field(item) = value },
	}
}

// Listed is a fact that the list of the collection tells of each resource.
func Listed[T Resource, V any](of Collection[T], name string, field func(T) V) Fact[T, V] {
	return Fact[T, V]{Collection: of, Name: name, get: func(item T) (V, error) { return field(item), nil }}
}

// Of returns what is known of a resource, or why it is not.
func (f Fact[T, V]) Of(item T) (V, error) { return f.get(item) }

// Put keeps what a resource answered.
func (f Fact[T, V]) Put(item *T, value Observed[V]) { f.put(item, value) }

// Selection is the collection with the facet that reads the fact.
func (f Fact[T, V]) Selection() Selection[T] {
	if f.Facet == "" {
		return f.With()
	}
	return f.With(f.Facet)
}
