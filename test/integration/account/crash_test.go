package account

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// crasher lets a process reach its n-th write to the API server and no request after; the
// write itself arrives or not.
type crasher struct {
	next    http.RoundTripper
	at      int64
	arrives bool
	writes  atomic.Int64
	// last is the write that it crashed at.
	last atomic.Value
	die  func()
}

var errCrashed = errors.New("the process crashed")

// RoundTrip implements http.RoundTripper.
func (c *crasher) RoundTrip(request *http.Request) (*http.Response, error) {
	ours := request.Method != http.MethodGet && strings.Contains(request.URL.Path, "/aws.guardrails.dev/") && !strings.Contains(request.URL.Path, "securitybaselines")
	n := c.writes.Load()
	if ours {
		n = c.writes.Add(1)
	}
	switch {
	case n < c.at || !ours && n == c.at && c.last.Load() == nil:
		return c.next.RoundTrip(request)
	case n > c.at || !ours:
		return nil, errCrashed
	}
	parts := strings.Split(request.URL.Path, "/")
	c.last.Store(request.Method + " " + strings.Join(parts[6:], "/"))
	defer c.die()
	if c.arrives {
		if response, err := c.next.RoundTrip(request); err == nil {
			_ = response.Body.Close()
		}
	}
	return nil, errCrashed
}

// power lets everything through to the API server until it is cut.
type power struct {
	next http.RoundTripper
	cut  atomic.Bool
}

// RoundTrip implements http.RoundTripper.
func (p *power) RoundTrip(request *http.Request) (*http.Response, error) {
	if p.cut.Load() {
		return nil, errCrashed
	}
	return p.next.RoundTrip(request)
}

var _ = Describe("a crash", func() {
	// settled asserts that the second process made everything good.
	settled := func(s *stage, a *v1alpha1.AWSAccount, where string) {
		GinkgoHelper()
		expect(a, resting...)
		writes := s.writes()
		slices.Sort(writes)
		Expect(writes).To(Equal([]string{"PutBucketVersioning logs", "PutBucketVersioning photos"}), "crashed at %s", where)
		Eventually(s.phases).Should(HaveEach(HavePrefix("Enforced Succeeded 2/2")), "crashed at %s", where)
		Expect(s.runs()).To(HaveLen(1), "crashed at %s", where)
		Expect(s.runs()[0].Status.Journal).To(HaveEach(HaveField("Result", v1alpha1.CallDone)), "crashed at %s", where)
		check(a)
		Expect(s.writes()).To(HaveLen(2), "crashed at %s", where)
	}

	for _, arrives := range []bool{true, false} {
		It(fmt.Sprintf("at any write to the cluster is made good, with nothing written to AWS twice (the write arrives: %t)", arrives), func() {
			var points []string
			for at := int64(1); ; at++ {
				s := set()
				s.buckets("logs", "photos")
				s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
				a := s.account(roomy)
				c := &crasher{at: at, arrives: arrives, die: func() {}}
				s.between = func(next http.RoundTripper) http.RoundTripper {
					c.next = next
					return c
				}
				died := make(chan struct{})
				cancel := s.run()
				c.die = func() { cancel(); close(died) }
				rested := func() bool { return slices.Equal(standing(a), resting) }
				Eventually(func() bool {
					select {
					case <-died:
						return true
					default:
						return rested()
					}
				}).Should(BeTrue())
				s.stop()
				if c.last.Load() == nil {
					break // it never came so far
				}
				where := fmt.Sprint(at, " ", c.last.Load())
				points = append(points, where)
				s.between = nil
				s.run()
				settled(s, a, where)
				s.stop()
				Expect(cluster.Delete(ctx, refresh(a))).To(Succeed())
				edit(a, func(a *v1alpha1.AWSAccount) { a.Finalizers = nil })
			}
			GinkgoWriter.Println(strings.Join(points, "\n"))
			Expect(len(points)).To(BeNumerically(">=", 11))
		})
	}

	DescribeTable("in the middle of a write to AWS is made good", func(nth int, fault *fakeaws.Fault) {
		s := set()
		s.buckets("logs", "photos")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		mains := &power{}
		s.between = func(next http.RoundTripper) http.RoundTripper {
			mains.next = next
			return mains
		}
		cancel := s.run()
		crash := func() {
			mains.cut.Store(true)
			cancel()
		}
		if fault == nil {
			s.onWrite(func(n int, _ fakeaws.Call) {
				if n == nth {
					crash()
				}
			})
		} else {
			n := 0
			fault.Match = func(call fakeaws.Call) bool {
				if call.Write {
					n++
				}
				if !call.Write || n != nth {
					return false
				}
				crash()
				return true
			}
			s.cloud.Inject(fault)
		}
		Eventually(s.writes).Should(HaveLen(nth))
		s.stop()
		Expect(s.writes()).To(HaveLen(nth))
		Expect(s.runs()[0].Status.Journal).To(ContainElement(HaveField("Result", v1alpha1.CallClaimed)))
		s.cloud.Heal()
		s.between = nil
		s.run()
		expect(a, resting...)
		// The journal says who wrote what AWS holds: the run, whichever process it was.
		Expect(s.onlyRun(v1alpha1.RunSucceeded).Status.Journal).To(HaveLen(2))
		Expect(s.runs()[0].Status.Journal).To(HaveEach(HaveField("Result", v1alpha1.CallDone)))
		// What did not arrive is sent again, what arrived is not.
		resent := 0
		if fault != nil && !fault.Applied {
			resent = 1
		}
		Expect(s.writes()).To(HaveLen(2 + resent))
	},
		Entry("the first, answered", 1, nil),
		Entry("the second, answered", 2, nil),
		Entry("the first, not arrived", 1, &fakeaws.Fault{Err: errCrashed, Times: 1}),
		Entry("the second, not arrived", 2, &fakeaws.Fault{Err: errCrashed, Times: 1}),
		Entry("the first, arrived and its answer lost", 1, &fakeaws.Fault{Err: errCrashed, Applied: true, Times: 1}),
		Entry("the second, arrived and its answer lost", 2, &fakeaws.Fault{Err: errCrashed, Applied: true, Times: 1}),
	)

	It("that is an orderly stop finishes the call in flight, records it, and begins no other", func() {
		s := set()
		s.buckets("logs", "photos")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		cancel := s.run()
		s.onWrite(func(n int, _ fakeaws.Call) {
			if n == 1 {
				cancel()
			}
		})
		Eventually(s.writes).Should(HaveLen(1))
		s.stop()
		Expect(s.writes()).To(HaveLen(1))
		journal := s.runs()[0].Status.Journal
		Expect(journal[0]).To(And(HaveField("Result", v1alpha1.CallDone), HaveField("Message", "")))
		Expect(journal[1:]).NotTo(ContainElement(HaveField("Result", v1alpha1.CallDone)))
		s.run()
		expect(a, resting...)
		Expect(s.writes()).To(HaveLen(2))
		Expect(s.onlyRun(v1alpha1.RunSucceeded).Status.Journal).To(HaveEach(HaveField("Result", v1alpha1.CallDone)))
	})

	It("is undone as what it did, not as nothing", func() {
		s := set()
		s.buckets("logs")
		s.baseline("foundational", v1alpha1.Enforce, versionBuckets())
		a := s.account(roomy)
		mains := &power{}
		s.between = func(next http.RoundTripper) http.RoundTripper {
			mains.next = next
			return mains
		}
		cancel := s.run()
		s.onWrite(func(int, fakeaws.Call) {
			mains.cut.Store(true)
			cancel()
		})
		Eventually(s.writes).Should(HaveLen(1))
		s.stop()
		s.cloud.Heal()
		s.between = nil
		s.run()
		expect(a, resting...)
		run := s.onlyRun(v1alpha1.RunSucceeded)
		revert(run)
		s.undoRun(v1alpha1.RunPending)
	})
})
