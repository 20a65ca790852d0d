//go:build e2e

package contract

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
	"github.com/guardrails-dev/aws-guardrails/test/moto"
)

func TestFakeAgainstTheWire(t *testing.T) {
	server, err := moto.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(); err != nil {
			t.Error(err)
		}
	})
	known, err := KnownDifferences()
	if err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	fake, err := Play(t.Context(), fakeaws.New().ConfigFor, Scripts())
	if err != nil {
		t.Fatal(err)
	}
	onFake := time.Since(started)
	wire, err := Play(t.Context(), server.ConfigFor, Scripts())
	if err != nil {
		t.Fatal(err)
	}
	onWire := time.Since(started) - onFake
	found, err := Compare(fake, wire)
	if err != nil {
		t.Fatal(err)
	}

	right := map[Right]int{}
	seen := map[Known]int{}
	apart := map[string]bool{}
	for _, d := range found {
		apart[d.Script+d.Step] = true
		row, ok := covering(known, d)
		if !ok {
			t.Errorf("not listed: %s", d)
			continue
		}
		seen[row]++
		right[row.Right]++
	}
	for _, row := range known {
		if seen[row] == 0 {
			t.Errorf("listed, but it occurs no more, or an earlier row covers it: %s", row)
		}
	}
	covered := map[string]bool{}
	for _, r := range fake {
		covered[r.Operation] = true
	}
	inRegistry := 0
	for _, operation := range awsapi.Operations() {
		if covered[operation.Name] {
			inRegistry++
		}
	}
	var text strings.Builder
	table := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "calls made on each side\t%d\t(fake %s, wire %s)\n", len(fake), onFake.Round(time.Millisecond), onWire.Round(time.Millisecond))
	fmt.Fprintf(table, "operations called\t%d\t%d of the %d in the registry\n", len(covered), inRegistry, len(awsapi.Operations()))
	fmt.Fprintf(table, "calls that came out equal\t%d\t\n", len(fake)-len(apart))
	fmt.Fprintf(table, "calls that did not\t%d\t%d differences, %d rows of differences.csv\n", len(apart), len(found), len(known))
	for _, side := range []Right{Fake, Wire, Either, Neither} {
		fmt.Fprintf(table, "  right about AWS: %s\t%d\t\n", side, right[side])
	}
	_ = table.Flush()
	fmt.Fprintf(os.Stdout, "\nThe fake's word\n%s\n", &text)
}

func covering(known []Known, d Difference) (Known, bool) {
	for _, row := range known {
		if row.Covers(d) {
			return row, true
		}
	}
	return Known{}, false
}
