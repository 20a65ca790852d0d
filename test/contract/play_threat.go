package contract

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/account"
	accounttypes "github.com/aws/aws-sdk-go-v2/service/account/types"
	"github.com/aws/aws-sdk-go-v2/service/guardduty"
	"github.com/aws/aws-sdk-go-v2/service/guardduty/types"
)

func playGuardDuty(p *play) {
	c := guardduty.NewFromConfig(p.in("us-east-1"))
	none := aws.String("0123456789abcdef0123456789abcdef")
	call(p, "list no detectors", c.ListDetectors, &guardduty.ListDetectorsInput{})
	call(p, "get no detector", c.GetDetector, &guardduty.GetDetectorInput{DetectorId: none})
	made := call(p, "create a detector", c.CreateDetector, &guardduty.CreateDetectorInput{Enable: aws.Bool(false), ClientToken: aws.String("contract-1"), Tags: map[string]string{"team": "shop"}})
	call(p, "create a detector again", c.CreateDetector, &guardduty.CreateDetectorInput{Enable: aws.Bool(true), ClientToken: aws.String("contract-2")})
	call(p, "list detectors", c.ListDetectors, &guardduty.ListDetectorsInput{MaxResults: aws.Int32(50)})
	call(p, "get a detector", c.GetDetector, &guardduty.GetDetectorInput{DetectorId: made.DetectorId})
	call(p, "enable a detector", c.UpdateDetector, &guardduty.UpdateDetectorInput{DetectorId: made.DetectorId, Enable: aws.Bool(true)})
	call(p, "get an enabled detector", c.GetDetector, &guardduty.GetDetectorInput{DetectorId: made.DetectorId})
	call(p, "change how often it tells", c.UpdateDetector, &guardduty.UpdateDetectorInput{DetectorId: made.DetectorId, FindingPublishingFrequency: types.FindingPublishingFrequencyFifteenMinutes})
	call(p, "get a changed detector", c.GetDetector, &guardduty.GetDetectorInput{DetectorId: made.DetectorId})
	call(p, "enable no detector", c.UpdateDetector, &guardduty.UpdateDetectorInput{DetectorId: none, Enable: aws.Bool(true)})
	call(p, "delete a detector", c.DeleteDetector, &guardduty.DeleteDetectorInput{DetectorId: made.DetectorId})
	call(p, "get a deleted detector", c.GetDetector, &guardduty.GetDetectorInput{DetectorId: made.DetectorId})
}

func playAccount(p *play) {
	c := account.NewFromConfig(p.in("us-east-1"))
	put := &account.PutAlternateContactInput{
		AlternateContactType: accounttypes.AlternateContactTypeSecurity, Name: aws.String("Blue Team"), Title: aws.String("Security"),
		EmailAddress: aws.String("security@example.com"), PhoneNumber: aws.String("+1 555 0100"),
	}
	call(p, "get no contact", c.GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity})
	call(p, "put a contact", c.PutAlternateContact, put)
	call(p, "get a contact", c.GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity})
	call(p, "get another contact", c.GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeBilling})
	put.Name = aws.String("Red Team")
	call(p, "put the contact again", c.PutAlternateContact, put)
	call(p, "get the contact changed", c.GetAlternateContact, &account.GetAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity})
	call(p, "delete a contact", c.DeleteAlternateContact, &account.DeleteAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity})
	call(p, "delete a contact again", c.DeleteAlternateContact, &account.DeleteAlternateContactInput{AlternateContactType: accounttypes.AlternateContactTypeSecurity})
}
