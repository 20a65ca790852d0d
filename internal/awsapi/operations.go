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

// reads and writes list operations whose IAM action is their own name.
func reads(names ...string) []Operation  { return list(false, names) }
func writes(names ...string) []Operation { return list(true, names) }

func list(write bool, names []string) []Operation {
	operations := make([]Operation, len(names))
	for i, name := range names {
		operations[i] = Operation{Name: name, Write: write}
	}
	return operations
}

var operations = index(
	stsOperations, iamOperations, s3Operations, ec2Operations, kmsOperations, dataOperations, loggingOperations, threatOperations,
)

var stsOperations = slices.Concat(
	reads("sts:GetCallerIdentity"),
)

func index(lists ...[]Operation) map[string]Operation {
	byName := map[string]Operation{}
	for _, operation := range slices.Concat(lists...) {
		byName[operation.Name] = operation
	}
	return byName
}

// declare puts an operation into the registry. Declared twice, by different readers, it is one.
func declare(operation Operation) Operation {
	if have, known := operations[operation.Name]; known {
		if have.Write != operation.Write {
			panic("awsapi: " + operation.Name + " is declared as a read and as a write")
		}
		return have
	}
	operations[operation.Name] = operation
	return operation
}

// ReadsBy declares by their names the calls that a reader of several makes. They change nothing.
func ReadsBy(names ...string) []string {
	for _, operation := range reads(names...) {
		declare(operation)
	}
	return names
}

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
