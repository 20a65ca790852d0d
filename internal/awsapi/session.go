package awsapi

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Target is an account and the role to reach it by.
type Target struct {
	Account   string
	Partition string
	// Home is the region that global calls are made from.
	Home       string
	RoleARN    string
	ExternalID string
	// SessionName and SourceIdentity say in CloudTrail which object acted.
	SessionName string
}

// Options of a pool.
type Options struct {
	// Now is the clock.
	Now func() time.Time
	// Unlimited turns the limits off, for an endpoint that is not AWS.
	Unlimited bool
	// SourceIdentity is set on assumed roles; their trust policies must allow sts:SetSourceIdentity.
	SourceIdentity bool
}

// unusedFor is how long credentials are kept that nobody asks for: as long as they are good.
const unusedFor = time.Hour

// Pool opens sessions and keeps the credentials of each role and account, so that a role is
// assumed once an hour and not once a round.
type Pool struct {
	Meter *Meter

	base    aws.Config
	options Options
	limits  *limits

	mu        sync.Mutex
	providers map[Target]*guardedProvider
	// self is what Base answers, once AWS has.
	self []string
}

// NewPool returns a pool over the operator's own configuration and credentials.
func NewPool(base aws.Config, options Options) *Pool {
	return &Pool{Meter: NewMeter(), base: base, options: options, limits: newLimits(options.Unlimited), providers: map[Target]*guardedProvider{}}
}

// Session reaches one account with verified credentials. It is read-only unless it was opened
// for a run.
type Session struct {
	Account   string
	Partition string
	Home      string
	// Identity is the ARN that GetCallerIdentity showed.
	Identity string

	config aws.Config
	now    func() time.Time

	mu      sync.Mutex
	regions map[string]*Clients
}

// Open returns a session that can only read, once its identity is verified.
func (p *Pool) Open(ctx context.Context, target Target) (*Session, error) {
	return p.open(ctx, target, false)
}

// OpenForRun returns a session that can also send the writes that a run permits one by one.
func (p *Pool) OpenForRun(ctx context.Context, target Target) (*Session, error) {
	return p.open(ctx, target, true)
}

func (p *Pool) open(ctx context.Context, target Target, writable bool) (*Session, error) {
	provider := p.provider(target)
	cache := provider.cache
	if _, err := cache.Retrieve(ctx); err != nil {
		return nil, fmt.Errorf("assuming %s: %w", target.RoleARN, classify("sts:AssumeRole", err))
	}
	config := p.base.Copy()
	config.Credentials = cache
	config.APIOptions = append(append([]apiOption{}, p.base.APIOptions...),
		p.Meter.measure(p.limits, target.Account), expectOwner(target.Account), guardCalls(writable), classifyErrors)
	return &Session{
		Account: target.Account, Partition: target.Partition, Home: target.Home, Identity: provider.identity(),
		config: config, now: p.options.Now, regions: map[string]*Clients{},
	}, nil
}

// Now is the session's clock.
func (s *Session) Now() time.Time { return s.now() }

// In returns the clients of a region; "" is the home region.
func (s *Session) In(region string) *Clients {
	if region == "" {
		region = s.Home
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	clients, ok := s.regions[region]
	if !ok {
		config := s.config.Copy()
		config.Region = region
		clients = &Clients{Region: region, config: config, made: map[string]any{}}
		s.regions[region] = clients
	}
	return clients
}

// ARN makes an ARN in the session's partition and account.
func (s *Session) ARN(service, region, resource string) string {
	return strings.Join([]string{"arn", s.Partition, service, region, s.Account, resource}, ":")
}

func (p *Pool) provider(target Target) *guardedProvider {
	p.mu.Lock()
	defer p.mu.Unlock()
	if have, ok := p.providers[target]; ok {
		have.used = p.options.Now()
		return have
	}
	// What no round asks for any more is a role that was renamed, or an account that is gone.
	maps.DeleteFunc(p.providers, func(_ Target, old *guardedProvider) bool { return p.options.Now().Sub(old.used) > unusedFor })
	config := p.base.Copy()
	config.Region = target.Home
	config.APIOptions = append(append([]apiOption{}, p.base.APIOptions...), p.Meter.measure(p.limits, target.Account))
	asker := sts.NewFromConfig(config)
	made := &guardedProvider{target: target, config: config, used: p.options.Now(), assumed: stscreds.NewAssumeRoleProvider(asker, target.RoleARN, func(o *stscreds.AssumeRoleOptions) {
		o.RoleSessionName = target.SessionName
		if target.ExternalID != "" {
			o.ExternalID = aws.String(target.ExternalID)
		}
		if p.options.SourceIdentity {
			o.SourceIdentity = aws.String(target.SessionName)
		}
	})}
	made.cache = aws.NewCredentialsCache(made, func(o *aws.CredentialsCacheOptions) { o.ExpiryWindow = 5 * time.Minute })
	p.providers[target] = made
	return made
}

// guardedProvider is the identity guard: fresh credentials are asked who they are before
// anyone gets them, and those of another account are never handed out.
type guardedProvider struct {
	target  Target
	config  aws.Config
	assumed aws.CredentialsProvider
	cache   *aws.CredentialsCache
	// used is when it was last asked for, under the pool's lock.
	used time.Time

	mu  sync.Mutex
	arn string
}

// Retrieve implements aws.CredentialsProvider.
func (g *guardedProvider) Retrieve(ctx context.Context) (aws.Credentials, error) {
	fresh, err := g.assumed.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, classify("sts:AssumeRole", err)
	}
	config := g.config.Copy()
	config.Credentials = credentials.StaticCredentialsProvider{Value: fresh}
	who, err := sts.NewFromConfig(config).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return aws.Credentials{}, classify(getCallerIdentity.Name, err)
	}
	if found := aws.ToString(who.Account); found != g.target.Account {
		return aws.Credentials{}, errWrongAccount(g.target.Account, found)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.arn = aws.ToString(who.Arn)
	return fresh, nil
}

func (g *guardedProvider) identity() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.arn
}

// Regions returns the names of the regions that are enabled in the account, opt-in ones included.
func (s *Session) Regions(ctx context.Context) ([]string, error) {
	return enabledRegions(ctx, s.In(s.Home))
}
