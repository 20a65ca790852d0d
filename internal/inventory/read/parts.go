package read

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// A reader is made of parts: the list of the resources, what each is asked for, its owner's
// tags. A part stands with the calls that it takes. What a round reads, what a step looks at
// before it writes, which calls pass the guard and which permissions they need follow from it.

// part is one part of a reader of T's.
type part[T inventory.Resource] func(*recipe[T])

// recipe is how the resources of a collection are read.
type recipe[T inventory.Resource] struct {
	collection inventory.Collection[T]
	list       func(ctx context.Context, s *Scope, id string) ([]T, error)
	place      func(context.Context, *Scope, *T) error
	asks       []ask[T]
	tags       func(ctx context.Context, s *Scope, of inventory.Ref) (map[string]string, error)
	gone       string
	uses       []Use
}

// ask is what each resource is asked for.
type ask[T any] struct {
	facet inventory.Facet
	read  func(context.Context, *Scope, *T, *answers) error
	// fails says why it was not asked for.
	fails func(*T, error)
	// none is the code by which AWS says that there is nothing: the zero value.
	none string
	// only says of which resources it can be asked; nil: of all.
	only func(T) bool
	// always: whatever is wanted of the resource, for what else it can be asked depends on it.
	always bool
}

// Use is one call that a reader takes.
type Use struct {
	Collection string
	// Facet it is for; empty for the list and for tags.
	Facet inventory.Facet
	// Whole says that the list takes it, and who looks at one resource again does not.
	Whole bool
	// Always says that the facet is read whatever is wanted, Tags that it is the owner's tags.
	Always, Tags bool
	Call         string
	// On is the type of resource that it names; none where it names none.
	On inventory.Type
	// Gone is the code by which it says that the resource is not there any more.
	Gone string
}

// made declares the reader of a collection.
func made[T inventory.Resource](of inventory.Collection[T], parts ...part[T]) *reader {
	r := &recipe[T]{collection: of}
	own(new(T)) // a fact that embeds no identity does not get past start-up
	for _, part := range parts {
		part(r)
	}
	for i := range r.uses {
		if r.uses[i].Facet != "" {
			r.uses[i].Gone = r.gone
		}
	}
	whole := collection(of, r.all, r.closer())
	whole.one, whole.uses = r.one, r.uses
	return whole
}

// list is how the resources are listed: all, or, for who looks again, the one of the id.
func list[T inventory.Resource](read func(ctx context.Context, s *Scope, id string) ([]T, error), calls ...awsapi.Named) part[T] {
	return func(r *recipe[T]) {
		r.list = read
		r.takes(Use{}, calls...)
	}
}

// wholly are calls that the list takes, but not for who looks again.
func wholly[T inventory.Resource](calls ...awsapi.Named) part[T] {
	return func(r *recipe[T]) { r.takes(Use{Whole: true}, calls...) }
}

// listed is the list by one call: what that is sent, which items each page has, and what each
// item makes.
func listed[T inventory.Resource, I, O, Item any](call awsapi.List[I, O], input I, items func(*O) []Item, made func(*Scope, Item) T) part[T] {
	return list(func(ctx context.Context, s *Scope, _ string) ([]T, error) {
		asked := input
		return gather(ctx, s.AWS, call, &asked, items, func(item Item) T { return made(s, item) })
	}, call)
}

// single is the list where each place has one: the account, or the account in a region.
func single[T inventory.Resource]() part[T] {
	return func(r *recipe[T]) {
		r.list = func(_ context.Context, s *Scope, _ string) ([]T, error) {
			one := make([]T, 1)
			*own(&one[0]) = s.ref(r.collection.Type.Name, s.Region, s.Account, "")
			return one, nil
		}
	}
}

// asked is what each resource is asked for by one call: what that is sent, and what its answer
// says.
func asked[T inventory.Resource, V, I, O any](
	of inventory.Fact[T, V], call awsapi.Call[I, O], input func(inventory.Ref) *I, says func(*O) (V, error), options ...func(*ask[T]),
) part[T] {
	return func(r *recipe[T]) {
		one := ask[T]{facet: of.Facet, fails: func(item *T, err error) { of.Put(item, inventory.Unseen[V](err)) }}
		one.read = func(ctx context.Context, s *Scope, item *T, heard *answers) error {
			var value V
			ref := *own(item)
			out, err := answered(ctx, s, heard, call, ref.Region, input(ref))
			switch {
			case err == nil:
				value, err = says(out)
			case one.none != "" && fault.Code(err) == one.none:
				err = nil
			}
			if err != nil {
				err = fmt.Errorf("reading %s: %w", of.Name, err)
			}
			of.Put(item, observed(s, value, err))
			return err
		}
		for _, option := range options {
			option(&one)
		}
		r.takes(Use{Facet: of.Facet, Always: one.always, On: of.Collection.Type}, call)
		r.asks = append(r.asks, one)
	}
}

// answers are what the calls about one resource answered: one answer may say several facts.
type answers []answer

type answer struct {
	call    string
	in, out any
	err     error
}

// answered makes a call about a resource, unless it was made already.
func answered[I, O any](ctx context.Context, s *Scope, heard *answers, call awsapi.Call[I, O], region string, in *I) (*O, error) {
	for _, a := range *heard {
		if out, ok := a.out.(*O); ok && a.call == call.Name && reflect.DeepEqual(a.in, in) {
			return out, a.err
		}
	}
	out, err := call.In(ctx, s.In(region), in)
	*heard = append(*heard, answer{call.Name, in, out, err})
	return out, err
}

// empty is what a call is sent that asks about the place it is made in.
func empty[I any](inventory.Ref) *I { return new(I) }

// none is the code by which AWS says that there is nothing, which is a value: the zero one.
func none[T any](code string) func(*ask[T]) { return func(a *ask[T]) { a.none = code } }

// always asks for it whatever is wanted.
func always[T any](a *ask[T]) { a.always = true }

// only asks those that have it.
func only[T any](has func(T) bool) func(*ask[T]) { return func(a *ask[T]) { a.only = has } }

// placed is where each resource of a list of all regions lies that does not say so itself. One
// outside the regions in scope is not asked for anything, and is no finding. What one is asked
// for that cannot be placed is unread for that reason, for nothing may be concluded of it.
func placed[T inventory.Resource, I, O any](call awsapi.Call[I, O], input func(inventory.Ref) *I, says func(*O) string) part[T] {
	return func(r *recipe[T]) {
		r.place = func(ctx context.Context, s *Scope, item *T) error {
			ref := own(item)
			if ref.Region != "" {
				return nil
			}
			out, err := call.In(ctx, s.AWS, input(*ref))
			if err != nil {
				return fmt.Errorf("reading its region: %w", err)
			}
			ref.Region = says(out)
			return nil
		}
		r.takes(Use{On: r.collection.Type}, call)
	}
}

// tagged is who owns a resource with which something is wrong, where the list does not say.
func tagged[T inventory.Resource](read func(ctx context.Context, s *Scope, of inventory.Ref) (map[string]string, error), calls ...awsapi.Named) part[T] {
	return func(r *recipe[T]) {
		r.tags = read
		r.takes(Use{Tags: true, On: r.collection.Type}, calls...)
	}
}

// gone is the code by which AWS says that a resource went between the list and the look. Such a
// one is no finding.
func gone[T inventory.Resource](code string) part[T] { return func(r *recipe[T]) { r.gone = code } }

func (r *recipe[T]) takes(use Use, calls ...awsapi.Named) {
	use.Collection = r.collection.Name
	r.uses = append(r.uses, use.by(calls)...)
}

func (u Use) by(calls []awsapi.Named) (all []Use) {
	for _, u.Call = range awsapi.Names(calls) {
		all = append(all, u)
	}
	return all
}

// takes says which calls a reader takes that is not made of parts.
func (r *reader) takes(calls ...awsapi.Named) *reader { return r.takesFor("", calls...) }

// takesFor is the same for a facet of it; one that ends in a colon stands for all that begin so.
func (r *reader) takesFor(facet inventory.Facet, calls ...awsapi.Named) *reader {
	r.uses = append(r.uses, Use{Collection: r.collection, Facet: facet}.by(calls)...)
	return r
}

// all reads the resources of a place, with what is wanted of them.
func (r *recipe[T]) all(ctx context.Context, s *Scope, facets inventory.Facets) ([]T, error) {
	items, err := r.list(ctx, s, "")
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", r.collection.Name, err)
	}
	listed := make([]found[T], len(items))
	for i, item := range items {
		listed[i].item = item
	}
	each(listed, func(f *found[T]) { r.ask(ctx, s, facets, f) })
	items = items[:0]
	for _, f := range listed {
		if !f.gone {
			items = append(items, f.item)
		}
	}
	return items, nil
}

// found is a resource while it is read.
type found[T any] struct {
	item T
	// gone: it went meanwhile, or lies outside the scope.
	gone bool
}

// ask asks a resource for what is wanted of it.
func (r *recipe[T]) ask(ctx context.Context, s *Scope, facets inventory.Facets, f *found[T]) {
	if r.place != nil && !r.reaches(ctx, s, f) {
		return
	}
	var heard answers
	for _, ask := range r.asks {
		if !ask.always && !facets.Has(ask.facet) || ask.only != nil && !ask.only(f.item) {
			continue
		}
		err := ask.read(ctx, s, &f.item, &heard)
		f.gone = f.gone || r.isGone(err)
	}
}

// reaches says whether a resource is known to lie in scope.
func (r *recipe[T]) reaches(ctx context.Context, s *Scope, f *found[T]) bool {
	err := r.place(ctx, s, &f.item)
	if err == nil {
		f.gone = !slices.Contains(s.Regions, own(&f.item).Region)
		return !f.gone
	}
	f.gone = r.isGone(err)
	for _, ask := range r.asks {
		ask.fails(&f.item, err)
	}
	return false
}

func (r *recipe[T]) isGone(err error) bool { return r.gone != "" && fault.Code(err) == r.gone }

// one reads one resource again, for one fact.
func (r *recipe[T]) one(ctx context.Context, s *Scope, ref inventory.Ref, facet inventory.Facet) (any, error) {
	if facet != "" {
		var item T
		*own(&item) = ref
		at := slices.IndexFunc(r.asks, func(a ask[T]) bool { return a.facet == facet })
		if at < 0 {
			return nil, fmt.Errorf("reading %s %s: nothing asks for it", r.collection.Name, facet)
		}
		return item, r.asks[at].read(ctx, s, &item, new(answers))
	}
	items, err := r.list(ctx, s, ref.ID)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", ref.ID, err)
	}
	for _, item := range items {
		if item.Reference().ID == ref.ID {
			return item, nil
		}
	}
	return nil, &fault.Fault{Class: fault.NotFound, Message: "there is no " + ref.ID + " among " + r.collection.Name}
}

func (r *recipe[T]) closer() func(context.Context, *Scope, T) T {
	if r.tags == nil {
		return nil
	}
	return func(ctx context.Context, s *Scope, item T) T {
		tags, err := r.tags(ctx, s, item.Reference())
		if err != nil {
			err = fmt.Errorf("reading tags: %w", err)
		}
		own(&item).Tags = observed(s, tags, err)
		return item
	}
}

// own is the identity that a resource embeds.
func own[T any](item *T) *inventory.Ref {
	has, ok := any(item).(interface{ Own() *inventory.Ref })
	if !ok {
		panic(fmt.Sprintf("read: %T embeds no inventory.Ref, or hides its Own", item))
	}
	return has.Own()
}

// again reads a fact of one resource.
func again[T inventory.Resource, V any](ctx context.Context, session *awsapi.Session, of inventory.Fact[T, V], ref inventory.Ref) (V, error) {
	var none V
	for _, r := range readers {
		if r.collection != of.Collection.Name || r.one == nil {
			continue
		}
		found, err := r.one(ctx, &Scope{Session: session, AWS: session.In(ref.Region), Region: ref.Region, AsOf: session.Now()}, ref, of.Facet)
		if err != nil {
			return none, err
		}
		if item, ok := found.(T); ok {
			return of.Of(item)
		}
	}
	return none, fmt.Errorf("reading %s %s: no reader is registered for it", of.Collection.Name, of.Name)
}

// Uses are the calls of all readers.
func Uses() []Use {
	var all []Use
	for _, r := range readers {
		all = append(all, r.uses...)
	}
	return all
}

// gather makes something of each item of all pages.
func gather[I, O, Item, T any](ctx context.Context, in *awsapi.Clients, call awsapi.List[I, O], input *I, items func(*O) []Item, made func(Item) T) ([]T, error) {
	var all []T
	err := call.In(ctx, in, input, func(page *O) error {
		for _, item := range items(page) {
			all = append(all, made(item))
		}
		return nil
	})
	return all, err
}

// same is an item that is what it is.
func same[T any](item T) T { return item }

// byKey makes a map of tags.
func byKey[T any](tags []T, pair func(T) (key, value *string)) map[string]string {
	all := make(map[string]string, len(tags))
	for _, tag := range tags {
		key, value := pair(tag)
		all[aws.ToString(key)] = aws.ToString(value)
	}
	return all
}
