// Package s3 holds the controls on S3: one a file, each with its test.
package s3

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
