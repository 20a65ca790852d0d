package contract

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A normalised output is made of records, lists and text. What is nil stays apart from what is
// empty; what an AWS chooses freely (ids, times, tokens) becomes a placeholder that says in
// which step it was first seen, so that the same thing has the same name on both sides.
type (
	record map[string]any
	list   []any
)

// absent stands for nil.
const absent = "nil"

// chosen are the values that an AWS makes up, by shape.
var chosen = []struct {
	kind  string
	shape *regexp.Regexp
}{
	{"time", regexp.MustCompile(`\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)`)},
	{"uuid", regexp.MustCompile(`\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b`)},
	{"mrk", regexp.MustCompile(`\bmrk-[0-9a-f]{32}\b`)},
	{"hash", regexp.MustCompile(`\b([0-9a-f]{64}|[0-9a-f]{32})\b`)},
	{"balancer", regexp.MustCompile(`\b(?:app|net|gwy)/[a-z]+/[0-9a-f]{16}\b`)},
	{"", regexp.MustCompile(`\b(AKIA|ASIA|AIDA|AROA|AGPA|ANPA)[A-Z0-9]{12,17}\b`)},
	{"", regexp.MustCompile(`\b(vpc-cidr-assoc|vpc|subnet|sg|sgr|igw|rtb|acl|eni|eni-attach|dopt|i|r|ami|vol|snap|fl|aclassoc|rtbassoc)-[0-9a-f]{8,17}\b`)},
}

// secrets are fields that no two answers share.
var secrets = []string{"SecretAccessKey", "SessionToken", "Base32StringSeed", "QRCodePNG", "PackedPolicySize"}

// tokens are fields that hold a place in a list.
var tokens = []string{"NextToken", "Marker", "ContinuationToken", "NextMarker", "NextContinuationToken", "LastEvaluatedTableName"}

type names struct{ first map[string]string }

func newNames() *names { return &names{first: map[string]string{}} }

// normal normalises an output.
func (n *names) normal(step string, output any) any {
	return n.value(step, "", reflect.ValueOf(output))
}

func (n *names) value(step, field string, v reflect.Value) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return n.indirect(step, field, v)
	case reflect.Struct:
		return n.structure(step, v)
	case reflect.Slice:
		return n.slice(step, field, v)
	case reflect.Map:
		return n.mapping(step, v)
	default:
		return n.scalar(step, field, v)
	}
}

func (n *names) scalar(step, field string, v reflect.Value) any {
	switch {
	case v.Kind() == reflect.String:
		if v.Type() != reflect.TypeFor[string]() && v.Len() == 0 {
			return absent // an enum has no nil of its own
		}
		return n.document(step, field, v.String())
	case v.Kind() == reflect.Int64:
		if moment := time.UnixMilli(v.Int()); moment.Year() > 2020 && moment.Year() < 2100 {
			return "<time>" // CloudWatch Logs tells times as milliseconds
		}
	}
	return fmt.Sprint(v.Interface())
}

func (n *names) mapping(step string, v reflect.Value) any {
	if v.IsNil() {
		return absent
	}
	made := record{}
	for _, key := range v.MapKeys() {
		made[n.text(step, "", key.String())] = n.value(step, key.String(), v.MapIndex(key))
	}
	return made
}

func (n *names) indirect(step, field string, v reflect.Value) any {
	if v.IsNil() {
		return absent
	}
	inner := n.value(step, field, v.Elem())
	if v.Kind() == reflect.Interface && v.Type() != reflect.TypeFor[any]() {
		return record{v.Elem().Type().String(): inner} // a union says which member it holds
	}
	return inner
}

func (n *names) structure(step string, v reflect.Value) any {
	if _, ok := v.Interface().(time.Time); ok {
		return "<time>"
	}
	made := record{}
	for i := range v.NumField() {
		if f := v.Type().Field(i); f.IsExported() && f.Name != "ResultMetadata" {
			made[f.Name] = n.value(step, f.Name, v.Field(i))
		}
	}
	return made
}

func (n *names) slice(step, field string, v reflect.Value) any {
	if v.IsNil() {
		return absent
	}
	if content, ok := v.Interface().([]byte); ok {
		return n.content(step, field, content)
	}
	if attributes, ok := v.Interface().([]elb.LoadBalancerAttribute); ok {
		return n.attributes(step, attributes)
	}
	made := make(list, v.Len())
	for i := range v.Len() {
		made[i] = n.value(step, "", v.Index(i))
	}
	return made
}

// attributes reads a list of them as what each says.
func (n *names) attributes(step string, attributes []elb.LoadBalancerAttribute) record {
	made := record{}
	for _, a := range attributes {
		made[aws.ToString(a.Key)] = n.value(step, aws.ToString(a.Key), reflect.ValueOf(a.Value))
	}
	return made
}

// content reads a table as what it holds.
func (n *names) content(step, field string, content []byte) any {
	if !bytes.HasPrefix(content, []byte("user,arn,")) {
		return n.text(step, field, string(content))
	}
	rows, err := csv.NewReader(bytes.NewReader(content)).ReadAll()
	if err != nil {
		return err.Error()
	}
	table := record{}
	for _, row := range rows[1:] {
		made := record{}
		for i, cell := range row {
			made[rows[0][i]] = n.text(step, "", cell)
		}
		table[row[0]] = made
	}
	return table
}

// document compares a text that is a JSON object by its meaning, and says whether it is encoded
// as in a URL.
func (n *names) document(step, field, text string) any {
	decoded, encoded := text, false
	if strings.HasPrefix(text, "%7B") {
		if plain, err := url.QueryUnescape(text); err == nil {
			decoded, encoded = plain, true
		}
	}
	var content map[string]any
	if !strings.HasPrefix(decoded, "{") || json.Unmarshal([]byte(decoded), &content) != nil {
		return n.text(step, field, text)
	}
	meaning := n.value(step, "", reflect.ValueOf(content))
	if encoded {
		return record{"URLEncoded": meaning}
	}
	return meaning
}

func (n *names) text(step, field, text string) string {
	if slices.Contains(tokens, field) && text != "" {
		return "<token>"
	}
	if slices.Contains(secrets, field) && text != "" {
		return "<secret>"
	}
	for _, c := range chosen {
		text = c.shape.ReplaceAllStringFunc(text, func(id string) string {
			if c.kind == "time" {
				return "<time>"
			}
			if _, ok := n.first[id]; !ok {
				n.first[id] = step
			}
			kind := c.kind
			if kind == "" {
				kind = c.shape.FindStringSubmatch(id)[1]
			}
			return "<" + kind + " of " + n.first[id] + ">"
		})
	}
	return text
}

// errorOf is an error's code and the type that the SDK made of it.
func errorOf(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		if _, generic := api.(*smithy.GenericAPIError); generic {
			return api.ErrorCode()
		}
		return api.ErrorCode() + " (" + strings.TrimPrefix(fmt.Sprintf("%T", api), "*") + ")"
	}
	var response *smithyhttp.ResponseError
	if errors.As(err, &response) && response.HTTPStatusCode() >= http.StatusBadRequest {
		return fmt.Sprintf("no answer but status %d", response.HTTPStatusCode())
	}
	return err.Error()
}
