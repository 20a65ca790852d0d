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

// The registry names each operation once, and every write says by its verb that it is one.
func TestRegistry(t *testing.T) {
	all := 0
	for _, list := range [][]Operation{stsOperations, iamOperations, s3Operations, ec2Operations, kmsOperations, dataOperations, loggingOperations, threatOperations} {
		for _, operation := range list {
			if operations[operation.Name].Write != operation.Write {
				t.Errorf("%s is listed as a read and as a write", operation.Name)
			}
		}
		all += len(list)
	}
	if all == 0 {
		t.Error("the registry is empty")
	}
	for _, operation := range Operations() {
		service, name, ok := strings.Cut(operation.Name, ":")
		if !ok || service == "" || name == "" {
			t.Errorf("%q is no service:Operation", operation.Name)
		}
		for _, verb := range []string{"Put", "Create", "Delete", "Update", "Modify", "Enable", "Disable", "Attach", "Detach", "Authorize", "Revoke", "Start", "Stop", "Set", "Remove", "Add"} {
			if strings.HasPrefix(name, verb) && !operation.Write {
				t.Errorf("%s is listed as a read", operation.Name)
			}
		}
		for _, action := range Needs(operation.Name) {
			if prefix, name, ok := strings.Cut(action, ":"); !ok || prefix == "s3control" || strings.ContainsAny(name, "*, ") {
				t.Errorf("%s needs %q, which is no IAM action", operation.Name, action)
			}
		}
	}
}
