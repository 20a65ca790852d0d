package fakeaws_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

func TestBucketPolicy(t *testing.T) {
	const deny = `{"Sid":"s","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::box/*"}`
	for name, row := range map[string]struct{ policy, want string }{
		"one statement":     {`{"Version":"2012-10-17","Statement":` + deny + `}`, ""},
		"no version":        {`{"Statement":[` + deny + `]}`, ""},
		"not JSON":          {`Version: 2012`, "MalformedPolicy"},
		"no statement":      {`{"Version":"2012-10-17"}`, "MalformedPolicy"},
		"unknown version":   {`{"Version":"2020-01-01","Statement":[` + deny + `]}`, "MalformedPolicy"},
		"unknown field":     {`{"Version":"2012-10-17","Comment":"x","Statement":[` + deny + `]}`, "MalformedPolicy"},
		"twice the same id": {`{"Version":"2012-10-17","Statement":[` + deny + `,` + deny + `]}`, "MalformedPolicy"},
		"no principal":      {`{"Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::box"}]}`, "MalformedPolicy"},
		"a wrong principal": {`{"Statement":[{"Effect":"Deny","Principal":{"AWS":"everyone"},"Action":"s3:*","Resource":"arn:aws:s3:::box"}]}`, "MalformedPolicy"},
		"another bucket":    {`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other"}]}`, "MalformedPolicy"},
		"another service":   {`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"ec2:*","Resource":"arn:aws:s3:::box"}]}`, "MalformedPolicy"},
		"a null condition":  {`{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::box","Condition":{"Bool":{"aws:SecureTransport":null}}}]}`, "MalformedPolicy"},
		"too large":         {`{"Statement":[` + deny + `]}` + strings.Repeat(" ", 20*1024), "PolicyTooLarge"},
		"public":            {`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*"}]}`, "AccessDenied"},
		"public by a list":  {`{"Statement":[{"Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*"}]}`, "AccessDenied"},
		"a wide range":      {`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}}]}`, "AccessDenied"},
		"a known range":     {`{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*","Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			client := s3In(fakeaws.New(), s3Owner, "us-east-1")
			newS3Bucket(t, client, "box")
			_, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("box"), Policy: aws.String(row.policy)})
			wantS3Code(t, err, row.want)
		})
	}
}

// S3 gives back what a policy means, not the text that was put.
func TestBucketPolicyIsNormalised(t *testing.T) {
	client := s3In(fakeaws.New(), s3Owner, "us-east-1")
	newS3Bucket(t, client, "box")
	put := `{ "Statement": {"Effect":"Allow", "Action":["s3:GetObject"], "Principal":{"AWS":["222222222222"]}, "Resource":["arn:aws:s3:::box/*"],
		"Condition":{"Bool":{"aws:SecureTransport":[true]}}}, "Version": "2012-10-17" }`
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String("box"), Policy: aws.String(put)}); err != nil {
		t.Fatal(err)
	}
	got, err := client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String("box")})
	want := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::box/*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`
	if err != nil || aws.ToString(got.Policy) != want {
		t.Errorf("got %v, %v,\nwant %s", aws.ToString(got.Policy), err, want)
	}
	if _, err := client.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String("box")}); err != nil {
		t.Fatal(err)
	}
	_, err = client.GetBucketPolicyStatus(t.Context(), &s3.GetBucketPolicyStatusInput{Bucket: aws.String("box")})
	wantS3Code(t, err, "NoSuchBucketPolicy")
}
