// Package config holds the controls on AWS Config: one a file, each with its test.
package config

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
