// Package elb holds the controls on Elastic Load Balancing: one a file, each with its test.
package elb

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
