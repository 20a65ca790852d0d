// Package awsapi is how the project reaches AWS: sessions per account and region, with the
// identity guard, the read-only guard, limits, error classes and the call meter built into
// every client. What to read and what to write is decided elsewhere.
package awsapi
