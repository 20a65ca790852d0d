package read

import (
	"errors"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var dataReaders = []reader{
	collection(inventory.Databases, databases, nil),
	collection(inventory.DBSnapshots, dbSnapshots, nil),
	tables,
	dbInstances,
}

// errNoContent is an answer without what was asked for. It is not an absence.
var errNoContent = errors.New("AWS answered without content")
