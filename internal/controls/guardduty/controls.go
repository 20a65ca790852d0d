// Package guardduty holds the controls on GuardDuty: one a file, each with its test.
package guardduty

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
