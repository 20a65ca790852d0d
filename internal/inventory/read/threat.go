package read

import "github.com/guardrails-dev/aws-guardrails/internal/inventory"

var threatReaders = []reader{
	collection(inventory.Detectors, detectors, nil),
	collection(inventory.SecurityContacts, securityContacts, nil),
}
