package fakeaws

import "github.com/aws/aws-sdk-go-v2/service/ec2"

var (
	snapshotBlock = value{name: "SnapshotBlockPublicAccess", first: shows{"State": "unblocked", "ManagedBy": "account"}}
	imageBlock    = value{name: "ImageBlockPublicAccess", first: shows{"ImageBlockPublicAccessState": "unblocked", "ManagedBy": "account"}}
)

func serveSharingBlocks(c *Cloud) {
	gets(c, (*ec2.Client).GetSnapshotBlockPublicAccessState, snapshotBlock)
	puts(c, (*ec2.Client).EnableSnapshotBlockPublicAccess, snapshotBlock)
	resets(c, (*ec2.Client).DisableSnapshotBlockPublicAccess, snapshotBlock)
	gets(c, (*ec2.Client).GetImageBlockPublicAccessState, imageBlock)
	puts(c, (*ec2.Client).EnableImageBlockPublicAccess, imageBlock)
	resets(c, (*ec2.Client).DisableImageBlockPublicAccess, imageBlock)
}
