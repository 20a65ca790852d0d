package iamgrant_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
	"github.com/guardrails-dev/aws-guardrails/internal/iampolicy"
)

func names(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%04d", prefix, i)
	}
	return all
}

// Statements that do not fit into one policy go into several, and a statement that does not fit
// by itself is cut: nothing is lost and no pair of action and resource is added.
func TestPack(t *testing.T) {
	for name, statements := range map[string][]iampolicy.Statement{
		"many statements": func() (all []iampolicy.Statement) {
			for i := range 40 {
				all = append(all, iampolicy.Statement{Sid: fmt.Sprint("S", i), Effect: "Allow", Action: names("service:Action", 20), Resource: []string{"*"}})
			}
			return all
		}(),
		"many resources": {{Sid: "R", Effect: "Deny", Action: names("iam:Action", 20), Resource: names("arn:aws:iam::111111111111:user/break-glass-", 400)}},
		"many actions":   {{Sid: "A", Effect: "Allow", Action: names("service:Action", 900), Resource: []string{"*"}}},
	} {
		t.Run(name, func(t *testing.T) {
			documents, err := iamgrant.Pack(statements)
			if err != nil {
				t.Fatal(err)
			}
			if len(documents) < 2 {
				t.Errorf("%d documents, want several", len(documents))
			}
			var packed []iampolicy.Statement
			for _, document := range documents {
				if document.Size() > iamgrant.MaxSize {
					t.Errorf("%d characters", document.Size())
				}
				packed = append(packed, document.Statement...)
			}
			if got, want := pairs(packed), pairs(statements); !reflect.DeepEqual(got, want) {
				t.Errorf("%d pairs, want %d", len(got), len(want))
			}
		})
	}
}

func pairs(statements []iampolicy.Statement) map[string]bool {
	all := map[string]bool{}
	for _, s := range statements {
		for _, action := range s.Action {
			for _, resource := range s.Resource {
				all[s.Effect+" "+action+" "+resource] = true
			}
		}
	}
	return all
}

func TestPackRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		statement iampolicy.Statement
		says      string
	}{
		"more than a role takes":  {iampolicy.Statement{Sid: "R", Effect: "Deny", Action: []string{"iam:DeleteUser"}, Resource: names("arn:aws:iam::111111111111:user/break-glass-", 2000)}, "and IAM attaches 10"},
		"what cannot be cut":      {iampolicy.Statement{Sid: "Long", Effect: "Allow", Action: []string{"a:B"}, Resource: []string{strings.Repeat("x", 7000)}}, "statement Long does not fit"},
		"what cannot be cut more": {iampolicy.Statement{Sid: "Long", Effect: "Allow", Action: []string{"a:B", "a:C"}, Resource: []string{strings.Repeat("x", 7000)}}, "does not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := iamgrant.Pack([]iampolicy.Statement{row.statement}); err == nil || !strings.Contains(err.Error(), row.says) {
				t.Errorf("got %v, want %q", err, row.says)
			}
		})
	}
}

func TestSiteOf(t *testing.T) {
	account := func(principals ...string) *v1alpha1.AWSAccount {
		a := &v1alpha1.AWSAccount{Spec: v1alpha1.AWSAccountSpec{AccountID: "111111111111", Partition: "aws-cn", RemediationRoleARN: "arn:aws-cn:iam::111111111111:role/mend"}}
		a.Spec.Guard.Protected.Principals = principals
		return a
	}
	site, err := iamgrant.SiteOf(account("break-glass*", "arn:aws-cn:iam::111111111111:user/people/ada", "arn:aws-cn:sts::111111111111:assumed-role/Admin/eve"))
	if err != nil {
		t.Fatal(err)
	}
	if site.Home != "cn-north-1" || site.Partition != "aws-cn" || !slices.Equal(site.Own, []string{"arn:aws-cn:iam::111111111111:role/mend"}) {
		t.Errorf("got %+v", site)
	}
	for _, bad := range []string{`a"b`, "arn:aws:s3:::bucket", "a b", "${aws:username}", ""} {
		if _, err := iamgrant.SiteOf(account("fine", bad)); err == nil || !strings.Contains(err.Error(), "guard.protected.principals[1]") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func TestTrust(t *testing.T) {
	document, err := iamgrant.Trust("arn:aws:iam::999999999999:role/operator", "secret-handshake")
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AssumedByTheOperator",
      "Effect": "Allow",
      "Principal": {
        "AWS": "arn:aws:iam::999999999999:role/operator"
      },
      "Action": [
        "sts:AssumeRole",
        "sts:SetSourceIdentity",
        "sts:TagSession"
      ],
      "Condition": {
        "StringEquals": {
          "sts:ExternalId": "secret-handshake"
        }
      }
    }
  ]
}
`
	if got := document.Text(); got != want {
		t.Errorf("got %s", got)
	}
	if _, err := iamgrant.Trust("arn:aws:iam::999999999999:user/me", ""); err == nil {
		t.Error("a user is taken for a role")
	}
}
