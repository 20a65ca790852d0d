package awsapi

var ec2Operations = reads("ec2:DescribeRegions")
