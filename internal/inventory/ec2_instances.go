package inventory

// Instances are the EC2 instances that are not gone.
var Instances = Collection[Instance]{Name: "ec2.instances", Scope: Regional}

// Instance is an EC2 instance.
type Instance struct {
	Ref
	State    string
	Metadata InstanceMetadata
}

// InstanceMetadata is how an instance's metadata service answers.
type InstanceMetadata struct {
	// Endpoint is enabled or disabled.
	Endpoint string
	// Tokens is required where only IMDSv2 is answered, else optional.
	Tokens string
	// HopLimit is how far a token may travel; 1 does not reach containers behind a bridge.
	HopLimit int32
	// State is pending until a change applies.
	State string
}
