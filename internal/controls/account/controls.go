// Package account holds the controls on the account's own contacts: one a file, each with its test.
package account

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
