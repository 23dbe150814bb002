// Package promql replaces Prometheus' query engine: the packages of rules and templates need only two of its types.
package promql

import (
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
)

// Sample is one sample of a vector.
type Sample struct {
	T      int64
	F      float64
	H      *histogram.FloatHistogram
	Metric labels.Labels
}

// Vector is the result of a query in a template.
type Vector []Sample
