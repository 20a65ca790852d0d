// Package logs holds the controls on CloudWatch Logs: one a file, each with its test.
package logs

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
