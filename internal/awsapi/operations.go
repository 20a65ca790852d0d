package awsapi

import (
	"slices"
	"strings"
)

// Operation is one AWS call that the project may make. A call that is not listed is refused
// by every session: verbs lie (GetSecretValue reads, and is not for us).
type Operation struct {
	// Name is service:Operation, the service as in the catalogue.
	Name string
	// Permissions are the IAM actions it takes, where they are not the name itself.
	Permissions []string
	// Write says that it changes something: only a session opened for a run may send it, and
	// only in the step that claimed it.
	Write bool
}

func (o Operation) service() string {
	service, _, _ := strings.Cut(o.Name, ":")
	return service
}

// operations are those that were declared, by name.
var operations = map[string]Operation{}

// Operations returns every call that the project may make, by name.
func Operations() []Operation {
	all := make([]Operation, 0, len(operations))
	for _, operation := range operations {
		all = append(all, operation)
	}
	slices.SortFunc(all, func(a, b Operation) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Needs returns the IAM actions that a call takes.
func Needs(name string) []string {
	if operation, ok := operations[name]; ok && len(operation.Permissions) > 0 {
		return operation.Permissions
	}
	service, operation, _ := strings.Cut(name, ":")
	for _, one := range services {
		if one.name == service {
			return []string{one.prefix + ":" + operation}
		}
	}
	return []string{name}
}
