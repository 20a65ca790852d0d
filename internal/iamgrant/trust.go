package iamgrant

import (
	"fmt"
	"regexp"

	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

var roleARN = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+$`)

// Trust returns the trust policy of both roles in an account: the operator's own role assumes
// them and nobody else does, where there is an external id only by it. EKS Pod Identity passes
// its session tags on, and the operator may say which object acts.
func Trust(operator, externalID string) (Document, error) {
	if !roleARN.MatchString(operator) {
		return Document{}, fmt.Errorf("%q is not the ARN of a role", operator)
	}
	statement := iampolicy.Statement{
		Sid: "AssumedByTheOperator", Effect: "Allow", Principal: map[string]string{"AWS": operator},
		Action: []string{"sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"},
	}
	if externalID != "" {
		statement.Condition = condition{"StringEquals": {"sts:ExternalId": externalID}}
	}
	return documentOf(statement), nil
}
