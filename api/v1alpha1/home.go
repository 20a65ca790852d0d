package v1alpha1

// homes are the regions from which the partitions' global services are called, but for aws's.
var homes = map[string]string{
	"aws-us-gov": "us-gov-west-1",
	"aws-cn":     "cn-north-1",
	"aws-eusc":   "eusc-de-east-1",
	"aws-iso":    "us-iso-east-1",
	"aws-iso-b":  "us-isob-east-1",
	"aws-iso-e":  "eu-isoe-west-1",
	"aws-iso-f":  "us-isof-south-1",
}

// Home is the region of the account's own things, and the one that global calls are made from.
func (s *AWSAccountSpec) Home() string {
	if s.HomeRegion != "" {
		return s.HomeRegion
	}
	if home, ok := homes[s.Partition]; ok {
		return home
	}
	return "us-east-1"
}

// PartitionOrDefault is the account's partition, also where no API server filled it in.
func (s *AWSAccountSpec) PartitionOrDefault() string {
	if s.Partition == "" {
		return "aws"
	}
	return s.Partition
}
