package main

import (
	"maps"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
	"github.com/prometheus/prometheus/util/features"
)

// known are the names of functions, by which a misspelled one is recognized.
type known struct {
	Promql []string `json:"promql"`
	// Texts are functions of texts of rules, besides those of Go.
	Texts []string `json:"texts"`
}

func names() known {
	found := features.NewRegistry()
	template.RegisterFeatures(found)
	texts := slices.Sorted(maps.Keys(found.Get()[features.TemplatingFunctions]))
	return known{Promql: slices.Sorted(maps.Keys(parser.Functions)), Texts: texts}
}
