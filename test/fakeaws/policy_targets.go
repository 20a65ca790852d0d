package fakeaws

import (
	"cmp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// targets are the ARNs of what a call is about, as IAM sees them; "*" for a call that knows no
// resource.
func (r *Request) targets(in fields) []string {
	of, ok := map[string]func(fields) []string{
		"account": func(fields) []string { return []string{r.ARN("account", "", "account")} },
		"cloudtrail": func(in fields) []string {
			return r.named(in, "cloudtrail", "trail/", "Name", "TrailName", "ResourceIdList")
		},
		"cloudwatch": r.alarmTargets,
		"config":     r.configTargets,
		"dynamodb":   func(in fields) []string { return r.named(in, "dynamodb", "table/", "TableName", "ResourceArn") },
		"ec2":        r.ec2Targets,
		"elbv2": func(in fields) []string {
			return r.named(in, "elasticloadbalancing", "", "LoadBalancerArn", "ResourceArns")
		},
		"guardduty": func(in fields) []string { return r.named(in, "guardduty", "detector/", "DetectorId") },
		"iam":       r.iamTargets,
		"kms":       r.kmsTargets,
		"logs": func(in fields) []string {
			return r.named(in, "logs", "log-group:", "LogGroupName", "ResourceArn")
		},
		"rds": r.rdsTargets,
		"s3":  r.s3Targets,
		"sns": func(in fields) []string { return r.named(in, "sns", "", "TopicArn", "Name", "ResourceArn") },
	}[service(r.Operation)]
	if !ok {
		return []string{"*"}
	}
	return of(in)
}

// named are what the fields name, by ARN or by a name that the ARN ends in.
func (r *Request) named(in fields, service, kind string, names ...string) (arns []string) {
	for _, name := range names {
		for _, value := range in.texts(name) {
			if !strings.HasPrefix(value, "arn:") {
				value = r.ARN(service, r.Region, kind+value)
			}
			arns = append(arns, value)
		}
	}
	if len(arns) == 0 {
		return []string{"*"}
	}
	return arns
}

func (r *Request) alarmTargets(in fields) []string {
	if found := r.named(in, "cloudwatch", "alarm:", "AlarmName", "AlarmNames"); found[0] != "*" {
		return found
	}
	return []string{r.ARN("cloudwatch", r.Region, "alarm:*")}
}

func (r *Request) configTargets(in fields) []string {
	if recorder := cmp.Or(in.text("ConfigurationRecorderName"), in.at("ConfigurationRecorder").text("Name")); recorder != "" {
		return []string{r.ARN("config", r.Region, "configuration-recorder/"+recorder+"/id")}
	}
	return r.named(in, "config", "", "ResourceArn")
}

func (r *Request) ec2Targets(in fields) []string {
	_, operation, _ := strings.Cut(r.Operation, ":")
	if strings.HasPrefix(operation, "Describe") && operation != "DescribeSnapshotAttribute" {
		return []string{"*"}
	}
	unowned := func(kind, name string) []string {
		return []string{strings.Join([]string{"arn", r.Cloud.Partition, "ec2", r.Region, "", kind + in.text(name)}, ":")}
	}
	switch {
	case in.text("SnapshotId") != "":
		return unowned("snapshot/", "SnapshotId")
	case in.text("ImageId") != "":
		return unowned("image/", "ImageId")
	case in.text("GroupId") != "":
		return r.named(in, "ec2", "security-group/", "GroupId")
	case in.text("InstanceId") != "":
		return r.named(in, "ec2", "instance/", "InstanceId")
	case in.text("SubnetId") != "":
		return r.named(in, "ec2", "subnet/", "SubnetId")
	case in.len("FlowLogIds") > 0:
		return r.named(in, "ec2", "vpc-flow-log/", "FlowLogIds")
	}
	return r.named(in, "ec2", "vpc/", "ResourceIds")
}

// iamTargets are users, groups and roles with their paths; of one that is not there IAM knows
// the name alone.
func (r *Request) iamTargets(in fields) []string {
	state := r.iam()
	user, group, role := in.text("UserName"), in.text("GroupName"), in.text("RoleName")
	switch {
	case in.text("AWSServiceName") != "":
		return r.linking(in.text("AWSServiceName")).resources
	case group != "":
		path := in.text("Path")
		if have := state.groups[group]; have != nil {
			path = have.path
		}
		return []string{r.iamARN("group", cmp.Or(path, "/"), group)}
	case role != "":
		path := in.text("Path")
		if have := state.roles[role]; have != nil {
			path = have.path
		}
		return []string{r.iamARN("role", cmp.Or(path, "/"), role)}
	case in.text("AccessKeyId") != "" && user == "":
		return state.holderOf(in.text("AccessKeyId"))
	case user != "":
		if have := state.users[user]; have != nil {
			return []string{have.arn}
		}
		return []string{r.iamARN("user", "/", user)}
	}
	return []string{"*"}
}

func (s *iamState) holderOf(key string) []string {
	for _, user := range s.users {
		for _, have := range user.keys {
			if have.id == key {
				return []string{user.arn}
			}
		}
	}
	return []string{"*"}
}

func (r *Request) kmsTargets(in fields) []string {
	id := in.text("KeyId")
	if id == "" {
		return []string{"*"}
	}
	if key, err := r.kmsKeyOrAlias(aws.String(id)); err == nil {
		return []string{aws.ToString(key.Arn)}
	}
	return r.named(in, "kms", "key/", "KeyId")
}

// rdsTargets are of lists all of their kind.
func (r *Request) rdsTargets(in fields) []string {
	_, operation, _ := strings.Cut(r.Operation, ":")
	kind := "db:"
	switch {
	case strings.Contains(operation, "ClusterSnapshot"):
		kind = "cluster-snapshot:"
	case strings.Contains(operation, "Snapshot"):
		kind = "snapshot:"
	case strings.Contains(operation, "Cluster"):
		kind = "cluster:"
	}
	if found := r.named(in, "rds", kind, "DBInstanceIdentifier", "DBSnapshotIdentifier", "DBClusterSnapshotIdentifier"); found[0] != "*" {
		return found
	}
	return []string{r.ARN("rds", r.Region, kind+"*")}
}

func (r *Request) s3Targets(in fields) []string {
	if bucket := in.text("Bucket"); bucket != "" {
		return []string{"arn:" + r.Cloud.Partition + ":s3:::" + bucket}
	}
	return []string{"*"}
}
