package read

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
	"github.com/guardrails-dev/aws-guardrails/internal/fault"
	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// report is the credential report: by ARN, the rows that say clearly what they say.
type report struct {
	at   time.Time
	rows map[string]reportRow
}

type reportRow struct {
	created  time.Time
	password inventory.Password
	devices  int
	keys     []inventory.AccessKey
}

// reportAge is how long IAM hands out one report before it makes another.
const reportAge = 4 * time.Hour

// reportWaits are how long a report in the making is waited for. It takes seconds as a rule,
// and one that takes longer is read in the next round.
var reportWaits = []time.Duration{5 * time.Millisecond, 45 * time.Millisecond, 450 * time.Millisecond, 1500 * time.Millisecond, 3 * time.Second}

// Having a report made changes nothing that anyone relies on.
var (
	generateCredentialReport = awsapi.Reads((*iam.Client).GenerateCredentialReport)
	getCredentialReport      = awsapi.Reads((*iam.Client).GetCredentialReport)
)

// credentialReport reads the report there is, or has one made. That none is there, that it is
// too old or not ready are states on the way and no failures.
func (s *Scope) credentialReport(ctx context.Context) (report, error) {
	out, err := s.finishedReport(ctx)
	if err != nil || out != nil && s.AsOf.Sub(aws.ToTime(out.GeneratedTime)) < reportAge {
		return reportOf(out, err)
	}
	if _, err := generateCredentialReport.In(ctx, s.AWS, &iam.GenerateCredentialReportInput{}); err != nil {
		return report{}, fmt.Errorf("having the credential report made: %w", err)
	}
	for _, wait := range reportWaits {
		if err := pause(ctx, wait); err != nil {
			return report{}, err
		}
		if out, err := s.finishedReport(ctx); err != nil || out != nil {
			return reportOf(out, err)
		}
	}
	return report{}, &fault.Fault{Class: fault.Unavailable, Operation: "iam:GetCredentialReport", Message: "the credential report is not ready yet; it is read again in the next round"}
}

// finishedReport reads the report; nil where there is none to be had yet.
func (s *Scope) finishedReport(ctx context.Context) (*iam.GetCredentialReportOutput, error) {
	out, err := getCredentialReport.In(ctx, s.AWS, &iam.GetCredentialReportInput{})
	if slices.Contains([]string{"ReportNotPresent", "ReportExpired", "ReportInProgress"}, fault.Code(err)) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the credential report: %w", err)
	}
	return out, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

func reportOf(out *iam.GetCredentialReportOutput, err error) (report, error) {
	if err != nil {
		return report{}, err
	}
	rows, err := parseReport(out.Content)
	return report{at: aws.ToTime(out.GeneratedTime), rows: rows}, err
}

// parseReport reads the rows by the names of their columns, which AWS has added to before. A
// row that is not as wide as the head, or has a value that is none of those documented, is
// left out: its user is read by calls of its own.
func parseReport(content []byte) (map[string]reportRow, error) {
	lines := csv.NewReader(bytes.NewReader(content))
	lines.FieldsPerRecord = -1
	lines.LazyQuotes = true
	head, err := lines.Read()
	if err != nil {
		return nil, malformed("it has no head")
	}
	column := map[string]int{}
	for i, name := range head {
		column[name] = i
	}
	for _, name := range []string{"arn", "user_creation_time", "password_enabled", "mfa_active", "access_key_1_active", "access_key_2_active"} {
		if _, ok := column[name]; !ok {
			return nil, malformed("it has no column " + name)
		}
	}
	rows := map[string]reportRow{}
	for {
		line, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil || len(line) != len(head) {
			continue
		}
		cells := reportCells{column: column, line: line}
		if row := cells.row(); !cells.unclear {
			rows[cells.text("arn")] = row
		}
	}
}

func malformed(why string) error {
	return &fault.Fault{Class: fault.Unavailable, Operation: "iam:GetCredentialReport", Message: "the credential report cannot be read: " + why}
}

// reportCells are the cells of one row; unclear once one of them says nothing that is known.
type reportCells struct {
	column  map[string]int
	line    []string
	unclear bool
}

func (c *reportCells) text(name string) string {
	at, ok := c.column[name]
	if !ok {
		c.unclear = true
		return ""
	}
	return c.line[at]
}

func (c *reportCells) bool(name string) bool {
	value, err := strconv.ParseBool(c.text(name))
	c.unclear = c.unclear || err != nil
	return value
}

// time reads a time, or one of the words that stand for never.
func (c *reportCells) time(name string) time.Time {
	switch text := c.text(name); text {
	case "N/A", "no_information":
		return time.Time{}
	default:
		at, err := time.Parse(time.RFC3339, text)
		c.unclear = c.unclear || err != nil
		return at.UTC()
	}
}

// since is a time that must be there, for an age is counted from it.
func (c *reportCells) since(name string) time.Time {
	at := c.time(name)
	c.unclear = c.unclear || at.IsZero()
	return at
}

func (c *reportCells) row() reportRow {
	row := reportRow{created: c.since("user_creation_time")}
	if c.bool("password_enabled") {
		row.password = inventory.Password{Set: true, Changed: c.since("password_last_changed"), LastUsed: c.time("password_last_used")}
	}
	if c.bool("mfa_active") {
		row.devices = 1
	}
	for _, slot := range []string{"access_key_1_", "access_key_2_"} {
		if c.bool(slot + "active") {
			row.keys = append(row.keys, inventory.AccessKey{Active: true, Created: c.since(slot + "last_rotated"), LastUsed: c.time(slot + "last_used_date")})
		}
	}
	return row
}
