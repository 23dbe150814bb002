package main

import (
	"maps"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
	"github.com/prometheus/prometheus/util/features"
)

// known are the names of all functions, with which the program suggests a name for a misspelled one.
type known struct {
	Promql []string `json:"promql"`
	// Texts are the template functions that Prometheus adds to Go's.
	Texts []string `json:"texts"`
}

func names() known {
	found := features.NewRegistry()
	template.RegisterFeatures(found)
	texts := slices.Sorted(maps.Keys(found.Get()[features.TemplatingFunctions]))
	return known{Promql: slices.Sorted(maps.Keys(parser.Functions)), Texts: texts}
}
