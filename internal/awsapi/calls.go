package awsapi

import (
	"context"
	"reflect"
	"slices"
	"strings"
)

// Named is a call that was declared.
type Named interface{ Declared() Operation }

// Declared implements Named.
func (o Operation) Declared() Operation { return o }

// Names are what the calls are named.
func Names(calls []Named) []string {
	names := make([]string, len(calls))
	for i, call := range calls {
		names[i] = call.Declared().Name
	}
	return names
}

// Call is one operation of AWS: the SDK's own method for it. It is named as the method's input
// is, so that what is called and what is listed cannot differ.
type Call[I, O any] struct {
	Operation
	send func(context.Context, *Clients, *I) (*O, error)
}

// Reads declares a call that changes nothing. It is for the initialisation of packages: what is
// not declared by then is refused. Permissions are the IAM actions it takes, where they are not
// its name.
func Reads[C, I, O, P any](method func(*C, context.Context, *I, ...func(*P)) (*O, error), permissions ...string) Call[I, O] {
	return called(method, Operation{Permissions: permissions})
}

// Writes declares a call that changes something, as Reads does.
func Writes[C, I, O, P any](method func(*C, context.Context, *I, ...func(*P)) (*O, error), permissions ...string) Call[I, O] {
	return called(method, Operation{Permissions: permissions, Write: true})
}

func called[C, I, O, P any](method func(*C, context.Context, *I, ...func(*P)) (*O, error), operation Operation) Call[I, O] {
	return Call[I, O]{Operation: declare[I](operation), send: func(ctx context.Context, c *Clients, in *I) (*O, error) {
		return method(Client[C](c), ctx, in)
	}}
}

// In makes the call in a region.
func (c Call[I, O]) In(ctx context.Context, clients *Clients, in *I) (*O, error) {
	return c.send(ctx, clients, in)
}

// Pager is what the SDK goes through the pages of a list with.
type Pager[O, P any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*P)) (*O, error)
}

// List is an operation of AWS that answers in pages: the SDK's own paginator of it.
type List[I, O any] struct {
	Operation
	next func(*Clients, *I) (more func() bool, page func(context.Context) (*O, error))
}

// Lists declares a call that lists and changes nothing, as Reads does.
func Lists[A, I, O, P, Q any, G Pager[O, P]](pages func(A, *I, ...func(*Q)) G, permissions ...string) List[I, O] {
	operation := declare[I](Operation{Permissions: permissions})
	service := operation.service()
	return List[I, O]{Operation: operation, next: func(c *Clients, in *I) (func() bool, func(context.Context) (*O, error)) {
		client, _ := c.Of(service).(A)
		pager := pages(client, in)
		return pager.HasMorePages, func(ctx context.Context) (*O, error) { return pager.NextPage(ctx) }
	}}
}

// In gives each page to a function, until there is none or it errs.
func (l List[I, O]) In(ctx context.Context, clients *Clients, in *I, take func(*O) error) error {
	more, next := l.next(clients, in)
	for more() {
		page, err := next(ctx)
		if err != nil {
			return err
		}
		if err := take(page); err != nil {
			return err
		}
	}
	return nil
}

// declare puts the operation that an input is of into the registry. Declared twice, by different
// readers, it is one.
func declare[I any](operation Operation) Operation {
	input := reflect.TypeFor[I]()
	operation.Name = serviceOf(input) + ":" + strings.TrimSuffix(input.Name(), "Input")
	have, known := operations[operation.Name]
	if known && (have.Write != operation.Write || !slices.Equal(have.Permissions, operation.Permissions)) {
		panic("awsapi: " + operation.Name + " is declared in two ways")
	}
	operations[operation.Name] = operation
	return operation
}

// serviceOf returns what the catalogue calls the service that an input is sent to. A call of a
// service that is not listed does not get past start-up: calls are declared while packages
// initialise.
func serviceOf(input reflect.Type) string {
	at := slices.IndexFunc(services, func(s service) bool { return s.client.PkgPath() == input.PkgPath() })
	if at < 0 {
		panic("awsapi: " + input.String() + " is for no service in the list")
	}
	return services[at].name
}
