// Package storage stands in for Prometheus' own: a tree of PromQL has places for series, which stay empty here.
package storage

// Series has the samples of one series.
type Series any

// SeriesSet goes through the series that a selector finds.
type SeriesSet any
