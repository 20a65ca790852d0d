package fakeaws

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

// snsState is SNS in one region of an account: topics by ARN.
type snsState struct{ topics map[string]*topic }

type topic struct {
	attributes    map[string]string
	tags          map[string]string
	subscriptions []*subscription
	// deleted is how many subscriptions there were besides.
	deleted int
}

// subscription has its ARN from the start; who confirms it makes it known.
type subscription struct {
	types.Subscription
	confirmed bool
}

// shown is the subscription as lists have it.
func (s *subscription) shown() types.Subscription {
	all := s.Subscription
	if !s.confirmed {
		all.SubscriptionArn = aws.String(awaitingConfirmation)
	}
	return all
}

// awaitingConfirmation stands for the ARN of a subscription that its endpoint has not confirmed.
const awaitingConfirmation = "PendingConfirmation"

// subscriptionPage is how many subscriptions SNS gives at once.
const subscriptionPage = 100

func serveSNS(c *Cloud) {
	on(c, createTopic)
	on(c, subscribe)
	on(c, listSubscriptionsByTopic)
	on(c, listTopics)
	on(c, func(r *Request, in *sns.GetTopicAttributesInput) (*sns.GetTopicAttributesOutput, error) {
		t, err := r.topic(in.TopicArn)
		if err != nil {
			return nil, err
		}
		return &sns.GetTopicAttributesOutput{Attributes: t.shownAttributes()}, nil
	})
	on(c, func(r *Request, in *sns.DeleteTopicInput) (*sns.DeleteTopicOutput, error) {
		delete(regional[snsState](r).topics, aws.ToString(in.TopicArn))
		return &sns.DeleteTopicOutput{}, nil
	})
	on(c, func(r *Request, in *sns.UnsubscribeInput) (*sns.UnsubscribeOutput, error) {
		for _, t := range regional[snsState](r).topics {
			before := len(t.subscriptions)
			t.subscriptions = slices.DeleteFunc(t.subscriptions, func(s *subscription) bool {
				return s.confirmed && *s.SubscriptionArn == aws.ToString(in.SubscriptionArn)
			})
			t.deleted += before - len(t.subscriptions)
		}
		return &sns.UnsubscribeOutput{}, nil
	})
	on(c, func(r *Request, in *sns.ListTagsForResourceInput) (*sns.ListTagsForResourceOutput, error) {
		t, err := r.topic(in.ResourceArn)
		if err != nil {
			return nil, &types.ResourceNotFoundException{Message: aws.String("Resource does not exist")}
		}
		tags := []types.Tag{}
		for _, key := range slices.Sorted(maps.Keys(t.tags)) {
			tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String(t.tags[key])})
		}
		return &sns.ListTagsForResourceOutput{Tags: tags}, nil
	})
}

// ConfirmSubscriptions confirms every subscription that waits for it, as the owners of the
// addresses do by following the link in their mail.
func (c *Cloud) ConfirmSubscriptions() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, state := range c.states {
		region, ok := state.(*snsState)
		if !ok {
			continue
		}
		for _, t := range region.topics {
			for _, s := range t.subscriptions {
				s.confirmed = true
			}
		}
	}
}

// topic finds a topic of the called region; one of another account or region is not to be had.
func (r *Request) topic(arn *string) (*topic, error) {
	wanted := aws.ToString(arn)
	parts := strings.Split(wanted, ":")
	switch {
	case len(parts) != 6 || parts[2] != "sns":
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: TopicArn")}
	case parts[4] != r.Account:
		return nil, &types.AuthorizationErrorException{Message: aws.String("not authorized to access " + wanted)}
	case parts[3] != r.Region:
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: TopicArn")}
	}
	t, ok := regional[snsState](r).topics[wanted]
	if !ok {
		return nil, &types.NotFoundException{Message: aws.String("Topic does not exist")}
	}
	return t, nil
}

// What SNS gives a topic of which nobody said anything; the policy names the topic and its owner.
const (
	topicPolicy   = `{"Version":"2008-10-17","Id":"__default_policy_ID","Statement":[{"Sid":"__default_statement_ID","Effect":"Allow","Principal":{"AWS":"*"},"Action":["SNS:GetTopicAttributes","SNS:SetTopicAttributes","SNS:AddPermission","SNS:RemovePermission","SNS:DeleteTopic","SNS:Subscribe","SNS:ListSubscriptionsByTopic","SNS:Publish"],"Resource":%q,"Condition":{"StringEquals":{"AWS:SourceOwner":%q}}}]}`
	topicDelivery = `{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}`
)

// shownAttributes are the topic's own and the counts of its subscriptions.
func (t *topic) shownAttributes() map[string]string {
	pending := 0
	for _, s := range t.subscriptions {
		if !s.confirmed {
			pending++
		}
	}
	shown := maps.Clone(t.attributes)
	shown["SubscriptionsPending"], shown["SubscriptionsConfirmed"], shown["SubscriptionsDeleted"] = fmt.Sprint(pending), fmt.Sprint(len(t.subscriptions)-pending), fmt.Sprint(t.deleted)
	return shown
}

var topicName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)

// subscriptionProtocols are the ways in which a topic can be heard.
var subscriptionProtocols = []string{"http", "https", "email", "email-json", "sms", "sqs", "application", "lambda", "firehose"}

// createTopic answers with the topic that is there, unless it is asked for with other tags.
func createTopic(r *Request, in *sns.CreateTopicInput) (*sns.CreateTopicOutput, error) {
	arn, state, tags := r.ARN("sns", r.Region, aws.ToString(in.Name)), regional[snsState](r), map[string]string{}
	if !topicName.MatchString(aws.ToString(in.Name)) {
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: Topic Name")}
	}
	for _, tag := range in.Tags {
		tags[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	if have, ok := state.topics[arn]; ok {
		if len(in.Tags) > 0 && !maps.Equal(have.tags, tags) {
			return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: Tags Reason: Topic already exists with different tags")}
		}
		return &sns.CreateTopicOutput{TopicArn: aws.String(arn)}, nil
	}
	if state.topics == nil {
		state.topics = map[string]*topic{}
	}
	attributes := map[string]string{"TopicArn": arn, "Owner": r.Account, "DisplayName": "", "Policy": fmt.Sprintf(topicPolicy, arn, r.Account), "EffectiveDeliveryPolicy": topicDelivery}
	maps.Copy(attributes, in.Attributes)
	state.topics[arn] = &topic{attributes: attributes, tags: tags}
	return &sns.CreateTopicOutput{TopicArn: aws.String(arn)}, nil
}

func listTopics(r *Request, in *sns.ListTopicsInput) (*sns.ListTopicsOutput, error) {
	all := []types.Topic{}
	for _, arn := range slices.Sorted(maps.Keys(regional[snsState](r).topics)) {
		all = append(all, types.Topic{TopicArn: aws.String(arn)})
	}
	items, next, err := page(all, in.NextToken, subscriptionPage, subscriptionPage, "")
	if err != nil {
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: NextToken")}
	}
	return &sns.ListTopicsOutput{Topics: items, NextToken: next}, nil
}

// subscribe leaves a mail address unconfirmed; asking again sends the mail again and changes
// nothing.
func subscribe(r *Request, in *sns.SubscribeInput) (*sns.SubscribeOutput, error) {
	t, err := r.topic(in.TopicArn)
	if err != nil {
		return nil, err
	}
	protocol, endpoint := aws.ToString(in.Protocol), aws.ToString(in.Endpoint)
	if !slices.Contains(subscriptionProtocols, protocol) {
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: Amazon SNS does not support this protocol string: " + protocol)}
	}
	if protocol == "email" && !strings.Contains(endpoint, "@") {
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: Email address")}
	}
	for _, s := range t.subscriptions {
		if *s.Protocol == protocol && *s.Endpoint == endpoint {
			return subscribed(s, in), nil
		}
	}
	made := &subscription{
		Subscription: types.Subscription{
			Protocol: in.Protocol, Endpoint: in.Endpoint, Owner: aws.String(r.Account), TopicArn: in.TopicArn,
			SubscriptionArn: aws.String(fmt.Sprintf("%s:00000000-0000-0000-0001-%012d", *in.TopicArn, r.NextID())),
		},
		confirmed: !strings.HasPrefix(protocol, "email") && !strings.HasPrefix(protocol, "http"),
	}
	t.subscriptions = append(t.subscriptions, made)
	return subscribed(made, in), nil
}

// subscribed answers with the ARN where it is known, or asked for.
func subscribed(s *subscription, in *sns.SubscribeInput) *sns.SubscribeOutput {
	if s.confirmed || in.ReturnSubscriptionArn {
		return &sns.SubscribeOutput{SubscriptionArn: s.SubscriptionArn}
	}
	return &sns.SubscribeOutput{SubscriptionArn: aws.String("pending confirmation")}
}

func listSubscriptionsByTopic(r *Request, in *sns.ListSubscriptionsByTopicInput) (*sns.ListSubscriptionsByTopicOutput, error) {
	t, err := r.topic(in.TopicArn)
	if err != nil {
		return nil, err
	}
	all := []types.Subscription{}
	for _, s := range t.subscriptions {
		all = append(all, s.shown())
	}
	items, next, err := page(all, in.NextToken, subscriptionPage, subscriptionPage, "")
	if err != nil {
		return nil, &types.InvalidParameterException{Message: aws.String("Invalid parameter: NextToken")}
	}
	return &sns.ListSubscriptionsByTopicOutput{Subscriptions: items, NextToken: next}, nil
}
