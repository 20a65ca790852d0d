package cloudwatch

import (
	"fmt"

	"github.com/guardrails-dev/aws-guardrails/internal/inventory"
)

// byHand says what a person has to do where nothing is left to plan.
func (w trailAlarm) byHand(a inventory.Alerts) string {
	verdict := w.judge(a)
	best, _ := a.AuditTrail.Best()
	switch verdict.Reason {
	case reasonNoTrail:
		return "an alarm is ready on log group " + inventory.OwnTrailLogs + ", but no trail delivers to it: declare cloudtrail-multi-region, or create a trail of all regions that does"
	case reasonTrailNotRecording:
		return fmt.Sprintf("make trail %s record all regions and all management events: declare cloudtrail-multi-region, which does it", best.ID)
	case reasonTrailOfAnother:
		return fmt.Sprintf("in account %s, see that the trail's log group has a metric filter with the pattern %s and that its alarm reaches someone", a.AuditTrail.Inherited(), w.pattern)
	case reasonLogGroupElsewhere:
		return fmt.Sprintf("in the account of %s, see that it has a metric filter with the pattern %s and that its alarm reaches someone", best.LogGroup, w.pattern)
	case reasonLogGroupFailing:
		return fmt.Sprintf("let CloudTrail write to %s again: see its role with `aws cloudtrail describe-trails --trail-name-list %s --region %s`", best.LogGroup, best.ARN, best.Region)
	}
	return w.subscribeByHand(a)
}

// subscribeByHand names the address that has to confirm, or the topic that wants a subscriber.
func (w trailAlarm) subscribeByHand(a inventory.Alerts) string {
	empty := ""
	for _, group := range a.Groups {
		for _, topic := range w.in(group).topics {
			subscribe := fmt.Sprintf("`aws sns subscribe --topic-arn %s --protocol email --notification-endpoint ADDRESS --region %s`", topic.ARN, group.Group.Region)
			subscriptions, _ := topic.Subscriptions.Get()
			if len(subscriptions) > 0 {
				return fmt.Sprintf("confirm the mail that AWS sent to %s by the link in it; %s sends it again", endpoint(subscriptions[0]), subscribe)
			}
			empty = fmt.Sprintf("subscribe someone: declare notifyEmail, or %s, and confirm the mail that comes", subscribe)
		}
	}
	return empty
}
