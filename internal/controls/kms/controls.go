// Package kms holds the controls on KMS: one a file, each with its test.
package kms

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
