package testenv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/test/testenv/controlplane"
)

// operatorName is the service account that config/ gives the manager.
const operatorName = "system:serviceaccount:aws-guardrails-system:guardrails-manager"

// Operator returns the manager's own user, with what config/rbac grants it and no more. It
// installs every ClusterRole of config/rbac on the way.
func (e *Environment) Operator(ctx context.Context) (User, error) {
	root, err := controlplane.Root()
	if err != nil {
		return User{}, err
	}
	files, err := filepath.Glob(filepath.Join(root, "config", "rbac", "*.yaml"))
	if err != nil {
		return User{}, fmt.Errorf("finding roles: %w", err)
	}
	c, err := client.New(e.Config, client.Options{})
	if err != nil {
		return User{}, fmt.Errorf("installing roles: %w", err)
	}
	for _, file := range files {
		if err := createRoles(ctx, c, file); err != nil {
			return User{}, fmt.Errorf("installing roles of %s: %w", file, err)
		}
	}
	if err := e.bind(ctx, c, "guardrails-manager", rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: operatorName}); err != nil {
		return User{}, err
	}
	return e.AddUser(operatorName, "system:serviceaccounts", "system:serviceaccounts:aws-guardrails-system")
}

// Grant binds one of the shipped ClusterRoles to a group, in the whole cluster.
func (e *Environment) Grant(ctx context.Context, group, role string) error {
	c, err := client.New(e.Config, client.Options{})
	if err != nil {
		return fmt.Errorf("granting %s: %w", role, err)
	}
	return e.bind(ctx, c, role, rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: group})
}

func (e *Environment) bind(ctx context.Context, c client.Client, role string, to rbacv1.Subject) error {
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
		Subjects:   []rbacv1.Subject{to},
	}
	if err := c.Create(ctx, binding); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("binding %s: %w", role, err)
	}
	return nil
}

func createRoles(ctx context.Context, c client.Client, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	for documents := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(content), 4096); ; {
		role := &rbacv1.ClusterRole{}
		if err := documents.Decode(role); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if role.Kind != "ClusterRole" {
			continue
		}
		if err := c.Create(ctx, role); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
}
