package app

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/guardrails-dev/aws-guardrails/internal/iamgrant"
)

func show(out io.Writer, all []Policy) error {
	for _, p := range all {
		title := fmt.Sprintf("%s role, managed policy %s", p.Role, p.Name)
		if p.Role == undoPolicy {
			title = "remediation role, to take runs back, managed policy " + p.Name
		}
		if p.of > 1 {
			title += fmt.Sprintf(" (%d of %d)", p.part, p.of)
		}
		if p.Role == trustPolicy {
			title = "trust policy of both roles"
		}
		if _, err := fmt.Fprintf(out, "# account %s (%s), %s: %d of %d characters\n%s\n", p.Account, p.AccountID, title, p.Document.Size(), limitOf(p), p.Document.Text()); err != nil {
			return err
		}
	}
	return nil
}

// maxTrust is how many characters a trust policy has, white space not counted.
const maxTrust = 2048

func limitOf(p Policy) int {
	if p.Role == trustPolicy {
		return maxTrust
	}
	return iamgrant.MaxSize
}

// explain says why each action is granted.
func explain(out io.Writer, all []Policy) error {
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(table, "ACCOUNT\tROLE\tACTION\tCALL\tFOR")
	for _, p := range all {
		for _, row := range Reasons(p.Grants) {
			_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Account, p.Role, row.Action, row.Calls, row.For)
		}
	}
	return table.Flush()
}

// Reason says by which calls, of which controls, an action is needed.
type Reason struct{ Action, Calls, For string }

// Reasons gather the grants by action.
func Reasons(grants []iamgrant.Grant) []Reason {
	var rows []Reason
	for _, grant := range grants {
		if last := len(rows) - 1; last < 0 || rows[last].Action != grant.Permission {
			rows = append(rows, Reason{Action: grant.Permission})
		}
		row := &rows[len(rows)-1]
		row.Calls, row.For = listed(row.Calls, grant.Operation), listed(row.For, grant.For)
	}
	return rows
}

func listed(list, name string) string {
	switch {
	case list == "":
		return name
	case slices.Contains(strings.Split(list, ", "), name):
		return list
	}
	return list + ", " + name
}
