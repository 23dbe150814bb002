package main

import (
	"errors"
	"math"
	"slices"
	"time"
	"unicode/utf16"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/promql/parser/posrange"
)

func parserWith(features []string) parser.Parser {
	return parser.NewParser(parser.Options{
		EnableExperimentalFunctions: slices.Contains(features, "promql-experimental-functions"),
		// cmd/prometheus sets this option without a feature flag.
		ExperimentalDurationExpr:     true,
		EnableExtendedRangeSelectors: slices.Contains(features, "promql-extended-range-selectors"),
		EnableBinopFillModifiers:     slices.Contains(features, "promql-binop-fill-modifiers"),
	})
}

// expression has the facts about a PromQL expression. Positions count UTF-16 units, as JavaScript does.
type expression struct {
	Faults []string `json:"faults"`
	// Type is the type of the result, such as vector or matrix.
	Type       string      `json:"type"`
	Selectors  []selector  `json:"selectors"`
	Offsets    []int64     `json:"offsets"`
	Thresholds []threshold `json:"thresholds"`
	// Labels are the labels that the result may have.
	Labels labelSet `json:"labels"`
}

// selector is a selector of series. Durations are in milliseconds.
type selector struct {
	Metric string `json:"metric"`
	Range  int64  `json:"range"`
	// OfTwo says that the selector's function has no result for a single sample, such as rate.
	OfTwo bool `json:"ofTwo"`
}

// threshold is a number to the right of <, <=, > or >=.
type threshold struct {
	Value float64 `json:"value"`
	From  int     `json:"from"`
	To    int     `json:"to"`
}

// labelSet is a set of labels: only the named labels, or all labels except the named ones.
type labelSet struct {
	AllBut bool     `json:"allBut"`
	Names  []string `json:"names"`
}

var (
	anyLabel = labelSet{AllBut: true, Names: []string{}}
	noLabel  = labelSet{Names: []string{}}
)

func (s labelSet) without(names []string) labelSet {
	return s.and(labelSet{AllBut: true, Names: names})
}
func (s labelSet) only(names []string) labelSet { return s.and(labelSet{Names: names}) }
func (s labelSet) has(name string) bool         { return slices.Contains(s.Names, name) != s.AllBut }

func (s labelSet) combined(o labelSet, in func(s, o bool) bool) labelSet {
	result := labelSet{AllBut: in(s.AllBut, o.AllBut), Names: []string{}}
	for _, name := range append(slices.Clone(s.Names), o.Names...) {
		if in(s.has(name), o.has(name)) != result.AllBut && !slices.Contains(result.Names, name) {
			result.Names = append(result.Names, name)
		}
	}
	return result
}

func (s labelSet) and(o labelSet) labelSet {
	return s.combined(o, func(a, b bool) bool { return a && b })
}
func (s labelSet) or(o labelSet) labelSet {
	return s.combined(o, func(a, b bool) bool { return a || b })
}

// messages splits the parser's error into one message for each position.
func messages(err error) []string {
	var all parser.ParseErrors
	if !errors.As(err, &all) {
		return []string{err.Error()}
	}
	found := []string{}
	for i := range all {
		found = append(found, all[i].Error())
	}
	return found
}

func readExpression(text string, p parser.Parser) expression {
	read, err := p.ParseExpr(text)
	if err != nil {
		return expression{Faults: messages(err), Selectors: []selector{}, Offsets: []int64{}, Thresholds: []threshold{}, Labels: anyLabel}
	}
	return factsOf(read, text)
}

var ofTwo = []string{"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "changes", "resets"}

func factsOf(read parser.Expr, text string) expression {
	facts := expression{Faults: []string{}, Type: string(read.Type()), Selectors: []selector{}, Offsets: []int64{}, Thresholds: []threshold{}, Labels: labelsOf(read)}
	at := func(position posrange.Pos) int { return len(utf16.Encode([]rune(text[:position]))) }
	offset := func(length time.Duration) {
		if length != 0 {
			facts.Offsets = append(facts.Offsets, length.Milliseconds())
		}
	}
	parser.Inspect(read, func(node parser.Node, path []parser.Node) error {
		switch n := node.(type) {
		case *parser.VectorSelector:
			found := selector{Metric: n.Name}
			if len(path) > 0 {
				if matrix, ok := path[len(path)-1].(*parser.MatrixSelector); ok {
					found.Range = matrix.Range.Milliseconds()
					found.OfTwo = len(path) > 1 && isOfTwo(path[len(path)-2])
				}
			}
			facts.Selectors = append(facts.Selectors, found)
			offset(n.OriginalOffset)
		case *parser.SubqueryExpr:
			offset(n.OriginalOffset)
		case *parser.Call:
			// The parser does not check this; each evaluation would fail.
			if n.Func.Name == "label_replace" {
				if pattern, ok := n.Args[4].(*parser.StringLiteral); ok && !isRegex(pattern.Val) {
					facts.Faults = append(facts.Faults, "invalid regular expression in label_replace(): "+pattern.Val)
				}
			}
		case *parser.BinaryExpr:
			if n.Op == parser.GTR || n.Op == parser.GTE || n.Op == parser.LSS || n.Op == parser.LTE {
				if value, ok := numberIn(n.RHS); ok {
					place := n.RHS.PositionRange()
					facts.Thresholds = append(facts.Thresholds, threshold{value, at(place.Start), at(place.End)})
				}
			}
		}
		return nil
	})
	return facts
}

func isOfTwo(node parser.Node) bool {
	call, ok := node.(*parser.Call)
	return ok && slices.Contains(ofTwo, call.Func.Name)
}

func numberIn(node parser.Expr) (float64, bool) {
	switch n := node.(type) {
	case *parser.NumberLiteral:
		return n.Val, !math.IsInf(n.Val, 0) && !math.IsNaN(n.Val)
	case *parser.UnaryExpr:
		value, ok := numberIn(n.Expr)
		if n.Op == parser.SUB {
			value = -value
		}
		return value, ok
	}
	return 0, false
}

var noLabelFunctions = []string{"vector", "scalar", "time", "pi"}

// labelsOf returns the labels that the result of an expression may have. If they are not certain, it returns all labels.
func labelsOf(node parser.Expr) labelSet {
	switch n := node.(type) {
	case *parser.NumberLiteral, *parser.StringLiteral:
		return noLabel
	case *parser.ParenExpr:
		return labelsOf(n.Expr)
	case *parser.UnaryExpr:
		return labelsOf(n.Expr)
	case *parser.SubqueryExpr:
		return labelsOf(n.Expr)
	case *parser.AggregateExpr:
		return labelsOfAggregation(n)
	case *parser.Call:
		return labelsOfCall(n)
	case *parser.BinaryExpr:
		return labelsOfOperation(n)
	}
	return anyLabel
}

func labelsOfAggregation(n *parser.AggregateExpr) labelSet {
	inner := labelsOf(n.Expr)
	kept := inner.only(n.Grouping)
	if n.Without {
		kept = inner.without(n.Grouping)
	}
	switch n.Op {
	case parser.TOPK, parser.BOTTOMK, parser.LIMITK, parser.LIMIT_RATIO:
		return inner
	case parser.COUNT_VALUES:
		return kept.or(named(n.Param))
	}
	return kept
}

// named returns the set of the one label that a string parameter names.
func named(parameter parser.Expr) labelSet {
	if text, ok := parameter.(*parser.StringLiteral); ok {
		return labelSet{Names: []string{text.Val}}
	}
	return anyLabel
}

func labelsOfCall(n *parser.Call) labelSet {
	switch name := n.Func.Name; {
	case slices.Contains(noLabelFunctions, name):
		return noLabel
	case name == "info" || len(n.Args) == 0:
		return anyLabel
	case name == "absent" || name == "absent_over_time":
		return labelsOfAbsent(n.Args[0])
	}
	either := noLabel
	for _, argument := range n.Args {
		either = either.or(labelsOf(argument))
	}
	switch n.Func.Name {
	case "histogram_quantile":
		return either.without([]string{"le"})
	case "label_replace", "label_join", "histogram_quantiles":
		return either.or(named(n.Args[1]))
	}
	return either
}

// labelsOfAbsent returns the labels of the selector's equality matchers: absent() gives its series these labels.
func labelsOfAbsent(argument parser.Expr) labelSet {
	switch n := argument.(type) {
	case *parser.ParenExpr:
		return labelsOfAbsent(n.Expr)
	case *parser.MatrixSelector:
		return labelsOfAbsent(n.VectorSelector)
	case *parser.VectorSelector:
		asked := noLabel
		for _, m := range n.LabelMatchers {
			if m.Type == labels.MatchEqual && m.Name != labels.MetricName {
				asked = asked.or(labelSet{Names: []string{m.Name}})
			}
		}
		return asked
	}
	return noLabel
}

func labelsOfOperation(n *parser.BinaryExpr) labelSet {
	left, right := labelsOf(n.LHS), labelsOf(n.RHS)
	matching := n.VectorMatching
	switch {
	case n.RHS.Type() == parser.ValueTypeScalar || n.Op == parser.LAND || n.Op == parser.LUNLESS:
		return left
	case n.LHS.Type() == parser.ValueTypeScalar:
		return right
	case n.Op == parser.LOR:
		return left.or(right)
	case matching.Card == parser.CardManyToOne:
		return left.without(matching.Include).or(right.only(matching.Include))
	case matching.Card == parser.CardOneToMany:
		return right.without(matching.Include).or(left.only(matching.Include))
	case matching.On:
		return left.and(right).only(matching.MatchingLabels)
	}
	return left.and(right).without(matching.MatchingLabels)
}
