package app

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/guardrails-dev/aws-guardrails/api/v1alpha1"
)

// objects are what files declare, as far as it is the operator's.
type objects struct {
	accounts  []v1alpha1.AWSAccount
	baselines []v1alpha1.SecurityBaseline
}

// load reads files, directories (their YAML and JSON files, not those of directories in them)
// and, by "-", what comes in.
func load(names []string, in io.Reader) (objects, error) {
	var all objects
	for _, name := range names {
		files, err := filesOf(name)
		if err != nil {
			return objects{}, err
		}
		for _, file := range files {
			if err := all.read(file, in); err != nil {
				return objects{}, fmt.Errorf("reading %s: %w", cmp.Or(strings.TrimPrefix(file, "-"), "what came in"), err)
			}
		}
	}
	slices.SortFunc(all.accounts, func(a, b v1alpha1.AWSAccount) int {
		return cmp.Or(strings.Compare(a.Namespace, b.Namespace), strings.Compare(a.Name, b.Name))
	})
	return all, nil
}

func filesOf(name string) ([]string, error) {
	if name == "-" {
		return []string{name}, nil
	}
	info, err := os.Stat(name)
	if err != nil || !info.IsDir() {
		return []string{name}, err
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, entry := range entries {
		isObject := slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(entry.Name())) && !strings.HasPrefix(entry.Name(), "kustomization.")
		if !entry.IsDir() && isObject {
			files = append(files, filepath.Join(name, entry.Name()))
		}
	}
	return files, nil
}

func (o *objects) read(name string, in io.Reader) error {
	if name != "-" {
		content, err := os.ReadFile(name) //nolint:gosec // the file that the caller named
		if err != nil {
			return err
		}
		in = bytes.NewReader(content)
	}
	documents := utilyaml.NewYAMLReader(bufio.NewReader(in))
	for {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := o.take(document); err != nil {
			return err
		}
	}
}

// take decodes one object strictly; objects of other kinds are passed over, lists are opened.
func (o *objects) take(document []byte) error {
	var head struct {
		APIVersion string            `json:"apiVersion"`
		Kind       string            `json:"kind"`
		Items      []json.RawMessage `json:"items"`
	}
	if err := yaml.Unmarshal(document, &head); err != nil {
		return err
	}
	switch {
	case strings.HasSuffix(head.Kind, "List"):
		for _, item := range head.Items {
			if err := o.take(item); err != nil {
				return err
			}
		}
	case head.Kind == "AWSAccount" || head.Kind == "SecurityBaseline":
		if own := v1alpha1.GroupVersion.String(); head.APIVersion != own {
			return fmt.Errorf("%s of %q: this version knows %s", head.Kind, head.APIVersion, own)
		}
		return o.own(head.Kind, document)
	}
	return nil
}

// decoder knows the operator's kinds, and refuses fields that they do not have.
var decoder = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	utilruntime.Must(v1alpha1.AddToScheme(scheme))
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}()

// own takes an object of the operator's, as the API server would.
func (o *objects) own(kind string, document []byte) error {
	decoded, _, err := decoder.Decode(document, nil, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, err)
	}
	object := decoded.(client.Object)
	if err := defaulted(kind, object, document); err != nil {
		return fmt.Errorf("%s %q: %w", kind, object.GetName(), err)
	}
	switch object := object.(type) {
	case *v1alpha1.AWSAccount:
		o.accounts = append(o.accounts, *object)
	case *v1alpha1.SecurityBaseline:
		o.baselines = append(o.baselines, *object)
	}
	return nil
}
