package app_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/cmd/kubectl-guardrails/app"
)

var update = flag.Bool("update", false, "write the golden files")

const samples = "../../../config/samples"

// run runs the plugin with the input, and returns what it prints.
func run(input string, arguments ...string) (out, warnings string, err error) {
	var stdout, stderr bytes.Buffer
	command := app.New(strings.NewReader(input), &stdout, &stderr)
	command.SetArgs(arguments)
	err = command.Execute()
	return stdout.String(), stderr.String(), err
}

// What is printed for the samples is what people see; it changes knowingly.
func TestSamples(t *testing.T) {
	for name, arguments := range map[string][]string{
		"samples.txt":         {"--undo", "--trust", "arn:aws:iam::999999999999:role/guardrails-operator"},
		"samples-explain.txt": {"--undo", "--explain"},
	} {
		t.Run(name, func(t *testing.T) {
			out, warnings, err := run("", append([]string{"iam-policy", "-f", samples}, arguments...)...)
			if err != nil || warnings != "" {
				t.Fatal(err, warnings)
			}
			golden := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(golden, []byte(out), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if out != string(want) {
				t.Errorf("%s is not what is printed; if it should be, run the test with -update:\n%s", golden, out)
			}
		})
	}
}

// The same documents as one JSON list, for programs.
func TestJSON(t *testing.T) {
	out, _, err := run("", "iam-policy", "-f", samples, "--account", "111111111111", "--role", "audit", "-o", "json")
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Account, AccountID, Role, Name string
		Document                       struct {
			Version   string
			Statement []struct{ Sid, Effect string }
		}
	}
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].Account != "production" || all[0].AccountID != "111111111111" || all[0].Role != "audit" || all[0].Name != "guardrails-audit" ||
		all[0].Document.Version != "2012-10-17" || len(all[0].Document.Statement) < 10 {
		t.Errorf("got %+v", all)
	}
}

const account = `apiVersion: aws.guardrails.dev/v1alpha1
kind: AWSAccount
metadata: {name: one, namespace: security, labels: {environment: production}}
spec:
  accountID: "111122223333"
  guard: {maxEnforcement: Enforce}
`

func baseline(namespace, selector, enforcement string) string {
	return `---
apiVersion: aws.guardrails.dev/v1alpha1
kind: SecurityBaseline
metadata: {name: b, namespace: ` + namespace + `}
spec:
  accountSelector: ` + selector + `
  enforcement: ` + enforcement + `
  posture: {dataAtRest: {s3BucketVersioning: {}}}
`
}

// Baselines are merged as the operator merges them: those of the account's namespace that
// select it, under its guard.
func TestMerging(t *testing.T) {
	const writes, reads = "s3:PutBucketVersioning", "s3:GetBucketVersioning"
	for name, row := range map[string]struct {
		input    string
		want     []string
		not      []string
		warnings string
	}{
		"selected":                {account + baseline("security", "{matchLabels: {environment: production}}", "Enforce"), []string{writes, reads, "guardrails-remediation"}, nil, ""},
		"suspended":               {account + baseline("security", "{}", "Enforce\n  suspend: true"), []string{writes, reads}, nil, ""},
		"audited":                 {account + baseline("security", "{}", "Audit"), []string{reads}, []string{writes}, "only audited"},
		"under a guard's audit":   {strings.Replace(account, ": Enforce}", ": Audit}", 1) + baseline("security", "{}", "Enforce"), []string{reads}, []string{writes}, "its guard.maxEnforcement is Audit"},
		"not selected":            {account + baseline("security", "{matchLabels: {environment: test}}", "Enforce"), []string{"ec2:DescribeRegions"}, []string{writes, reads}, "declares anything for account one"},
		"of another namespace":    {account + baseline("elsewhere", "{}", "Enforce"), []string{"ec2:DescribeRegions"}, []string{writes, reads}, "declares anything for account one"},
		"among other kinds":       {"apiVersion: v1\nkind: Namespace\nmetadata: {name: security}\n---\n" + account + baseline("security", "{}", "Enforce"), []string{writes}, nil, ""},
		"a list, as kubectl gets": {"apiVersion: v1\nkind: List\nitems:\n- " + strings.ReplaceAll(strings.TrimSpace(account), "\n", "\n  ") + "\n" + baseline("security", "{}", "Enforce"), []string{writes}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			out, warnings, err := run(row.input, "iam-policy", "-f", "-")
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range row.want {
				if !strings.Contains(out, want) {
					t.Errorf("%s is not there", want)
				}
			}
			for _, not := range row.not {
				if strings.Contains(out, not) {
					t.Errorf("%s is there", not)
				}
			}
			if !strings.Contains(warnings, row.warnings) || row.warnings == "" && warnings != "" {
				t.Errorf("warns %q, want %q", warnings, row.warnings)
			}
		})
	}
}

// Bad input is refused in one sentence that says where it is.
func TestBadInput(t *testing.T) {
	enforced := baseline("security", "{}", "Enforce")
	for name, row := range map[string]struct {
		input     string
		arguments []string
		says      string
	}{
		"no files":                {"", nil, "name files"},
		"a file that is not":      {"", []string{"-f", "nowhere.yaml"}, "nowhere.yaml: no such file"},
		"nothing":                 {"", []string{"-f", "-"}, "there is no AWSAccount in -"},
		"another account":         {account, []string{"-f", "-", "--account", "two"}, "there is no AWSAccount two in -"},
		"no YAML":                 {"kind: [", []string{"-f", "-"}, "reading what came in"},
		"an unknown field":        {account + "  acountName: x\n", []string{"-f", "-"}, `unknown field "spec.acountName"`},
		"a field in another case": {strings.Replace(account, "accountID", "accountId", 1), []string{"-f", "-"}, `unknown field "spec.accountId"`},
		"another version":         {strings.Replace(account, "v1alpha1", "v2", 1), []string{"-f", "-"}, "this version knows aws.guardrails.dev/v1alpha1"},
		"an id without quotes":    {strings.Replace(account, `"111122223333"`, "111122223333", 1), []string{"-f", "-"}, "reading what came in: AWSAccount"},
		"a short id":              {strings.Replace(account, "111122223333", "1111", 1), []string{"-f", "-"}, `AWSAccount "one": spec.accountID: Invalid value: "1111"`},
		"a role of another":       {account + "  auditRoleARN: arn:aws:iam::999999999999:role/r\n", []string{"-f", "-"}, "auditRoleARN must be a role of the account in accountID"},
		"one role for both":       {account + "  auditRoleARN: arn:aws:iam::111122223333:role/r\n  remediationRoleARN: arn:aws:iam::111122223333:role/r\n", []string{"-f", "-"}, "auditRoleARN and remediationRoleARN must be different roles"},
		"a guard unknown":         {strings.Replace(account, ": Enforce}", ": enforce}", 1), []string{"-f", "-"}, `spec.guard.maxEnforcement: Unsupported value: "enforce"`},
		"an enforcement unknown":  {account + strings.Replace(enforced, "Enforce", "Maybe", 1), []string{"-f", "-"}, `spec.enforcement: Unsupported value: "Maybe"`},
		"a leaf's unknown":        {account + strings.Replace(enforced, "s3BucketVersioning: {}", "s3BucketVersioning: {enforcement: Always}", 1), []string{"-f", "-"}, `spec.posture.dataAtRest.s3BucketVersioning.enforcement: Unsupported value: "Always"`},
		"a bucket of any name":    {account + strings.Replace(enforced, "dataAtRest: {s3BucketVersioning: {}}", `logging: {s3AccessLogging: {bucketName: "*", region: eu-west-1}}`, 1), []string{"-f", "-"}, "spec.posture.logging.s3AccessLogging.bucketName: Invalid value"},
		"a name that rings":       {strings.Replace(account, "name: one", `name: "one\x1b[2J"`, 1), []string{"-f", "-"}, `AWSAccount "one\x1b[2J": metadata.name: Invalid value: "one\x1b[2J"`},
		"a namespace that rings":  {strings.Replace(account, "namespace: security", `namespace: "a\x07"`, 1), []string{"-f", "-"}, `metadata.namespace: Invalid value: "a\a"`},
		"a principal":             {strings.Replace(account, "Enforce}", `Enforce, protected: {principals: ["a b"]}}`, 1), []string{"-f", "-"}, `guard.protected.principals[0] "a b" is neither`},
		"a role unknown":          {account, []string{"-f", "-", "--role", "both"}, "--role both is neither"},
		"an output unknown":       {account, []string{"-f", "-", "-o", "yaml"}, "-o yaml is not json"},
		"no operator":             {account, []string{"-f", "-", "--trust", "me"}, `"me" is not the ARN of a role`},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := run(row.input, append([]string{"iam-policy"}, row.arguments...)...)
			if err == nil || !strings.Contains(err.Error(), row.says) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %q", err, row.says)
			}
			if out != "" {
				t.Errorf("printed %s", out)
			}
		})
	}
}
