// Package cloudtrail holds the controls on CloudTrail: one a file, each with its test.
package cloudtrail

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
