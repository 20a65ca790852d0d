package fakeaws

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// iamReport is a credential report: a picture of the moment it was asked for, kept for hours.
type iamReport struct {
	content   []byte
	generated time.Time
	// pending is how many more calls find it in the making.
	pending int
}

// reportAge is how long IAM hands out one report before it makes another.
const reportAge = 4 * time.Hour

func serveIAMReport(c *Cloud) {
	on(c, func(r *Request, _ *iam.GenerateCredentialReportInput) (*iam.GenerateCredentialReportOutput, error) {
		report := r.iam().report
		switch {
		case report != nil && report.pending > 0:
			report.pending--
			return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeInprogress, Description: aws.String("Generation task is in progress")}, nil
		case report != nil && r.Now.Sub(report.generated) < reportAge:
			return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeComplete}, nil
		}
		r.iam().report = &iamReport{content: r.credentialReport(), generated: r.Now, pending: 1}
		return &iam.GenerateCredentialReportOutput{State: types.ReportStateTypeStarted, Description: aws.String("No report exists. Starting a new report generation task")}, nil
	})
	on(c, func(r *Request, _ *iam.GetCredentialReportInput) (*iam.GetCredentialReportOutput, error) {
		report := r.iam().report
		switch {
		case report == nil:
			return nil, &types.CredentialReportNotPresentException{Message: aws.String("No report present")}
		case report.pending > 0:
			report.pending--
			return nil, &types.CredentialReportNotReadyException{Message: aws.String("Report generation in progress")}
		case r.Now.Sub(report.generated) >= reportAge:
			return nil, &types.CredentialReportExpiredException{Message: aws.String("The credential report has expired")}
		}
		return &iam.GetCredentialReportOutput{Content: report.content, GeneratedTime: aws.Time(report.generated), ReportFormat: types.ReportFormatTypeTextCsv}, nil
	})
}

// SlowReport makes the next calls find the credential report that is in the making unfinished.
func (c *Cloud) SlowReport(account string, calls int) {
	c.edit(account, "", func(r *Request) {
		r.iam().report = &iamReport{content: r.credentialReport(), generated: r.Now, pending: calls}
	})
}

var reportColumns = []string{
	"user", "arn", "user_creation_time", "password_enabled", "password_last_used", "password_last_changed", "password_next_rotation", "mfa_active",
	"access_key_1_active", "access_key_1_last_rotated", "access_key_1_last_used_date", "access_key_1_last_used_region", "access_key_1_last_used_service",
	"access_key_2_active", "access_key_2_last_rotated", "access_key_2_last_used_date", "access_key_2_last_used_region", "access_key_2_last_used_service",
	"cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
}

// What a report says where there is nothing to say.
const (
	notAvailable  = "N/A"
	noInformation = "no_information"
	notSupported  = "not_supported"
)

func (r *Request) credentialReport() []byte {
	var text bytes.Buffer
	rows := csv.NewWriter(&text)
	_ = rows.Write(reportColumns)
	root := r.iam().root
	row := []string{"<root_account>", r.iamARN("root", "", ""), reportTime(r.Now.AddDate(-5, 0, 0)), strconv.FormatBool(root.Password), noInformation, notSupported, notSupported, strconv.FormatBool(root.MFA)}
	for slot := range keysPerUser {
		row = append(row, strconv.FormatBool(slot < root.AccessKeys), notAvailable, notAvailable, notAvailable, notAvailable)
	}
	_ = rows.Write(append(row, "false", notAvailable, "false", notAvailable))
	for _, user := range r.sortedUsers() {
		_ = rows.Write(r.reportRow(user))
	}
	rows.Flush()
	return text.Bytes()
}

func (r *Request) reportRow(user *iamUser) []string {
	row := []string{user.name, user.arn, reportTime(user.created)}
	if user.password == nil {
		row = append(row, "false", notAvailable, notAvailable, notAvailable)
	} else {
		used, next := noInformation, notAvailable
		if !user.signedIn.IsZero() {
			used = reportTime(user.signedIn)
		}
		if policy := r.iam().password; policy != nil && policy.MaxPasswordAge != nil {
			next = reportTime(user.password.changed.AddDate(0, 0, int(*policy.MaxPasswordAge)))
		}
		row = append(row, "true", used, reportTime(user.password.changed), next)
	}
	row = append(row, strconv.FormatBool(len(user.devices) > 0))
	for slot := range keysPerUser {
		if slot < len(user.keys) {
			row = append(row, user.keys[slot].reported()...)
			continue
		}
		row = append(row, "false", notAvailable, notAvailable, notAvailable, notAvailable)
	}
	return append(row, "false", notAvailable, "false", notAvailable)
}

// reported is a key's part of a row: no id, no date of rotation for an inactive key, and the
// last use to the quarter of an hour.
func (key *iamKey) reported() []string {
	cells := []string{strconv.FormatBool(key.active), notAvailable, notAvailable, notAvailable, notAvailable}
	if key.active {
		cells[1] = reportTime(key.created)
	}
	if !key.used.IsZero() {
		cells[2], cells[3], cells[4] = reportTime(key.used.Truncate(15*time.Minute)), key.region, key.usage
	}
	return cells
}

func reportTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05-07:00") }
