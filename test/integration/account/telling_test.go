package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// heard is what the managers log.
var heard transcript

// transcript keeps the lines of a log that tell of changes to AWS, and those that tell a secret.
type transcript struct {
	mu      sync.Mutex
	changes []string
	secrets []string
}

// Write implements io.Writer.
func (t *transcript) Write(line []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if bytes.Contains(line, []byte("changed AWS")) {
		t.changes = append(t.changes, string(line))
	}
	if bytes.Contains(line, []byte(fakeaws.Secret)) {
		t.secrets = append(t.secrets, string(line))
	}
	return len(line), nil
}

// changed are the lines on changes of an account.
func (t *transcript) changed(account string) []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(t.changes), func(line string) bool { return !bytes.Contains([]byte(line), []byte(`"account": "`+account+`"`)) })
}

func (t *transcript) leaked() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.secrets
}

// Whatever a spec plays: nothing that the operator writes tells a credential that it used.
var _ = JustAfterEach(func() {
	Expect(heard.leaked()).To(BeEmpty())
	for _, kind := range []client.ObjectList{
		&v1alpha1.AWSAccountList{}, &v1alpha1.SecurityBaselineList{}, &v1alpha1.RiskAcceptanceList{}, &v1alpha1.AccountPostureList{}, &v1alpha1.RemediationRunList{}, &eventsv1.EventList{},
	} {
		Expect(cluster.List(ctx, kind)).To(Succeed())
		Expect(json.Marshal(kind)).NotTo(ContainSubstring(fakeaws.Secret))
	}
	families, err := metrics.Registry.Gather()
	Expect(err).NotTo(HaveOccurred())
	Expect(families).NotTo(BeEmpty())
	Expect(fmt.Sprint(families)).NotTo(ContainSubstring(fakeaws.Secret))
})

var _ = Describe("what the operator tells", func() {
	It("would be found to tell a secret", func() {
		var t transcript
		_, err := fmt.Fprintln(&t, "signed with", fakeaws.Secret+"-session")
		Expect(err).NotTo(HaveOccurred())
		Expect(t.leaked()).To(HaveLen(1))
	})

	It("repeats each change of AWS in one line of the log: what, where, by whom, for which run", func() {
		s := start()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		expect(s.account(roomy), resting...)
		run := s.onlyRun(v1alpha1.RunSucceeded)
		Expect(heard.changed(s.id)).To(ConsistOf(And(
			ContainSubstring(`"resource": %q`, s.bucketARN("logs")), ContainSubstring(`"action": "EnableBucketVersioning"`), ContainSubstring(`"call": "s3:PutBucketVersioning"`),
			ContainSubstring(`"run": %q`, run.Name), ContainSubstring(`"caller": %q`, run.Status.Caller), ContainSubstring(`"region": "us-east-1"`), ContainSubstring(`"result": "Done"`),
		)))
	})
})
