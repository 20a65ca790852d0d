// Package ec2 holds the controls on EC2, EBS and VPC: one a file, each with its test.
package ec2

import "github.com/guardrails-dev/aws-guardrails/internal/posture"

// Controls of this package.
var Controls posture.Set
