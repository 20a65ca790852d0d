// Package cloudwatch holds the controls on alarms: one a file, each with its test.
package cloudwatch

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
