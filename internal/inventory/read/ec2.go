package read

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

var _ = []*reader{
	collection(inventory.SecurityGroups, securityGroups, securityGroupInterfaces).takes(describeSecurityGroups, describeSecurityGroupRules, describeNetworkInterfaces),
	collection(inventory.Instances, instances, nil).takes(describeInstances),
	collection(inventory.EBSDefaults, ebsDefaults, ebsDefaultKey).takes(getEBSEncryption, getEBSKey).takesFor(inventory.EBSKey(""), describeKey),
	collection(inventory.EBSSnapshots, snapshots, snapshotConfirmed).takes(describeSnapshots, describeSnapshotAttribute),
	collection(inventory.Images, images, nil).takes(describeImages),
	collection(inventory.VPCs, vpcs, nil).takes(describeVpcs, describeFlowLogs),
}

// ec2Page is the most that EC2's lists give at once.
const ec2Page = 1000

// tagged makes the reference of a resource whose list came with its tags.
func (s *Scope) tagged(kind, id, arn string, tags []types.Tag) inventory.Ref {
	ref := s.ref(kind, s.Region, id, arn)
	ref.Tags = inventory.Seen(tagMap(tags), s.AsOf)
	return ref
}

func tagMap(tags []types.Tag) map[string]string {
	byKey := make(map[string]string, len(tags))
	for _, tag := range tags {
		byKey[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return byKey
}

// unowned makes the ARN of what EC2 writes without an account: snapshots and images.
func (s *Scope) unowned(resource string) string {
	return "arn:" + s.Partition + ":ec2:" + s.Region + "::" + resource
}

// ofRegion makes the reference of the account's settings in the region.
func (s *Scope) ofRegion() inventory.Ref {
	return s.ref("AWS::::Account", s.Region, s.Account, "")
}
