// Package storage replaces Prometheus' storage: the nodes of a PromQL tree have fields for series, which stay empty here.
package storage

// Series is a series with its samples.
type Series any

// SeriesSet iterates over the series that a selector finds.
type SeriesSet any
