// Package dynamodb holds the controls on DynamoDB: one a file, each with its test.
package dynamodb

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
