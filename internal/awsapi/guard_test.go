package awsapi

import (
	"context"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/fault"
)

// Every operation of the registry, in every kind of session, with every kind of permit.
func TestAllowed(t *testing.T) {
	for _, operation := range Operations() {
		own, other := Permit(t.Context(), operation.Name), Permit(t.Context(), "s3:DeleteEverything")
		for _, row := range []struct {
			name     string
			ctx      context.Context
			writable bool
			want     bool
		}{
			{"read-only", t.Context(), false, !operation.Write},
			{"read-only with its permit", own, false, !operation.Write},
			{"for a run", t.Context(), true, !operation.Write},
			{"for a run with another permit", other, true, !operation.Write},
			{"for a run with its permit", own, true, true},
		} {
			err := allowed(row.ctx, operation.Name, row.writable)
			if (err == nil) != row.want || err != nil && !fault.Is(err, fault.ReadOnly) {
				t.Errorf("%s, %s: got %v", operation.Name, row.name, err)
			}
		}
	}
}

// What is not in the registry is refused, read or write, permitted or not.
func TestUnknownOperationsAreRefused(t *testing.T) {
	for _, name := range []string{"secretsmanager:GetSecretValue", "s3:GetObject", "s3:DeleteBucket", "iam:CreateUser", ""} {
		if err := allowed(Permit(t.Context(), name), name, true); !fault.Is(err, fault.ReadOnly) || !strings.Contains(err.Error(), "not in the registry") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
