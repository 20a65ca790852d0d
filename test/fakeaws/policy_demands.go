package fakeaws

import (
	"cmp"
	"maps"
	"reflect"
	"strings"

	"github.com/guardrails-dev/aws-guardrails/internal/awsapi"
)

// demands are the permissions that a call takes: its own, and those for the tags it sets, the
// role it hands over and the role that is made with it.
func (r *Request) demands(input any) []demand {
	in := fields{reflect.Indirect(reflect.ValueOf(input))}
	if r.Operation == "sts:GetCallerIdentity" || !in.Value.IsValid() {
		return nil
	}
	tags, own := requestTags(in.tags()), awsapi.Needs(r.Operation)[0]
	circumstances := r.circumstances(in)
	maps.Copy(circumstances, tags)
	if r.Operation == "ec2:CreateFlowLogs" {
		// Only the flow log is made; the VPC is there, and bears no tag of the request.
		return append(r.besides(in, tags),
			demand{action: own, resources: r.targets(in)},
			demand{action: own, resources: []string{r.ARN("ec2", r.Region, "vpc-flow-log/*")}, context: tags})
	}
	return append(r.besides(in, tags), demand{action: own, resources: r.targets(in), context: circumstances})
}

// tagging are the permissions for tags that are set with what is made.
var tagging = map[string]string{
	"cloudtrail": "cloudtrail:AddTags", "cloudwatch": "cloudwatch:TagResource", "config": "config:TagResource", "ec2": "ec2:CreateTags", "guardduty": "guardduty:TagResource",
	"iam": "iam:TagRole", "logs": "logs:TagResource", "s3": "s3:TagResource", "sns": "sns:TagResource",
}

// besides are the permissions for what comes with a call.
func (r *Request) besides(in fields, tags map[string]string) (all []demand) {
	if action := tagging[service(r.Operation)]; len(tags) > 0 && action != "" {
		tagged := demand{action: action, resources: r.targets(in), context: r.circumstances(in)}
		maps.Copy(tagged.context, tags)
		switch r.Operation {
		case "ec2:CreateFlowLogs":
			tagged.resources = []string{r.ARN("ec2", r.Region, "vpc-flow-log/*")}
			tagged.context["ec2:createaction"] = "CreateFlowLogs"
		case "ec2:AuthorizeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupEgress":
			tagged.resources = []string{r.ARN("ec2", r.Region, "security-group-rule/*")}
			_, tagged.context["ec2:createaction"], _ = strings.Cut(r.Operation, ":")
		case "guardduty:CreateDetector":
			tagged.resources = []string{r.ARN("guardduty", r.Region, "detector/*")}
		}
		all = append(all, tagged)
	}
	passedTo := map[string]string{"cloudtrail": "cloudtrail.amazonaws.com", "ec2": "vpc-flow-logs.amazonaws.com", "config": "config.amazonaws.com"}[service(r.Operation)]
	if role := cmp.Or(in.text("CloudWatchLogsRoleArn"), in.text("DeliverLogsPermissionArn"), in.at("ConfigurationRecorder").text("RoleARN")); role != "" {
		all = append(all, demand{action: "iam:PassRole", resources: []string{role}, context: map[string]string{"iam:passedtoservice": passedTo}})
	}
	if r.Operation == "guardduty:CreateDetector" {
		all = append(all, r.linking("guardduty.amazonaws.com"))
	}
	return all
}

// linking is the permission to have a service's own role made.
func (r *Request) linking(service string) demand {
	return demand{
		action: "iam:CreateServiceLinkedRole", resources: []string{r.iamARN("role", "/aws-service-role/"+service+"/", linkedRoles[service])},
		context: map[string]string{"iam:awsservicename": service},
	}
}

// circumstances are what conditions can ask about a call, by key in lower case.
func (r *Request) circumstances(in fields) map[string]string {
	known := map[string]string{}
	put := func(key, value string) {
		if value != "" {
			known[key] = value
		}
	}
	switch service(r.Operation) {
	case "s3":
		put("s3:resourceaccount", r.bucketAccount(in.text("Bucket")))
	case "ec2":
		r.ec2Circumstances(in, put)
	case "sns":
		put("sns:protocol", in.text("Protocol"))
		put("sns:endpoint", in.text("Endpoint"))
	case "account":
		put("account:alternatecontacttypes", in.text("AlternateContactType"))
	case "iam":
		put("iam:awsservicename", in.text("AWSServiceName"))
	}
	return known
}

func (r *Request) ec2Circumstances(in fields, put func(key, value string)) {
	put("ec2:attribute/httptokens", in.text("HttpTokens"))
	if in.text("OperationType") == "add" && in.len("GroupNames") > 0 || in.at("CreateVolumePermission").len("Add") > 0 {
		put("ec2:add/group", "all")
	}
	for _, id := range in.texts("FlowLogIds") {
		for key, value := range ec2In(r).tags[id] {
			put("aws:resourcetag/"+strings.ToLower(key), value)
		}
	}
	if in.text("SnapshotId") != "" || in.text("ImageId") != "" {
		put("ec2:owner", r.Account)
	}
}

// bucketAccount is whose bucket the name is; of one that is not there, its maker's.
func (r *Request) bucketAccount(name string) string {
	if b := r.Cloud.anyBucket(name); b != nil {
		return b.account
	}
	return r.Account
}

func requestTags(tags map[string]string) map[string]string {
	keys := map[string]string{}
	for key, value := range tags {
		keys["aws:requesttag/"+strings.ToLower(key)] = value
	}
	return keys
}

// fields reads an SDK input by the names of its fields; one that it has not is empty.
type fields struct{ reflect.Value }

func (f fields) at(name string) fields {
	if f.Kind() != reflect.Struct {
		return fields{}
	}
	return fields{reflect.Indirect(f.FieldByName(name))}
}

func (f fields) text(name string) string {
	if value := f.at(name); value.Kind() == reflect.String {
		return value.String()
	}
	return ""
}

func (f fields) len(name string) int {
	if value := f.at(name); value.Kind() == reflect.Slice {
		return value.Len()
	}
	return 0
}

// texts are the one text or the list of texts of a field.
func (f fields) texts(name string) (all []string) {
	if one := f.text(name); one != "" {
		return []string{one}
	}
	list, _ := reflect.TypeAssert[[]string](f.list(name))
	return list
}

func (f fields) list(name string) reflect.Value {
	if value := f.at(name); value.Kind() == reflect.Slice {
		return value.Value
	}
	return reflect.ValueOf([]string(nil))
}

// tags are those that the call sets on what it makes.
func (f fields) tags() map[string]string {
	set := map[string]string{}
	for _, holder := range []fields{f, f.at("CreateBucketConfiguration")} {
		for _, name := range []string{"Tags", "TagsList"} {
			holder.at(name).collect(set)
		}
	}
	for i := range f.len("TagSpecifications") {
		fields{f.at("TagSpecifications").Index(i)}.at("Tags").collect(set)
	}
	return set
}

// collect takes a list of tags, or a map, into the set.
func (f fields) collect(set map[string]string) {
	switch f.Kind() { //nolint:exhaustive // tags come in these two shapes
	case reflect.Map:
		for _, key := range f.MapKeys() {
			set[key.String()] = f.MapIndex(key).String()
		}
	case reflect.Slice:
		for i := range f.Len() {
			one := fields{f.Index(i)}
			set[one.text("Key")] = one.text("Value")
		}
	}
}
