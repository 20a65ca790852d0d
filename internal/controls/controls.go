// Package controls lists every control that is implemented.
package controls

import (
	"slices"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/controls/account"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/cloudtrail"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/cloudwatch"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/config"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/dynamodb"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/ec2"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/elb"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/guardduty"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/iam"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/kms"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/logs"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/rds"
	"github.com/guardrails-dev/aws-guardrails/internal/controls/s3"
	"github.com/guardrails-dev/aws-guardrails/internal/posture"
)

// All returns every control, in order of id.
func All() []posture.Control {
	all := slices.Concat(
		account.Controls.All(), cloudtrail.Controls.All(), cloudwatch.Controls.All(), config.Controls.All(), dynamodb.Controls.All(), ec2.Controls.All(), elb.Controls.All(),
		guardduty.Controls.All(), iam.Controls.All(), kms.Controls.All(), logs.Controls.All(), rds.Controls.All(), s3.Controls.All(),
	)
	slices.SortFunc(all, func(a, b posture.Control) int { return strings.Compare(a.ID, b.ID) })
	return all
}
