package fakeaws_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

const (
	enforcedAccount = "111111111111"
	enforcedRole    = "arn:aws:iam::111111111111:role/reader"
)

// under is a session of a role that has the one statement, and what it is held to.
func under(t *testing.T, cloud *fakeaws.Cloud, statements string) (aws.Config, *fakeaws.Enforced) {
	t.Helper()
	enforced, err := cloud.Enforce(enforcedRole, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
	if err != nil {
		t.Fatal(err)
	}
	config := cloud.Config()
	config.Credentials = aws.NewCredentialsCache(stscreds.NewAssumeRoleProvider(sts.NewFromConfig(config), enforcedRole))
	return config, enforced
}

// Each call is let through by the one statement, or not.
func TestEnforce(t *testing.T) {
	bucket := func(config aws.Config) error {
		_, err := s3.NewFromConfig(config).GetBucketVersioning(t.Context(), &s3.GetBucketVersioningInput{Bucket: aws.String("box")})
		return err
	}
	create := func(tag string) func(aws.Config) error {
		return func(config aws.Config) error {
			_, err := s3.NewFromConfig(config).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("new"), CreateBucketConfiguration: &types.CreateBucketConfiguration{
				Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String(tag)}},
			}})
			return err
		}
	}
	user := func(config aws.Config) error {
		_, err := iam.NewFromConfig(config).GetUser(t.Context(), &iam.GetUserInput{UserName: aws.String("ada")})
		return err
	}
	update := func(config aws.Config) error {
		_, err := cloudtrail.NewFromConfig(config).UpdateTrail(t.Context(), &cloudtrail.UpdateTrailInput{Name: aws.String("t"), CloudWatchLogsRoleArn: aws.String("arn:aws:iam::111111111111:role/logs")})
		return err
	}
	vpcs := func(config aws.Config) error {
		_, err := ec2.NewFromConfig(config).DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{})
		return err
	}
	const updates = `{"Sid":"U","Effect":"Allow","Action":["cloudtrail:UpdateTrail"],"Resource":["arn:aws:cloudtrail:*:111111111111:trail/*"]}`
	for name, row := range map[string]struct {
		statements string
		call       func(aws.Config) error
		denied     string
	}{
		"nothing":             {``, bucket, "s3:GetBucketVersioning on arn:aws:s3:::box"},
		"another action":      {`{"Sid":"A","Effect":"Allow","Action":["s3:PutBucketVersioning"],"Resource":["*"]}`, bucket, "s3:GetBucketVersioning on arn:aws:s3:::box"},
		"the action":          {`{"Sid":"A","Effect":"Allow","Action":["s3:GetBucketVersioning"],"Resource":["*"]}`, bucket, ""},
		"by wildcard":         {`{"Sid":"A","Effect":"Allow","Action":["s3:get*versioning"],"Resource":["arn:aws:s3:::b?x"]}`, bucket, ""},
		"another bucket":      {`{"Sid":"A","Effect":"Allow","Action":["s3:GetBucketVersioning"],"Resource":["arn:aws:s3:::other"]}`, bucket, "s3:GetBucketVersioning on arn:aws:s3:::box"},
		"a deny":              {`{"Sid":"A","Effect":"Allow","Action":["*"],"Resource":["*"]},{"Sid":"D","Effect":"Deny","Action":["s3:*"],"Resource":["arn:aws:s3:::b*"]}`, bucket, "s3:GetBucketVersioning on arn:aws:s3:::box"},
		"the owner":           {`{"Sid":"A","Effect":"Allow","Action":["s3:GetBucketVersioning"],"Resource":["*"],"Condition":{"StringEquals":{"s3:ResourceAccount":"111111111111"}}}`, bucket, ""},
		"another owner":       {`{"Sid":"A","Effect":"Allow","Action":["s3:GetBucketVersioning"],"Resource":["*"],"Condition":{"StringEquals":{"s3:ResourceAccount":"222222222222"}}}`, bucket, "s3:GetBucketVersioning on arn:aws:s3:::box"},
		"an unknown operator": {`{"Sid":"A","Effect":"Allow","Action":["s3:GetBucketVersioning"],"Resource":["*"],"Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}`, bucket, "s3:GetBucketVersioning on arn:aws:s3:::box"},
		"tags untold":         {`{"Sid":"A","Effect":"Allow","Action":["s3:CreateBucket"],"Resource":["*"]}`, create("us"), "s3:TagResource on arn:aws:s3:::new"},
		"the tag":             {`{"Sid":"A","Effect":"Allow","Action":["s3:CreateBucket","s3:TagResource"],"Resource":["*"],"Condition":{"StringEquals":{"aws:RequestTag/owner":"us"}}}`, create("us"), ""},
		"another tag":         {`{"Sid":"A","Effect":"Allow","Action":["s3:CreateBucket","s3:TagResource"],"Resource":["*"],"Condition":{"StringEquals":{"aws:RequestTag/owner":"us"}}}`, create("them"), "s3:TagResource on arn:aws:s3:::new"},
		"a user by path":      {`{"Sid":"A","Effect":"Allow","Action":["iam:GetUser"],"Resource":["arn:aws:iam::111111111111:user/people/*"]}`, user, ""},
		"another path":        {`{"Sid":"A","Effect":"Allow","Action":["iam:GetUser"],"Resource":["arn:aws:iam::111111111111:user/ada"]}`, user, "iam:GetUser on arn:aws:iam::111111111111:user/people/ada"},
		"a list by its ARN":   {`{"Sid":"A","Effect":"Allow","Action":["ec2:DescribeVpcs"],"Resource":["arn:aws:ec2:*:111111111111:vpc/*"]}`, vpcs, "ec2:DescribeVpcs on *"},
		"a role not passed":   {updates, update, "iam:PassRole on arn:aws:iam::111111111111:role/logs"},
		"a role elsewhere":    {updates + `,{"Sid":"P","Effect":"Allow","Action":["iam:PassRole"],"Resource":["*"],"Condition":{"StringEquals":{"iam:PassedToService":"ec2.amazonaws.com"}}}`, update, "iam:PassRole on arn:aws:iam::111111111111:role/logs"},
	} {
		t.Run(name, func(t *testing.T) {
			cloud := fakeaws.New()
			admin := cloud.ConfigFor(enforcedAccount)
			if _, err := s3.NewFromConfig(admin).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: aws.String("box")}); err != nil {
				t.Fatal(err)
			}
			if _, err := iam.NewFromConfig(admin).CreateUser(t.Context(), &iam.CreateUserInput{UserName: aws.String("ada"), Path: aws.String("/people/")}); err != nil {
				t.Fatal(err)
			}
			config, enforced := under(t, cloud, row.statements)
			err := row.call(config)
			if got := strings.Join(enforced.Denied(), ", "); got != row.denied {
				t.Errorf("denied %q, want %q (%v)", got, row.denied, err)
			}
			if row.denied == "" && (err != nil || len(enforced.Used()) == 0) {
				t.Errorf("got %v, used %v", err, enforced.Used())
			}
			if row.denied != "" && (err == nil || !strings.Contains(err.Error(), "is not authorized to perform: "+strings.Replace(row.denied, " on ", " on resource: ", 1))) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// What IAM would not attach, the fake does not either.
func TestEnforceRefuses(t *testing.T) {
	cloud := fakeaws.New()
	for name, documents := range map[string][]string{
		"too long": {`{"Statement":[{"Sid":"` + strings.Repeat("x", 7000) + `"}]}`},
		"too many": make([]string, 11),
		"no JSON":  {"nonsense"},
	} {
		if _, err := cloud.Enforce(enforcedRole, documents...); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
