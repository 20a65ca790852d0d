package fakeaws

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// ec2State is what an account has in EC2 in one region. What is kept by value is replaced,
// never edited, because answers share what it points to. Tags are kept apart, by resource.
type ec2State struct {
	vpcs       map[string]types.Vpc
	subnets    map[string]types.Subnet
	groups     map[string]types.SecurityGroup
	rules      map[string]types.SecurityGroupRule
	interfaces map[string]types.NetworkInterface
	instances  map[string]instance
	volumes    map[string]types.Volume
	snapshots  map[string]types.Snapshot
	images     map[string]types.Image
	flowLogs   map[string]types.FlowLog
	// shares says who else may use a snapshot or an image.
	shares map[string]share
	tags   map[string]map[string]string
	// tokens are client tokens of CreateFlowLogs, with the ids they answered.
	tokens map[string][]string

	ebs      ebsDefaults
	metadata metadataDefaults
}

func serveEC2(c *Cloud) {
	for _, serve := range []func(*Cloud){
		serveVPCs, serveSubnets, serveSecurityGroups, serveSecurityGroupRules, serveInstances, serveInstanceMetadata,
		serveVolumes, serveSnapshots, serveImages, serveFlowLogs, serveSharingBlocks,
	} {
		serve(c)
	}
	onEC2(c, describeRegions)
	onEC2(c, func(r *Request, in *ec2.CreateTagsInput) (*ec2.CreateTagsOutput, error) {
		if err := nobodysTags(in.Tags); err != nil {
			return nil, err
		}
		for _, id := range in.Resources {
			ec2In(r).tag(id, in.Tags)
		}
		return &ec2.CreateTagsOutput{}, nil
	})
	onEC2(c, func(r *Request, in *ec2.DeleteTagsInput) (*ec2.DeleteTagsOutput, error) {
		state := ec2In(r)
		for _, id := range in.Resources {
			for _, tag := range in.Tags {
				delete(state.tags[id], aws.ToString(tag.Key))
			}
		}
		return &ec2.DeleteTagsOutput{}, nil
	})
}

// SetReservedTag tags a resource of EC2 as only AWS's own services can: aws:autoscaling:groupName.
func (c *Cloud) SetReservedTag(account, region, id, key, value string) {
	c.edit(account, region, func(r *Request) { ec2In(r).tag(id, []types.Tag{{Key: aws.String(key), Value: aws.String(value)}}) })
}

// onEC2 registers a handler that a dry run does not reach.
func onEC2[I, O any](c *Cloud, handle func(*Request, *I) (*O, error)) {
	on(c, func(r *Request, in *I) (*O, error) {
		if dry := reflect.ValueOf(in).Elem().FieldByName("DryRun"); dry.IsValid() && !dry.IsNil() && dry.Elem().Bool() {
			return nil, failure("DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
		}
		return handle(r, in)
	})
}

// ec2In returns the caller's EC2 of the region, its maps made.
func ec2In(r *Request) *ec2State {
	state := regional[ec2State](r)
	if state.vpcs == nil {
		*state = ec2State{
			vpcs: map[string]types.Vpc{}, subnets: map[string]types.Subnet{}, groups: map[string]types.SecurityGroup{}, rules: map[string]types.SecurityGroupRule{},
			interfaces: map[string]types.NetworkInterface{}, instances: map[string]instance{}, volumes: map[string]types.Volume{},
			snapshots: map[string]types.Snapshot{}, images: map[string]types.Image{}, flowLogs: map[string]types.FlowLog{},
			shares: map[string]share{}, tags: map[string]map[string]string{}, tokens: map[string][]string{},
		}
	}
	return state
}

// id makes the id of what a handler creates: vpc-0000000000000002a.
func (r *Request) id(prefix string) string { return fmt.Sprintf("%s-%017x", prefix, r.NextID()) }

func describeRegions(r *Request, in *ec2.DescribeRegionsInput) (*ec2.DescribeRegionsOutput, error) {
	out := &ec2.DescribeRegionsOutput{Regions: []types.Region{}}
	for _, name := range in.RegionNames {
		if !slices.Contains(r.Cloud.Regions, name) {
			return nil, failure("InvalidParameterValue", "Invalid region names: %s", name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(r.Cloud.Regions)) {
		if len(in.RegionNames) == 0 || slices.Contains(in.RegionNames, name) {
			out.Regions = append(out.Regions, types.Region{
				RegionName: aws.String(name), Endpoint: aws.String("ec2." + name + ".amazonaws.com"), OptInStatus: aws.String("opt-in-not-required"),
			})
		}
	}
	return out, nil
}

// tag adds tags to a resource.
func (s *ec2State) tag(id string, tags []types.Tag) {
	if len(tags) == 0 {
		return
	}
	if s.tags[id] == nil {
		s.tags[id] = map[string]string{}
	}
	for _, tag := range tags {
		s.tags[id][aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
}

// tagsOf returns a resource's tags, in order of key; empty is not nil, as EC2 answers.
func (s *ec2State) tagsOf(id string) []types.Tag {
	tags := []types.Tag{}
	for _, key := range slices.Sorted(maps.Keys(s.tags[id])) {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(s.tags[id][key])})
	}
	return tags
}

// nobodysTags refuses the keys that AWS keeps for itself.
func nobodysTags(tags []types.Tag) error {
	for _, tag := range tags {
		if strings.HasPrefix(aws.ToString(tag.Key), "aws:") {
			return failure("InvalidParameterValue", "Tag keys starting with 'aws:' are reserved for internal use")
		}
	}
	return nil
}

// tagsFor returns the tags that a create asks for, by kind of resource.
func tagsFor(specifications []types.TagSpecification, kinds ...types.ResourceType) (map[types.ResourceType][]types.Tag, error) {
	byKind := map[types.ResourceType][]types.Tag{}
	for _, s := range specifications {
		if !slices.Contains(kinds, s.ResourceType) {
			return nil, failure("InvalidParameterValue", "'%s' is not a valid taggable resource type for this operation.", s.ResourceType)
		}
		if err := nobodysTags(s.Tags); err != nil {
			return nil, err
		}
		byKind[s.ResourceType] = append(byKind[s.ResourceType], s.Tags...)
	}
	return byKind, nil
}

// listing is what a describe call asks of a list.
type listing[V any] struct {
	ids     []string
	filters []types.Filter
	token   *string
	size    *int32
	// least and most are what MaxResults may be; ids are refused with it where alone is set.
	least, most int32
	alone       bool
	// missing is the code for an id that does not exist.
	missing string
	// shape is what ids look like, where EC2 says that they do not.
	shape shape
	id    func(V) *string
	// values returns what a filter compares, or false for a filter that does not exist.
	values func(v V, filter string) ([]string, bool)
	tags   func(id string) []types.Tag
}

// from selects by ids and filters, and cuts a page. Without MaxResults EC2 gives everything.
func (l listing[V]) from(all []V) ([]V, *string, error) {
	if err := l.valid(all); err != nil {
		return nil, nil, err
	}
	chosen := []V{}
	for _, v := range all {
		ok, err := l.wants(v)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			chosen = append(chosen, v)
		}
	}
	size := len(chosen)
	if l.size != nil {
		size = int(*l.size)
	}
	return page(chosen, l.token, size, size, "InvalidParameterValue")
}

// valid refuses sizes out of bounds, and ids that are not there.
func (l listing[V]) valid(all []V) error {
	if l.size != nil && (*l.size < l.least || *l.size > l.most) {
		return failure("InvalidParameterValue", "Value ( %d ) for parameter maxResults is invalid. Expecting a value between %d and %d.", *l.size, l.least, l.most)
	}
	if l.alone && l.size != nil && len(l.ids) > 0 {
		return failure("InvalidParameterCombination", "The parameter maxResults cannot be used with the ids parameter in the same request")
	}
	for _, id := range l.ids {
		if err := l.shape.of(id); err != nil {
			return err
		}
		if !slices.ContainsFunc(all, func(v V) bool { return *l.id(v) == id }) {
			return failure(l.missing, "The ID '%s' does not exist", id)
		}
	}
	return nil
}

func (l listing[V]) wants(v V) (bool, error) {
	id := *l.id(v)
	if len(l.ids) > 0 && !slices.Contains(l.ids, id) {
		return false, nil
	}
	for _, filter := range l.filters {
		name := aws.ToString(filter.Name)
		have, known := l.compared(v, id, name)
		if !known {
			return false, failure("InvalidParameterValue", "The filter '%s' is invalid", name)
		}
		if !slices.ContainsFunc(filter.Values, func(pattern string) bool {
			return slices.ContainsFunc(have, func(value string) bool {
				ok, err := path.Match(pattern, value)
				return ok && err == nil || pattern == value
			})
		}) {
			return false, nil
		}
	}
	return true, nil
}

func (l listing[V]) compared(v V, id, filter string) (values []string, known bool) {
	key, byTag := strings.CutPrefix(filter, "tag:")
	if !byTag && filter != "tag-key" {
		return l.values(v, filter)
	}
	for _, tag := range l.tags(id) {
		switch {
		case !byTag:
			values = append(values, *tag.Key)
		case *tag.Key == key:
			values = append(values, *tag.Value)
		}
	}
	return values, true
}

// inOrder returns what a map holds, in order of id.
func inOrder[V any](byID map[string]V) []V {
	all := make([]V, 0, len(byID))
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		all = append(all, byID[id])
	}
	return all
}
