package read

import (
	"errors"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = []*reader{
	collection(inventory.Databases, databases, nil).takes(describeDBClusters, describeDBInstances),
	collection(inventory.DBSnapshots, dbSnapshots, nil).takes(describeDBSnapshots, describeDBClusterSnapshots).
		takesFor(inventory.DBSnapshotSharing, describeDBSnapshotAttributes, describeDBClusterSnapshotAttributes),
}

// errNoContent is an answer without what was asked for. It is not an absence.
var errNoContent = errors.New("AWS answered without content")
