package main

import (
	"fmt"
	"strings"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

// tree is the parse tree of an expression.
type tree struct {
	// Kind is the Go type of the node, such as VectorSelector.
	Kind string `json:"kind"`
	// Text is the source text of the node.
	Text string `json:"text"`
	// Name is the name of a function or an operator; for a string literal, the string.
	Name string `json:"name"`
	// Labels are the labels of by, without, on or ignoring; IsOn is true for by and on.
	Labels []string `json:"labels"`
	IsOn   bool     `json:"isOn"`
	// Include are the labels of group_left and group_right. Many is the side with several series: left or right.
	Include []string `json:"include"`
	Many    string   `json:"many"`
	// Selects is set for a selector of series.
	Selects *selection `json:"selects,omitempty"`
	// Printed is the whole expression as Prometheus' API shows it; only the root has it.
	Printed  string `json:"printed,omitempty"`
	Children []tree `json:"children"`
}

// selection is what a selector selects: the metric, if it has a single name, and the conditions on labels.
type selection struct {
	Metric   string    `json:"metric"`
	Matchers []matcher `json:"matchers"`
}

func readTree(text string, p parser.Parser) tree {
	read, err := p.ParseExpr(text)
	if err != nil {
		panic(err)
	}
	made := treeOf(read, text)
	made.Printed = read.String()
	return made
}

func selectionOf(n *parser.VectorSelector) *selection {
	found := selection{Metric: n.Name, Matchers: []matcher{}}
	for _, m := range n.LabelMatchers {
		if m.Name == labels.MetricName && m.Type == labels.MatchEqual {
			found.Metric = m.Value
			continue
		}
		found.Matchers = append(found.Matchers, matcher{m.Name, m.Type.String(), m.Value})
	}
	return &found
}

func treeOf(node parser.Node, text string) tree {
	place := node.PositionRange()
	kind := strings.TrimPrefix(fmt.Sprintf("%T", node), "*parser.")
	made := tree{Kind: kind, Text: text[place.Start:place.End], Labels: []string{}, Include: []string{}, Children: []tree{}}
	switch n := node.(type) {
	case *parser.VectorSelector:
		made.Selects = selectionOf(n)
	case *parser.Call:
		made.Name = n.Func.Name
	case *parser.StringLiteral:
		made.Name = n.Val
	case *parser.AggregateExpr:
		made.Name, made.IsOn = n.Op.String(), !n.Without
		made.Labels = append(made.Labels, n.Grouping...)
	case *parser.BinaryExpr:
		made.Name = n.Op.String()
		if m := n.VectorMatching; m != nil {
			made.IsOn = m.On
			made.Labels = append(made.Labels, m.MatchingLabels...)
			made.Include = append(made.Include, m.Include...)
			made.Many = map[parser.VectorMatchCardinality]string{parser.CardManyToOne: "left", parser.CardOneToMany: "right"}[m.Card]
		}
	}
	for child := range parser.ChildrenIter(node) {
		made.Children = append(made.Children, treeOf(child, text))
	}
	return made
}
