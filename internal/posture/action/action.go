// Package action holds every intended change as plain data: what it touches, what is there,
// what will be there, which calls it takes and what it risks. Nothing here writes: package
// remedy does.
package action

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// Action is one intended change. Its fields are its content: what is there (the before-image)
// and what will be there.
type Action interface {
	// Describe says everything that a person is shown and that the brakes look at.
	Describe() Description
	// Undo says how the action is taken back once these calls of it changed something, or why
	// it cannot be.
	Undo(done []string) Undoing
}

// Description is what an action is, for people, limits and protection.
type Description struct {
	// Target is the resource that changes.
	Target inventory.Ref
	// Collection that the target counts in, for the limit in percent.
	Collection string
	// Setting of the target that changes; two actions on one setting must agree.
	Setting string
	// Title is one line: "block public access".
	Title string
	// From and To are what is there and what will be there, for a person to compare.
	From, To string
	Risk     v1alpha1.Risk
	// Calls are the AWS calls it makes, in order, as service:Operation.
	Calls []string
	// Keys are the KMS keys that AWS is made to encrypt with, as AWS is told them.
	Keys []string
	// Touches are further resources that it changes or creates, by ARN or name.
	Touches []string
}

// Target is what an action needs to know of its resource to find it again.
type Target struct {
	Account   string `json:"account"`
	Partition string `json:"partition"`
	Region    string `json:"region,omitempty"`
	Type      string `json:"type"`
	ID        string `json:"id"`
	ARN       string `json:"arn,omitempty"`
}

// On returns the target that a resource is.
func On(r inventory.Resource) Target {
	ref := r.Reference()
	return Target{Account: ref.Account, Partition: ref.Partition, Region: ref.Region, Type: ref.Type, ID: ref.ID, ARN: ref.ARN}
}

// Ref returns the resource that the target names.
func (t Target) Ref() inventory.Ref {
	return inventory.Ref{Account: t.Account, Partition: t.Partition, Region: t.Region, Type: t.Type, ID: t.ID, ARN: t.ARN}
}

// TypeOf returns the name that an action's type has in a run: of a Set, its setting's.
func TypeOf(a Action) string {
	if set, ok := a.(Set); ok {
		return set.of.name()
	}
	return reflect.TypeOf(a).Name()
}

// Encode returns an action's content.
func Encode(a Action) ([]byte, error) {
	content, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encoding %s: %w", TypeOf(a), err)
	}
	return content, nil
}

// Decode returns the action of the type with the content.
func Decode(typeName string, content []byte) (Action, error) {
	return decodeAs(append(Types(), Undo{}), typeName, content)
}

func decodeAs(types []Action, typeName string, content []byte) (Action, error) {
	for _, known := range types {
		if TypeOf(known) != typeName {
			continue
		}
		if set, ok := known.(Set); ok {
			decoded, err := set.of.decode(content)
			if err != nil {
				return nil, fmt.Errorf("decoding %s: %w", typeName, err)
			}
			return decoded, nil
		}
		fresh := reflect.New(reflect.TypeOf(known))
		if err := json.Unmarshal(content, fresh.Interface()); err != nil {
			return nil, fmt.Errorf("decoding %s: %w", typeName, err)
		}
		decoded, ok := fresh.Elem().Interface().(Action)
		if !ok {
			break
		}
		return decoded, nil
	}
	return nil, fmt.Errorf("decoding an action: the type %q is not known to this version", typeName)
}

// Hash is an action's identity: its type and content.
func Hash(a Action) (string, error) {
	content, err := Encode(a)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(TypeOf(a)+"\n"), content...))
	return hex.EncodeToString(sum[:])[:20], nil
}
