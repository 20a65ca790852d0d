// Package scenes brings accounts into the states that controls are about. Each is set through
// the SDK alone, so that the fake and the wire are held to the same script.
package scenes

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
	"github.com/guardrails-dev/aws-guardrails/test/fakeaws"
)

// Scene is an account in which one control fails.
type Scene struct {
	Control string
	// Posture declares the control.
	Posture v1alpha1.Posture
	// Settled is the control's verdict once its plan is applied. Fail: only a person can mend it.
	Settled v1alpha1.VerdictStatus
	// Later is how long after the scene was set the account is looked at, for what must be old.
	Later time.Duration

	set func(*stage)
	// seed sets on the fake what no API can.
	seed func(cloud *fakeaws.Cloud, account string)

	// OffWire says why Moto cannot play the scene to its end, or is empty; OnWire is the verdict
	// that the control has there nevertheless.
	OffWire string
	OnWire  v1alpha1.VerdictStatus
}

// All returns one scene for each control, in order of the controls' ids.
func All() []Scene {
	all := slices.Concat(iamScenes, s3Scenes, ec2Scenes, kmsScenes, dataScenes, loggingScenes, alarmScenes(), threatScenes)
	slices.SortFunc(all, func(a, b Scene) int { return cmp.Compare(a.Control, b.Control) })
	return all
}

// Of returns the scene of a control.
func Of(control string) (Scene, bool) {
	all := All()
	at := slices.IndexFunc(all, func(s Scene) bool { return s.Control == control })
	if at < 0 {
		return Scene{}, false
	}
	return all[at], true
}

// Set sets the scene, as an administrator of the account, on any AWS.
func (s Scene) Set(ctx context.Context, administrator aws.Config) error {
	on := &stage{ctx: ctx, config: administrator}
	if s.set != nil {
		s.set(on)
	}
	if on.err != nil {
		return fmt.Errorf("setting the scene of %s: %w", s.Control, on.err)
	}
	return nil
}

// Seed sets on the fake what no API can.
func (s Scene) Seed(cloud *fakeaws.Cloud, account string) {
	if s.seed != nil {
		s.seed(cloud, account)
	}
}

// stage is the account that a scene is set on. After an error nothing more is called.
type stage struct {
	ctx    context.Context
	config aws.Config
	err    error
}

// in returns the configuration of a region.
func (s *stage) in(region string) aws.Config {
	config := s.config.Copy()
	config.Region = region
	return config
}

// account is whose administrator sets the scene.
func (s *stage) account() string {
	return aws.ToString(do(s, sts.NewFromConfig(s.config).GetCallerIdentity, &sts.GetCallerIdentityInput{}).Account)
}

// do makes one call. After an error the output is empty, not nil.
func do[I, O, P any](s *stage, method func(context.Context, *I, ...func(*P)) (*O, error), in *I) *O {
	if s.err != nil {
		return new(O)
	}
	out, err := method(s.ctx, in)
	if err != nil {
		s.err = fmt.Errorf("%T: %w", in, err)
		return new(O)
	}
	return out
}
