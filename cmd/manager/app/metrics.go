package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-logr/logr"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

// reviewTimeout bounds the two questions that a scrape puts to the API server.
const reviewTimeout = 10 * time.Second

// askers admits to the metrics those whom the cluster lets get their path. It keeps the contract
// of controller-runtime's metrics/filters. That package brings k8s.io/apiserver, with it gRPC,
// and with that templates, whose reflection has the linker keep every call of every AWS service.
type askers struct {
	tokens authenticationclient.TokenReviewInterface
	access authorizationclient.SubjectAccessReviewInterface
}

// onlyAllowed makes the metrics server's filter. The clients have limits of their own: anyone
// who reaches the port makes us ask, and that must neither load the API server nor hold up the
// manager's work.
func onlyAllowed(cluster *rest.Config, web *http.Client) (metricsserver.Filter, error) {
	cluster = rest.CopyConfig(cluster)
	cluster.QPS, cluster.Burst, cluster.RateLimiter = 20, 40, nil
	tokens, err := authenticationclient.NewForConfigAndClient(cluster, web)
	if err != nil {
		return nil, fmt.Errorf("making a client for token reviews: %w", err)
	}
	access, err := authorizationclient.NewForConfigAndClient(cluster, web)
	if err != nil {
		return nil, fmt.Errorf("making a client for access reviews: %w", err)
	}
	return askers{tokens: tokens.TokenReviews(), access: access.SubjectAccessReviews()}.filter, nil
}

func (a askers) filter(log logr.Logger, metrics http.Handler) (http.Handler, error) {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, err := a.admit(r)
		if err != nil {
			log.Error(err, "cannot tell who may read metrics")
		}
		if status != http.StatusOK {
			http.Error(w, http.StatusText(status), status)
			return
		}
		metrics.ServeHTTP(w, r)
	}), nil
}

// admit answers OK for a caller whose token the cluster knows and whom it lets do what is asked.
func (a askers) admit(r *http.Request) (status int, err error) {
	scheme, token, _ := strings.Cut(strings.TrimSpace(r.Header.Get("Authorization")), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return http.StatusUnauthorized, nil
	}
	ctx, cancel := context.WithTimeout(r.Context(), reviewTimeout)
	defer cancel()
	who, err := a.tokens.Create(ctx, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}}, metav1.CreateOptions{})
	if err != nil {
		return http.StatusInternalServerError, fmt.Errorf("reviewing a token: %w", err)
	}
	if !who.Status.Authenticated {
		return http.StatusUnauthorized, nil
	}
	may, err := a.access.Create(ctx, accessReview(who.Status.User, r), metav1.CreateOptions{})
	switch {
	case err != nil:
		return http.StatusInternalServerError, fmt.Errorf("reviewing the access of %s: %w", who.Status.User.Username, err)
	case may.Status.Allowed && !may.Status.Denied:
		return http.StatusOK, nil
	case may.Status.EvaluationError != "":
		return http.StatusForbidden, errors.New("reviewing the access of " + who.Status.User.Username + ": " + may.Status.EvaluationError)
	default:
		return http.StatusForbidden, nil
	}
}

func accessReview(user authenticationv1.UserInfo, r *http.Request) *authorizationv1.SubjectAccessReview {
	extra := map[string]authorizationv1.ExtraValue{}
	for key, values := range user.Extra {
		extra[key] = authorizationv1.ExtraValue(values)
	}
	return &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: user.Username, UID: user.UID, Groups: user.Groups, Extra: extra,
		NonResourceAttributes: &authorizationv1.NonResourceAttributes{Path: r.URL.Path, Verb: strings.ToLower(r.Method)},
	}}
}
