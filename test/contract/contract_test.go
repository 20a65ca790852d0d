package contract

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func TestFakeKnowsTheScript(t *testing.T) {
	results, err := Play(t.Context(), fakeaws.New().ConfigFor, Scripts())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if strings.Contains(r.Error, "FakeDoesNotKnow") {
			t.Errorf("%s: %s", r.Step, r.Error)
		}
	}
}

func TestScriptsMakeEveryCallOfTheProject(t *testing.T) {
	results, err := Play(t.Context(), fakeaws.New().ConfigFor, Scripts())
	if err != nil {
		t.Fatal(err)
	}
	answered, made := map[string]bool{}, map[string]bool{}
	for _, r := range results {
		made[r.Operation] = true
		answered[r.Operation] = answered[r.Operation] || r.Error == ""
	}
	for _, operation := range awsapi.Operations() {
		switch {
		case !made[operation.Name]:
			t.Errorf("%s is in no script", operation.Name)
		case !answered[operation.Name]:
			t.Errorf("%s only fails in the scripts", operation.Name)
		}
	}
}
