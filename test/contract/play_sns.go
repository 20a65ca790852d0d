package contract

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sns/types"
)

func playSNS(p *play) {
	client := sns.NewFromConfig(p.in("us-east-1"))
	arn := func(region, account, name string) *string {
		return aws.String("arn:aws:sns:" + region + ":" + account + ":" + name)
	}
	alerts, none := arn("us-east-1", p.script.Account, "alerts"), arn("us-east-1", p.script.Account, "none")
	attributes := func(step string, topic *string) {
		call(p, step, client.GetTopicAttributes, &sns.GetTopicAttributesInput{TopicArn: topic})
	}
	create := func(step string, in *sns.CreateTopicInput) { call(p, step, client.CreateTopic, in) }
	owner := []types.Tag{{Key: aws.String("owner"), Value: aws.String("audit")}}

	attributes("read no topic", alerts)
	create("create", &sns.CreateTopicInput{Name: aws.String("alerts"), Tags: owner})
	create("create again", &sns.CreateTopicInput{Name: aws.String("alerts"), Tags: owner})
	create("create again without tags", &sns.CreateTopicInput{Name: aws.String("alerts")})
	create("create again with other tags", &sns.CreateTopicInput{Name: aws.String("alerts"), Tags: []types.Tag{{Key: aws.String("owner"), Value: aws.String("shop")}}})
	create("create with a bad name", &sns.CreateTopicInput{Name: aws.String("no name")})
	create("create with attributes", &sns.CreateTopicInput{Name: aws.String("shown"), Attributes: map[string]string{"DisplayName": "Shown", "KmsMasterKeyId": "alias/aws/sns"}})
	attributes("read a topic", alerts)
	attributes("read a topic with attributes", arn("us-east-1", p.script.Account, "shown"))
	attributes("read a topic of another region", arn("eu-west-1", p.script.Account, "alerts"))
	attributes("read a topic of another account", arn("us-east-1", stranger, "alerts"))
	attributes("read what is no ARN", aws.String("alerts"))

	call(p, "read the tags of a topic", client.ListTagsForResource, &sns.ListTagsForResourceInput{ResourceArn: alerts})
	call(p, "read the tags of no topic", client.ListTagsForResource, &sns.ListTagsForResourceInput{ResourceArn: none})

	playSubscriptions(p, client, alerts, none)

	call(p, "delete the topic", client.DeleteTopic, &sns.DeleteTopicInput{TopicArn: alerts})
	call(p, "delete the topic again", client.DeleteTopic, &sns.DeleteTopicInput{TopicArn: alerts})
	attributes("read the topic deleted", alerts)
	call(p, "list the subscriptions of the topic deleted", client.ListSubscriptionsByTopic, &sns.ListSubscriptionsByTopicInput{TopicArn: alerts})
}

func playSubscriptions(p *play, client *sns.Client, alerts, none *string) {
	subscribe := func(step string, topic *string, protocol, endpoint string) {
		call(p, step, client.Subscribe, &sns.SubscribeInput{TopicArn: topic, Protocol: aws.String(protocol), Endpoint: aws.String(endpoint)})
	}
	subscriptions := func(step string, in *sns.ListSubscriptionsByTopicInput) *sns.ListSubscriptionsByTopicOutput {
		return call(p, step, client.ListSubscriptionsByTopic, in)
	}
	queue := "arn:aws:sqs:us-east-1:" + p.script.Account + ":alerts"
	subscriptions("list no subscriptions", &sns.ListSubscriptionsByTopicInput{TopicArn: alerts})
	subscriptions("list the subscriptions of none", &sns.ListSubscriptionsByTopicInput{TopicArn: none})
	subscriptions("list the subscriptions of another account", &sns.ListSubscriptionsByTopicInput{TopicArn: aws.String("arn:aws:sns:us-east-1:" + stranger + ":alerts")})
	subscribe("subscribe by mail", alerts, "email", "security@example.com")
	subscribe("subscribe by mail again", alerts, "email", "security@example.com")
	subscriptions("list who has not confirmed", &sns.ListSubscriptionsByTopicInput{TopicArn: alerts})
	call(p, "subscribe by mail and say how", client.Subscribe, &sns.SubscribeInput{TopicArn: alerts, Protocol: aws.String("email"), Endpoint: aws.String("audit@example.com"), ReturnSubscriptionArn: true})
	subscribe("subscribe a queue", alerts, "sqs", queue)
	subscribe("subscribe a queue again", alerts, "sqs", queue)
	subscriptions("list subscriptions", &sns.ListSubscriptionsByTopicInput{TopicArn: alerts})
	call(p, "read a topic with subscriptions", client.GetTopicAttributes, &sns.GetTopicAttributesInput{TopicArn: alerts})
	subscribe("subscribe to none", none, "email", "security@example.com")
	subscribe("subscribe by a bad address", alerts, "email", "nobody")
	subscribe("subscribe by a bad way", alerts, "pigeon", "roof")

	shown := aws.String("arn:aws:sns:us-east-1:" + p.script.Account + ":shown")
	for i := range 100 {
		endpoint := fmt.Sprintf("arn:aws:sqs:us-east-1:%s:queue-%d", p.script.Account, i)
		scene(p, client.Subscribe, &sns.SubscribeInput{TopicArn: shown, Protocol: aws.String("sqs"), Endpoint: aws.String(endpoint)})
	}
	pageOf := func(token *string) *sns.ListSubscriptionsByTopicInput {
		return &sns.ListSubscriptionsByTopicInput{TopicArn: shown, NextToken: token}
	}
	subscriptions("list a page of just all", pageOf(nil))
	subscribe("subscribe one more", shown, "sqs", queue)
	first := subscriptions("list a first page of subscriptions", pageOf(nil))
	subscriptions("list the next page of subscriptions", pageOf(first.NextToken))
}
