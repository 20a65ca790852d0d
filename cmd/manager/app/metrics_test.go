package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"github.com/go-logr/logr"
	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	"k8s.io/client-go/rest"
)

var scraper = authenticationv1.UserInfo{
	Username: "system:serviceaccount:monitoring:prometheus", UID: "7", Groups: []string{"system:serviceaccounts"},
	Extra: map[string]authenticationv1.ExtraValue{"pod": {"prometheus-0"}},
}

// reviewer is an API server that answers the two reviews and nothing else.
type reviewer struct {
	token  authenticationv1.TokenReviewStatus
	access authorizationv1.SubjectAccessReviewStatus
	broken bool

	tokens []string
	asked  []authorizationv1.SubjectAccessReviewSpec
}

func (s *reviewer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer any
	switch r.URL.Path {
	case "/apis/authentication.k8s.io/v1/tokenreviews":
		review := &authenticationv1.TokenReview{}
		_ = json.NewDecoder(r.Body).Decode(review)
		s.tokens = append(s.tokens, review.Spec.Token)
		review.Status, answer = s.token, review
	case "/apis/authorization.k8s.io/v1/subjectaccessreviews":
		review := &authorizationv1.SubjectAccessReview{}
		_ = json.NewDecoder(r.Body).Decode(review)
		s.asked = append(s.asked, review.Spec)
		review.Status, answer = s.access, review
	}
	if answer == nil || s.broken {
		http.Error(w, "no", http.StatusForbidden)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

func TestMetricsAreForThoseWhoMayGetThem(t *testing.T) {
	known := authenticationv1.TokenReviewStatus{Authenticated: true, User: scraper}
	allowed := authorizationv1.SubjectAccessReviewStatus{Allowed: true}
	for name, row := range map[string]struct {
		header string
		server reviewer
		want   int
	}{
		"allowed":                      {header: "Bearer t", server: reviewer{token: known, access: allowed}, want: http.StatusOK},
		"the scheme has no case":       {header: "bearer  t ", server: reviewer{token: known, access: allowed}, want: http.StatusOK},
		"not allowed":                  {header: "Bearer t", server: reviewer{token: known}, want: http.StatusForbidden},
		"not decided":                  {header: "Bearer t", server: reviewer{token: known, access: authorizationv1.SubjectAccessReviewStatus{EvaluationError: "role missing"}}, want: http.StatusForbidden},
		"allowed by one, denied":       {header: "Bearer t", server: reviewer{token: known, access: authorizationv1.SubjectAccessReviewStatus{Allowed: true, Denied: true}}, want: http.StatusForbidden},
		"a token nobody knows":         {header: "Bearer t", server: reviewer{token: authenticationv1.TokenReviewStatus{Error: "expired", User: scraper}, access: allowed}, want: http.StatusUnauthorized},
		"the API server does not say":  {header: "Bearer t", server: reviewer{token: known, access: allowed, broken: true}, want: http.StatusInternalServerError},
		"no token":                     {server: reviewer{token: known, access: allowed}, want: http.StatusUnauthorized},
		"an empty token":               {header: "Bearer ", server: reviewer{token: known, access: allowed}, want: http.StatusUnauthorized},
		"another scheme":               {header: "Basic dTpw", server: reviewer{token: known, access: allowed}, want: http.StatusUnauthorized},
		"a scheme that begins like it": {header: "Bearers t", server: reviewer{token: known, access: allowed}, want: http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			got := scrape(t, &row.server, row.header)
			if got.Code != row.want {
				t.Errorf("answered %d, want %d", got.Code, row.want)
			}
			if passed := got.Body.String() == "metrics"; passed != (row.want == http.StatusOK) {
				t.Errorf("answered %q", got.Body)
			}
		})
	}
}

func TestMetricsAreAskedForAsTheCaller(t *testing.T) {
	server := &reviewer{
		token:  authenticationv1.TokenReviewStatus{Authenticated: true, User: scraper},
		access: authorizationv1.SubjectAccessReviewStatus{Allowed: true},
	}
	scrape(t, server, "Bearer t")
	if want := []string{"t"}; !reflect.DeepEqual(server.tokens, want) {
		t.Errorf("reviewed tokens %q, want %q", server.tokens, want)
	}
	want := []authorizationv1.SubjectAccessReviewSpec{{
		NonResourceAttributes: &authorizationv1.NonResourceAttributes{Path: "/metrics", Verb: "get"},
		User:                  scraper.Username, UID: scraper.UID, Groups: scraper.Groups,
		Extra: map[string]authorizationv1.ExtraValue{"pod": {"prometheus-0"}},
	}}
	if !reflect.DeepEqual(server.asked, want) {
		t.Errorf("asked for %+v, want %+v", server.asked, want)
	}
}

// scrape gets the metrics with the header, of a manager that belongs to the API server.
func scrape(t *testing.T, server http.Handler, header string) *httptest.ResponseRecorder {
	t.Helper()
	api := httptest.NewServer(server)
	t.Cleanup(api.Close)
	filter, err := onlyAllowed(&rest.Config{Host: api.URL, ContentConfig: rest.ContentConfig{ContentType: "application/json"}}, api.Client())
	if err != nil {
		t.Fatal(err)
	}
	handler, err := filter(logr.Discard(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "metrics") }))
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody)
	if header != "" {
		request.Header.Set("Authorization", header)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}
