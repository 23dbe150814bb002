// Package promql stands in for Prometheus' engine: the packages of rules and of their texts need two of its types.
package promql

import (
	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
)

// Sample is one of a vector.
type Sample struct {
	T      int64
	F      float64
	H      *histogram.FloatHistogram
	Metric labels.Labels
}

// Vector is what a query of a text yields.
type Vector []Sample
