// Package rds holds the controls on RDS: one a file, each with its test.
package rds

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
