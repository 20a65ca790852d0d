package main

import (
	"strings"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/catalogue"
)

func TestRender(t *testing.T) {
	all, done := catalogue.All(), implemented()
	page := render(all, done)
	if render(all, done) != page {
		t.Error("the page differs from one time to the next")
	}
	for _, c := range all {
		if strings.Count(page, "\n### "+c.ID+"\n") != 1 {
			t.Errorf("%s is not on the page once", c.ID)
		}
	}
	for id, path := range done {
		if !strings.Contains(page, "`spec.posture."+path+"`") || path == "" {
			t.Errorf("%s: the leaf %q is not on the page", id, path)
		}
	}
	if !strings.Contains(page, `No attached or inline policy grants \*:\* administrative`) {
		t.Error("a text with stars is not kept plain")
	}
}

func TestSection(t *testing.T) {
	row, _ := catalogue.ByID("kms-key-deletion-guard")
	const want = `
### kms-key-deletion-guard

KMS keys in use are not pending deletion (scheduled deletion is cancelled unless a decommission is approved).

- **Whitepaper**: Storing and Managing Encryption Keys in the Cloud; Decommission Data and Media Securely
- **Judged**: each resource (` + "`AWS::KMS::Key`" + `)
- **Reads**: ` + "`kms:ListKeys`, `kms:DescribeKey`" + `
- **Writes**: ` + "`kms:CancelKeyDeletion`, `kms:EnableKey`" + ` (usually safe)
- **Severity**: critical
- **Declared by**: ` + "`spec.posture.keys.kmsKeyDeletionGuard`" + ` of a SecurityBaseline
- **Mappings**: AWS Security Hub KMS.3; ISO/IEC 27001:2022 A.8.11, A.8.24; PCI DSS 4.0 3.5.1.1, 3.5.1.3, 3.6.1, 3.6.1.2, 3.6.1.3, 3.6.1.4, 3.7.1, 3.7.2, 3.7.4, 3.7.6, 3.7.7, 4.2.1.1; Prowler kms\_cmk\_not\_deleted\_unintentionally
`
	if got := section(row, map[string]string{row.ID: "keys.kmsKeyDeletionGuard"}); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
