package fakeaws

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// iamState is an account's IAM: it is global, whichever region asks.
type iamState struct {
	roles    map[string]*iamRole
	users    map[string]*iamUser
	groups   map[string]*iamGroup
	policies map[string]*iamManagedPolicy
	// devices are the virtual MFA devices by serial number, with who has each.
	devices  map[string]*iamDevice
	password *types.PasswordPolicy
	root     RootUser
	report   *iamReport
}

func serveIAM(c *Cloud) {
	for _, serve := range []func(*Cloud){
		serveIAMRoles, serveIAMManagedPolicies, serveIAMUsers, serveIAMUserPolicies, serveIAMGroups, serveIAMGroupPolicies,
		serveIAMPasswords, serveIAMKeys, serveIAMDevices, serveIAMAccount, serveIAMReport,
	} {
		serve(c)
	}
}

func (r *Request) iam() *iamState {
	state := global[iamState](r)
	if state.roles == nil {
		*state = iamState{
			roles: map[string]*iamRole{}, users: map[string]*iamUser{}, groups: map[string]*iamGroup{},
			policies: map[string]*iamManagedPolicy{}, devices: map[string]*iamDevice{}, root: RootUser{Password: true},
		}
	}
	return state
}

// iamARN is the ARN of something global in the called account.
func (r *Request) iamARN(kind, path, name string) string { return r.ARN("iam", "", kind+path+name) }

// iamID is a unique id as IAM makes them: a prefix that tells the kind, then what never repeats.
func (r *Request) iamID(prefix string) string { return fmt.Sprintf("%s%017d", prefix, r.NextID()) }

func noSuchEntity(format string, args ...any) error {
	return &types.NoSuchEntityException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func entityExists(format string, args ...any) error {
	return &types.EntityAlreadyExistsException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func iamLimit(format string, args ...any) error {
	return &types.LimitExceededException{Message: aws.String(fmt.Sprintf(format, args...))}
}

func deleteConflict(format string, args ...any) error {
	return &types.DeleteConflictException{Message: aws.String(fmt.Sprintf(format, args...))}
}

var (
	iamName = regexp.MustCompile(`^[\w+=,.@-]+$`)
	iamPath = regexp.MustCompile(`^(/|/[\x21-\x7e]+/)$`)
)

// iamNamed checks a new entity's name and path; the path defaults to /.
func iamNamed(kind, name string, longest int, path *string) (string, error) {
	if !iamName.MatchString(name) || len(name) > longest {
		return "", failure("ValidationError", "The specified value for %sName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_- and be at most %d long", kind, longest)
	}
	at := aws.ToString(path)
	if at == "" {
		at = "/"
	}
	if !iamPath.MatchString(at) || len(at) > 512 {
		return "", failure("ValidationError", "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.")
	}
	return at, nil
}

// taken says whether a name is in use: IAM's names are unique whatever their case.
func taken[T any](names map[string]T, name string) bool {
	for have := range names {
		if strings.EqualFold(have, name) {
			return true
		}
	}
	return false
}

// iamPage cuts one page as IAM does: 100 items unless told, 1000 at most.
func iamPage[T any](items []T, marker *string, maxItems *int32) ([]T, *string, bool, error) {
	size := int(aws.ToInt32(maxItems))
	if maxItems == nil {
		size = 100
	}
	if size < 1 || size > 1000 {
		return nil, nil, false, failure("ValidationError", "Value '%d' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and 1000", size)
	}
	items, next, err := page(items, marker, size, 1000, "ValidationError")
	return items, next, next != nil, err
}

// escaped is how IAM returns documents: URL-encoded by RFC 3986.
func escaped(document string) *string {
	return aws.String(strings.ReplaceAll(url.QueryEscape(document), "+", "%20"))
}

// iamTags are an entity's tags, in order of key.
func iamTags(tags map[string]string) []types.Tag {
	var all []types.Tag
	for key, value := range tags {
		all = append(all, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	slices.SortFunc(all, func(a, b types.Tag) int { return strings.Compare(*a.Key, *b.Key) })
	return all
}

func setTags(into map[string]string, tags []types.Tag) map[string]string {
	if into == nil {
		into = map[string]string{}
	}
	for _, tag := range tags {
		into[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return into
}

func dropTags(from map[string]string, keys []string) {
	for _, key := range keys {
		delete(from, key)
	}
}
