package inventory

// Subnets are the subnets that the account owns; those that others share with it are theirs.
var Subnets = Collection[Subnet]{Name: "ec2.subnets", Scope: Regional, Type: Type{Name: "AWS::EC2::Subnet", ARN: "ec2:{region}:{account}:subnet/{id}"}}

// Subnet is a subnet of a VPC.
type Subnet struct {
	Ref
	// AutoPublic: what is launched in it gets a public IPv4 address, unless its launch says
	// otherwise.
	AutoPublic bool
}

// SubnetAutoPublic is what the list tells of each.
var SubnetAutoPublic = Listed(Subnets, "MapPublicIpOnLaunch", func(s Subnet) bool { return s.AutoPublic })
