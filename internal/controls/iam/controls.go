// Package iam holds the controls on IAM: one a file, each with its test.
package iam

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
