// Package controls holds what is shown of single controls on the fake AWS: calls they make, what
// of an account they leave alone, what by hand leads to. What is true of every control the laws in
// test/scenes show; verdicts alone are tables beside the control, which link no SDK.
package controls
