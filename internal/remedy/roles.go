package remedy

import (
	"context"
	"encoding/json"
	"reflect"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory/read"
)

// ownerValue is the value of the owner tag.
const ownerValue = "aws-guardrails"

// role is a role of ours that a service takes, with the one inline policy it has, under its
// own name.
type role struct{ name, description, trust, policy string }

// steps make the role be there with its policy. A role of the name that someone else made is
// not given permissions.
func (r role) steps(s *awsapi.Session) []Step {
	there := func(ctx context.Context) (bool, error) {
		exists, own, err := read.RoleStanding(ctx, s, r.name)
		if err == nil && exists && !own {
			err = &fault.Fault{Class: fault.Conflict, Operation: "iam:CreateRole", Message: "there is a role " + r.name + " that is not ours: it has no tag " + v1alpha1.OwnerTag}
		}
		return exists, err
	}
	return []Step{
		ensure("iam:CreateRole", there, func(ctx context.Context) error {
			err := sent(s.In("").IAM().CreateRole(ctx, &iam.CreateRoleInput{
				RoleName: aws.String(r.name), Description: aws.String(r.description), AssumeRolePolicyDocument: aws.String(r.trust),
				Tags: []types.Tag{{Key: aws.String(v1alpha1.OwnerTag), Value: aws.String(ownerValue)}},
			}))
			if fault.Code(err) == "EntityAlreadyExists" {
				_, err = there(ctx)
			}
			return err
		}),
		ensure("iam:PutRolePolicy",
			func(ctx context.Context) (bool, error) {
				have, err := read.RolePolicy(ctx, s, r.name, r.name)
				return sameJSON(have, r.policy), err
			},
			func(ctx context.Context) error {
				return sent(s.In("").IAM().PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: aws.String(r.name), PolicyName: aws.String(r.name), PolicyDocument: aws.String(r.policy)}))
			},
		),
	}
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && reflect.DeepEqual(x, y)
}

// unless forgives an error by whose code what was sent is so already, as when a first answer
// was lost.
func unless(code string, err error) error {
	if fault.Code(err) == code {
		return nil
	}
	return err
}
