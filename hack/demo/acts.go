package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"k8s.io/apimachinery/pkg/api/meta"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// patience bounds every wait: the demo fails rather than hangs.
const patience = 3 * time.Minute

func (d *demo) audit(ctx context.Context) error {
	var p *v1alpha1.AccountPosture
	if err := until(ctx, "every control of both baselines is judged", func(ctx context.Context) (bool, error) {
		if err := d.alive(); err != nil {
			return false, err
		}
		baselines := &v1alpha1.SecurityBaselineList{}
		if err := d.admin.List(ctx, baselines, client.InNamespace(namespace)); err != nil {
			return false, err
		}
		for _, b := range baselines.Items {
			if !meta.IsStatusConditionTrue(b.Status.Conditions, v1alpha1.ConditionReady) {
				return false, nil
			}
		}
		var err error
		p, err = d.posture(ctx)
		return err == nil && len(baselines.Items) == 2, client.IgnoreNotFound(err)
	}); err != nil {
		return err
	}
	for _, kind := range [][2]string{{"securitybaselines", "sb"}, {"awsaccounts", "awsa"}} {
		if err := d.show(ctx, kind[0], kind[1]); err != nil {
			return err
		}
	}
	d.story.say("")
	d.controls(p)
	d.story.say("")
	d.findings(p, 12)
	if writes := d.cloud.Writes(); len(writes) != 0 {
		return fmt.Errorf("the audit wrote to AWS %d times, first %s", len(writes), writes[0].Operation)
	}
	d.story.say("")
	d.story.say("%d AWS calls were made, all of them reads.", len(d.cloud.Calls()))
	return nil
}

// alive says whether the manager still runs.
func (d *demo) alive() error {
	select {
	case err := <-d.managerEnded:
		d.managerEnded <- err
		return errors.Join(errors.New("the manager ended; its log: "+d.logFile.Name()), err)
	default:
		return nil
	}
}

// controls prints a line for each control, as the AccountPosture has it.
func (d *demo) controls(p *v1alpha1.AccountPosture) {
	d.story.command("kubectl get posture " + shop + " -n " + namespace + " -o jsonpath=…   # by control")
	lines := [][]string{{"CONTROL", "SEVERITY", "VERDICT", "PASS", "FAIL", "CONTAINED", "UNKNOWN"}}
	for _, c := range p.Status.Controls {
		lines = append(lines, []string{c.Control, string(c.Severity), string(c.Verdict), fmt.Sprint(c.Pass), fmt.Sprint(c.Fail), fmt.Sprint(c.Contained), fmt.Sprint(c.Unknown)})
	}
	d.story.rows(lines)
}

// findings prints the worst findings.
func (d *demo) findings(p *v1alpha1.AccountPosture, most int) {
	shown := min(most, len(p.Status.Findings))
	d.story.say("The worst findings:")
	for _, f := range p.Status.Findings[:shown] {
		d.story.verdict(false, fmt.Sprintf("%-8s %s: %s %s", f.Severity, f.Control, where(f), f.Message))
	}
	if more := len(p.Status.Findings) - shown + int(p.Status.MoreFindings); more > 0 {
		d.story.say("... and %d more.", more)
	}
}

// where names a finding's resource without what all of the account have in common.
func where(f v1alpha1.Finding) string {
	resource := strings.SplitN(f.Resource, ":", 6) // an ARN has six parts
	return strings.TrimSpace(f.Region + " " + resource[len(resource)-1])
}

func (d *demo) plan(ctx context.Context) error {
	p, err := d.posture(ctx)
	if err != nil {
		return err
	}
	plan := p.Status.Plan
	if plan == nil || plan.Actions == 0 {
		return errors.New("there is no plan for a neglected account")
	}
	d.story.say("%d actions would mend it; %d findings only a person can mend; %d actions are refused, for what they touch is protected.", plan.Actions, plan.Manual, plan.Refused)
	for _, line := range plan.First[:min(12, len(plan.First))] {
		d.story.say("  %s", line)
	}
	d.story.say("  ... and %d more.", int(plan.Actions)-min(12, len(plan.First)))
	return nil
}

func (d *demo) raise(ctx context.Context) error {
	a, err := d.account(ctx)
	if err != nil {
		return err
	}
	d.story.command("kubectl patch awsa " + shop + ` --type merge -p '{"spec":{"guard":{"maxEnforcement":"Enforce"}}}'`)
	if err := change(ctx, d.admin, a, func(a *v1alpha1.AWSAccount) { a.Spec.Guard.MaxEnforcement = v1alpha1.Enforce }); err != nil {
		return err
	}
	if err := until(ctx, "a run is offered", func(ctx context.Context) (bool, error) {
		a, err = d.account(ctx)
		return err == nil && a.Status.OfferedRun != "", errors.Join(err, d.alive())
	}); err != nil {
		return err
	}
	if blocked := meta.FindStatusCondition(a.Status.Conditions, v1alpha1.ConditionBlocked); blocked != nil {
		d.story.say("Blocked (%s): %s", blocked.Reason, blocked.Message)
	}
	if writes := d.cloud.Writes(); len(writes) != 0 {
		return fmt.Errorf("%d writes before the approval, first %s", len(writes), writes[0].Operation)
	}
	return d.show(ctx, "remediationruns", "rr")
}

// approve has Alice approve whatever is offered, until nothing is: what the first runs create
// is itself held to the baselines.
func (d *demo) approve(ctx context.Context) error {
	seen := map[string]int{}
	quiet := 0
	return until(ctx, "nothing is offered or running any more", func(ctx context.Context) (bool, error) {
		busy, err := d.decide(ctx, seen)
		if err != nil {
			return false, err
		}
		a, err := d.account(ctx)
		if err != nil || busy || !meta.IsStatusConditionTrue(a.Status.Conditions, v1alpha1.ConditionReady) {
			quiet = 0
			return false, err
		}
		quiet++
		return quiet > 20, nil
	})
}

// decide prints what landed, approves what is offered, and says whether a run is open.
func (d *demo) decide(ctx context.Context, seen map[string]int) (busy bool, err error) {
	runs := &v1alpha1.RemediationRunList{}
	if err := errors.Join(d.admin.List(ctx, runs, client.InNamespace(namespace)), d.alive()); err != nil {
		return false, err
	}
	slices.SortFunc(runs.Items, func(a, b v1alpha1.RemediationRun) int { return strings.Compare(a.Name, b.Name) })
	for i := range runs.Items {
		run := &runs.Items[i]
		d.landed(run, seen)
		if run.Status.Phase == v1alpha1.RunFailed {
			return false, fmt.Errorf("run %s failed", run.Name)
		}
		busy = busy || !run.Status.Phase.Final()
		if run.Spec.Trigger != v1alpha1.TriggerOffered || run.Spec.Approval != nil || run.Status.Phase != v1alpha1.RunPending {
			continue
		}
		d.story.command("kubectl patch rr " + run.Name + ` --as alice --type merge -p '{"spec":{"approval":{"decision":"Approved","by":"alice"}}}'`)
		if err := d.alice.Patch(ctx, approvedBy("alice", run), client.MergeFrom(run)); err != nil {
			return false, fmt.Errorf("approving %s: %w", run.Name, err)
		}
	}
	return busy, nil
}

func approvedBy(who string, run *v1alpha1.RemediationRun) *v1alpha1.RemediationRun {
	approved := run.DeepCopy()
	approved.Spec.Approval = &v1alpha1.Approval{Decision: v1alpha1.Approved, By: who}
	return approved
}

// landed prints the journal entries that are new.
func (d *demo) landed(run *v1alpha1.RemediationRun, seen map[string]int) {
	titles := map[string]string{}
	for _, action := range run.Spec.Actions {
		titles[action.Hash] = action.Title
	}
	for _, entry := range run.Status.Journal[min(seen[run.Name], len(run.Status.Journal)):] {
		if entry.Result == v1alpha1.CallClaimed {
			break
		}
		seen[run.Name]++
		ok := entry.Result == v1alpha1.CallDone || entry.Result == v1alpha1.CallAlreadySo
		d.story.verdict(ok, fmt.Sprintf("%s %-9s %s (%s) %s", entry.At.Format(time.TimeOnly), entry.Result, titles[entry.Action], entry.Call, entry.Message))
	}
}

func (d *demo) stand(ctx context.Context) error {
	for _, kind := range [][2]string{{"securitybaselines", "sb"}, {"awsaccounts", "awsa"}, {"remediationruns", "rr"}} {
		if err := d.show(ctx, kind[0], kind[1]); err != nil {
			return err
		}
	}
	p, err := d.posture(ctx)
	if err != nil {
		return err
	}
	d.story.say("")
	d.controls(p)
	d.story.say("")
	var left []error
	for _, f := range p.Status.Findings {
		if f.ByHand == "" && f.Verdict != v1alpha1.Contained {
			left = append(left, fmt.Errorf("%s on %s is %s, and nobody is told what to do: %s", f.Control, f.Resource, f.Verdict, f.Message))
		}
	}
	d.byHand(p)
	return errors.Join(left...)
}

// byHand prints what only a person can do: the same thing once, with how many it is for.
func (d *demo) byHand(p *v1alpha1.AccountPosture) {
	d.story.say("What only a person can do:")
	count := map[string]int{}
	for _, f := range p.Status.Findings {
		count[f.Control]++
		if count[f.Control] > 1 {
			continue
		}
		d.story.say("%s %s %s: %s", d.story.paint(yellow, string(f.Verdict)), f.Control, where(f), f.Message)
		d.story.say("    %s", f.ByHand)
	}
	for _, control := range slices.Sorted(maps.Keys(count)) {
		if count[control] > 1 {
			d.story.say("%s: %d in all.", control, count[control])
		}
	}
}

// drift opens SSH to the world with somebody else's credentials, and waits for it to be closed.
func (d *demo) drift(ctx context.Context) error {
	client := ec2.NewFromConfig(d.cloud.ConfigFor(accountID))
	group, err := client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{Filters: []types.Filter{{Name: aws.String("group-name"), Values: []string{"app-7"}}}})
	if err != nil || len(group.SecurityGroups) == 0 {
		return fmt.Errorf("finding a security group: %w", err)
	}
	id := group.SecurityGroups[0].GroupId
	d.story.command("aws ec2 authorize-security-group-ingress --group-id " + *id + " --protocol tcp --port 22 --cidr 0.0.0.0/0")
	opened := time.Now()
	if _, err := client.AuthorizeSecurityGroupIngress(ctx, &ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: id, IpPermissions: []types.IpPermission{{IpProtocol: aws.String("tcp"), FromPort: aws.Int32(22), ToPort: aws.Int32(22), IpRanges: []types.IpRange{{CidrIp: aws.String("0.0.0.0/0")}}}},
	}); err != nil {
		return err
	}
	if err := until(ctx, "the port is closed again", func(ctx context.Context) (bool, error) {
		open, err := d.isOpen(ctx, client, id)
		return !open, errors.Join(err, d.alive())
	}); err != nil {
		return err
	}
	d.story.verdict(true, fmt.Sprintf("Found and closed after %.1f s; the account is read every %s.", time.Since(opened).Seconds(), interval))
	return d.proved(ctx, *id)
}

func (d *demo) isOpen(ctx context.Context, client *ec2.Client, group *string) (bool, error) {
	now, err := client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{*group}})
	if err != nil {
		return false, err
	}
	for _, permission := range now.SecurityGroups[0].IpPermissions {
		if aws.ToInt32(permission.FromPort) == 22 && len(permission.IpRanges) > 0 {
			return true, nil
		}
	}
	return false, nil
}

// proved shows the run that closed it: it started by itself, and is evidence.
func (d *demo) proved(ctx context.Context, group string) error {
	return until(ctx, "the run that closed it is journaled and the account read again", func(ctx context.Context) (bool, error) {
		runs := &v1alpha1.RemediationRunList{}
		if err := d.admin.List(ctx, runs, client.InNamespace(namespace)); err != nil {
			return false, err
		}
		for _, run := range runs.Items {
			if run.Spec.Trigger != v1alpha1.TriggerEnforced || run.Status.Phase != v1alpha1.RunSucceeded || !strings.Contains(run.Spec.Actions[0].Target, group) {
				continue
			}
			a, err := d.account(ctx)
			if err != nil || !meta.IsStatusConditionTrue(a.Status.Conditions, v1alpha1.ConditionReady) {
				return false, err // what is green is so because it was read again
			}
			d.story.say("Run %s, %s: %s, by %s", run.Name, run.Spec.Trigger, run.Spec.Actions[0].Title, run.Status.Caller)
			return true, d.show(ctx, "awsaccounts", "awsa")
		}
		return false, nil
	})
}

func (d *demo) sum(context.Context) error {
	calls, all, writes := map[string]int{}, 0, 0
	for _, call := range d.cloud.Calls() {
		if !strings.Contains(call.Caller, ":assumed-role/guardrails-") {
			continue // whoever set the scene, or opened the port
		}
		service, _, _ := strings.Cut(call.Operation, ":")
		calls[service]++
		all++
		if call.Write {
			writes++
		}
	}
	lines := make([]string, 0, len(calls))
	for _, service := range slices.Sorted(maps.Keys(calls)) {
		lines = append(lines, fmt.Sprintf("%s %d", service, calls[service]))
	}
	d.story.say("The operator made %d AWS calls, %d of them writes, each of which was in a plan and in a journal first:", all, writes)
	d.story.say("%s", strings.Join(lines, ", "))
	d.story.verdict(true, fmt.Sprintf("Done in %.0f s.", time.Since(d.story.began).Seconds()))
	return nil
}
