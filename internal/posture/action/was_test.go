package action_test

import (
	"reflect"
	"testing"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
	"github.com/guardrails-dev/aws-guardrails/internal/posture/action"
)

// Runs from before there were settings hold these contents under these hashes: they are read as
// the changes that they were, and a plan of today has the same hashes.
func TestContentOfBefore(t *testing.T) {
	on := func(region, kind, id, arn string) action.Target {
		return action.Target{Account: "111111111111", Partition: "aws", Region: region, Type: kind, ID: id, ARN: arn}
	}
	account := on("", "AWS::::Account", "111111111111", "")
	box := on("eu-west-1", "AWS::S3::Bucket", "box", "arn:aws:s3:::box")
	suspended := inventory.Versioning{Status: inventory.VersioningSuspended, MFADelete: true}
	table := on("eu-west-1", "AWS::DynamoDB::Table", "orders", "arn:aws:dynamodb:eu-west-1:111111111111:table/orders")
	key := on("eu-west-1", "AWS::KMS::Key", "k-1", "arn:aws:kms:eu-west-1:111111111111:key/k-1")
	group := on("eu-west-1", "AWS::Logs::LogGroup", "/a<b>&c", "arn:aws:logs:eu-west-1:111111111111:log-group:/a<b>&c")
	detector := on("eu-west-1", "AWS::GuardDuty::Detector", "d1", "arn:aws:guardduty:eu-west-1:111111111111:detector/d1")
	trail := on("eu-west-1", "AWS::CloudTrail::Trail", "audit", "arn:aws:cloudtrail:eu-west-1:111111111111:trail/audit")
	blue := inventory.Contact{Name: "Blue & Co", Title: "Security", Email: "security@example.com", Phone: "+1 555 0100"}
	region, required := on("eu-west-1", "AWS::::Account", "111111111111", ""), inventory.TokenRule{Tokens: "required"}
	const (
		inRegion  = `"region":{"account":"111111111111","partition":"aws","region":"eu-west-1","type":"AWS::::Account","id":"111111111111"}`
		inAccount = `"account":{"account":"111111111111","partition":"aws","type":"AWS::::Account","id":"111111111111"}`
		inBucket  = `"bucket":{"account":"111111111111","partition":"aws","region":"eu-west-1","type":"AWS::S3::Bucket","id":"box","arn":"arn:aws:s3:::box"}`
		inTable   = `"table":{"account":"111111111111","partition":"aws","region":"eu-west-1","type":"AWS::DynamoDB::Table","id":"orders","arn":"arn:aws:dynamodb:eu-west-1:111111111111:table/orders"}`
		inKey     = `"key":{"account":"111111111111","partition":"aws","region":"eu-west-1","type":"AWS::KMS::Key","id":"k-1","arn":"arn:aws:kms:eu-west-1:111111111111:key/k-1"}`
		inGroup   = `"group":{"account":"111111111111","partition":"aws","region":"eu-west-1","type":"AWS::Logs::LogGroup","id":"/a<b>&c","arn":"arn:aws:logs:eu-west-1:111111111111:log-group:/a<b>&c"}`
	)
	for name, row := range map[string]struct {
		content string
		is      action.Set
		// hash of it, and of an Undo of it by its own calls.
		hash, undo string
	}{
		"an open account": {
			`{` + inAccount + `,"from":{"blockPublicAcls":false,"ignorePublicAcls":false,"blockPublicPolicy":false,"restrictPublicBuckets":false}}`,
			action.AccountPublicAccess.Set(account, inventory.PublicAccessBlock{}, inventory.AllBlocked), "17d7acfc0be110677065", "575aa2e9b867d60c051b",
		},
		"a half open account": {
			`{` + inAccount + `,"from":{"blockPublicAcls":true,"ignorePublicAcls":false,"blockPublicPolicy":false,"restrictPublicBuckets":true}}`,
			action.AccountPublicAccess.Set(account, inventory.PublicAccessBlock{BlockPublicAcls: true, RestrictPublicBuckets: true}, inventory.AllBlocked), "e4ceee3a96ecda04bcd2", "95cafe307de556900b18",
		},
		"a bucket": {
			`{` + inBucket + `,"from":{"blockPublicAcls":false,"ignorePublicAcls":true,"blockPublicPolicy":false,"restrictPublicBuckets":false}}`,
			action.BucketPublicAccess.Set(box, inventory.PublicAccessBlock{IgnorePublicAcls: true}, inventory.AllBlocked), "d6e228c1c84089cf66f4", "1d3fb1d16627008244bc",
		},
		"a bucket without versions": {`{` + inBucket + `,"from":{}}`, action.BucketVersioning.Set(box, inventory.Versioning{}, inventory.Versioning{Status: inventory.VersioningOn}), "af3459334c278c7ece8b", "981684abd5f72be24564"},
		"a bucket under MFA Delete": {`{` + inBucket + `,"from":{"status":"Suspended","mfaDelete":true}}`, action.BucketVersioning.Set(box, suspended, suspended.As(inventory.VersioningOn)), "adb88584a418f8a84d77", "9f977f143f11eabbb111"},
		"a bucket with S3's own keys": {
			`{` + inBucket + `,"from":{"algorithm":"AES256","blocked":["SSE-C"]},"to":{"algorithm":"aws:kms","kmsKey":"arn:aws:kms:eu-west-1:111111111111:key/k-1","bucketKey":true,"blocked":["SSE-C"]}}`,
			action.BucketEncryption.Set(box, inventory.BucketEncryptionRule{Algorithm: "AES256", Blocked: []string{"SSE-C"}}, inventory.BucketEncryptionRule{Algorithm: "aws:kms", KMSKey: key.ARN, BucketKey: true, Blocked: []string{"SSE-C"}}),
			"632e7deb19a69b3d085b", "25824f44fa01e703043e",
		},
		"a detector": {
			`{"detector":{"account":"111111111111","partition":"aws","region":"eu-west-1","type":"AWS::GuardDuty::Detector","id":"d1","arn":"arn:aws:guardduty:eu-west-1:111111111111:detector/d1"}}`,
			action.DetectorState.Set(detector, inventory.DetectorDisabled, inventory.DetectorEnabled), "dc45eac8051db2b6431c", "2d94fa8d2e74987c8273",
		},
		"a trail": {
			`{"trail":{"account":"111111111111","partition":"aws","region":"eu-west-1","type":"AWS::CloudTrail::Trail","id":"audit","arn":"arn:aws:cloudtrail:eu-west-1:111111111111:trail/audit"}}`,
			action.TrailValidation.Set(trail, false, true), "60ce765ad559ca85243c", "47918b9e29c0c9a10088",
		},
		"a first contact": {
			`{` + inAccount + `,"from":{"name":"","title":"","email":"","phone":""},"to":{"name":"Blue & Co","title":"Security","email":"security@example.com","phone":"+1 555 0100"}}`,
			action.SecurityContact.Set(account, inventory.Contact{}, blue), "64a6fd64e94e3530c918", "7bd41f6addd62d6bb281",
		},
		"a region without a preference":          {`{` + inRegion + `,"from":""}`, action.DefaultTokens.Set(region, inventory.TokenRule{}, required), "e0f6b40cfae6fd1b1dd4", "5e9d8461b47c64e5bc2b"},
		"a region that asks for none":            {`{` + inRegion + `,"from":"optional"}`, action.DefaultTokens.Set(region, inventory.TokenRule{Tokens: "optional"}, required), "ad7aedf4162f9243b643", "cb9a9fbb23dd4a62ed65"},
		"a table":                                {`{` + inTable + `}`, action.PointInTimeRecovery.Set(table, false, true), "00498805cb37bf1a7987", "aab0fe1cba2170b0c350"},
		"a key":                                  {`{` + inKey + `,"from":{"enabled":false},"periodDays":365}`, action.KeyRotation.Set(key, inventory.Rotation{}, inventory.Rotation{Enabled: true, PeriodDays: 365}), "b7b2dc90a66b5f510077", "a62e57b2d7c70583fa30"},
		"a slow key":                             {`{"periodDays":90,"from":{"periodDays":2000,"enabled":true},` + inKey + `}`, action.KeyRotation.Set(key, inventory.Rotation{Enabled: true, PeriodDays: 2000}, inventory.Rotation{Enabled: true, PeriodDays: 90}), "bfa6b5b99575a5ef31d4", "9c4afd3a41a993887a32"},
		"a group, as the API server orders keys": {`{"from":30,` + inGroup + `,"to":365}`, action.LogRetention.Set(group, 30, 365), "f941e4014701cf096c43", "2be6bf976ab2287033be"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := action.Decode(action.TypeOf(row.is), []byte(row.content))
			if err != nil || !reflect.DeepEqual(got, action.Action(row.is)) {
				t.Fatalf("got %+v, %v, want %+v", got, err, row.is)
			}
			undo := action.Undo{Run: "run-1", UID: "u-1", Of: got, Done: got.Describe().Calls}
			for _, of := range []action.Action{got, row.is} {
				if hash, err := action.Hash(of); err != nil || hash != row.hash {
					t.Errorf("the hash is %s, %v, want %s", hash, err, row.hash)
				}
			}
			if hash, err := action.Hash(undo); err != nil || hash != row.undo {
				t.Errorf("the hash of its undo is %s, %v, want %s", hash, err, row.undo)
			}
		})
	}
}
