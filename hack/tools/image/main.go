// Command image packs one static binary into a container image, as a tarball that
// `docker load`, `podman load`, `kind load image-archive` and `crane push` take.
// The image holds nothing else, so no base image, registry or daemon is needed.
package main

import (
	"archive/tar"
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/crane"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// nonroot is a number, so that Kubernetes can verify runAsNonRoot from the image.
const nonroot = "65532:65532"

func main() {
	binary := flag.String("binary", "", "static binary to pack; it becomes the entry point")
	arch := flag.String("arch", "", "architecture it was built for")
	tag := flag.String("tag", "", "name and tag of the image")
	output := flag.String("output", "", "tarball to write")
	flag.Parse()
	if err := pack(*binary, *arch, *tag, *output); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

func pack(binary, arch, tag, output string) error {
	layer, err := layerOf(binary)
	if err != nil {
		return fmt.Errorf("packing %s: %w", binary, err)
	}
	image, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		return fmt.Errorf("appending the binary: %w", err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return fmt.Errorf("reading the image's config: %w", err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = "linux", arch
	config.Config.User = nonroot
	config.Config.Entrypoint = []string{"/" + filepath.Base(binary)}
	if image, err = mutate.ConfigFile(image, config); err != nil {
		return fmt.Errorf("setting the image's config: %w", err)
	}
	if err := crane.Save(image, tag, output); err != nil {
		return fmt.Errorf("writing the image: %w", err)
	}
	return tell(output, tag)
}

// layerOf sets no time, owner or other trace of the machine: the same binary gives
// the same image digest.
func layerOf(binary string) (v1.Layer, error) {
	content, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	if err := w.WriteHeader(&tar.Header{Name: filepath.Base(binary), Mode: 0o555, Size: int64(len(content))}); err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(layer.Bytes())), nil
	})
}

// tell reads the written tarball back, so that what it prints is what is in there.
func tell(output, tag string) error {
	image, err := crane.Load(output)
	if err != nil {
		return fmt.Errorf("reading the image back: %w", err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		return fmt.Errorf("reading the image back: %w", err)
	}
	digest, err := image.Digest()
	if err != nil {
		return fmt.Errorf("reading the image back: %w", err)
	}
	info, err := os.Stat(output)
	if err != nil {
		return err
	}
	fmt.Printf("%s: %s\n  %s/%s, entrypoint %v, user %s, %.1f MB, %s\n", output, tag,
		config.OS, config.Architecture, config.Config.Entrypoint, config.Config.User, float64(info.Size())/1e6, digest)
	return nil
}
