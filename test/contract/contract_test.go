package contract

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	_ "github.com/guardrails-dev/aws-guardrails/internal/remedy" // declares the calls of the project
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

// fewest is a number of calls that the project makes by far: a registry of fewer is not filled.
const fewest = 100

func TestScriptsMakeEveryCallOfTheProject(t *testing.T) {
	if n := len(awsapi.Operations()); n < fewest {
		t.Fatalf("the registry holds %d calls: who declares them is not linked", n)
	}
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
