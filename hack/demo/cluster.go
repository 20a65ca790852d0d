package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// read returns the objects of YAML files, in order.
func read(pattern string) ([]*unstructured.Unstructured, error) {
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", pattern, err)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("reading %s: there are no such files here; run it in the repository", pattern)
	}
	var objects []*unstructured.Unstructured
	for _, file := range files {
		if filepath.Base(file) == "kustomization.yaml" {
			continue
		}
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		for decoder := yaml.NewYAMLOrJSONDecoder(f, 4096); ; {
			object := &unstructured.Unstructured{}
			if err := decoder.Decode(object); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				return nil, fmt.Errorf("reading %s: %w", file, err)
			}
			if object.GetKind() != "" {
				objects = append(objects, object)
			}
		}
		_ = f.Close()
	}
	return objects, nil
}

// apply applies objects server-side, as kubectl apply --server-side does.
func apply(ctx context.Context, c client.Client, objects []*unstructured.Unstructured, did func(*unstructured.Unstructured)) error {
	for _, object := range objects {
		if err := c.Apply(ctx, client.ApplyConfigurationFromUnstructured(object), client.FieldOwner("demo"), client.ForceOwnership); err != nil {
			return fmt.Errorf("applying %s %s: %w", object.GetKind(), object.GetName(), err)
		}
		did(object)
	}
	return nil
}

// printed asks the API server for a table, as kubectl get does.
func printed(ctx context.Context, config *rest.Config, namespace, resource string) (*metav1.Table, error) {
	of := rest.CopyConfig(config)
	of.APIPath, of.GroupVersion, of.NegotiatedSerializer = "/apis", &v1alpha1.GroupVersion, scheme.Codecs.WithoutConversion()
	asker, err := rest.RESTClientFor(of)
	if err != nil {
		return nil, err
	}
	body, err := asker.Get().Namespace(namespace).Resource(resource).SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").Do(ctx).Raw()
	if err != nil {
		return nil, err
	}
	table := &metav1.Table{}
	return table, json.Unmarshal(body, table)
}

// until waits for something to be so, and says what was waited for if it is not in time.
func until(ctx context.Context, what string, so func(context.Context) (bool, error)) error {
	err := wait.PollUntilContextTimeout(ctx, 100*time.Millisecond, patience, true, so)
	if err != nil {
		return fmt.Errorf("waiting until %s: %w", what, err)
	}
	return nil
}

// change changes an object as a person would, and tries again when someone was faster.
func change[O client.Object](ctx context.Context, c client.Client, object O, how func(O)) error {
	for {
		if err := c.Get(ctx, client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		how(object)
		if err := c.Update(ctx, object); !apierrors.IsConflict(err) {
			return err
		}
	}
}
