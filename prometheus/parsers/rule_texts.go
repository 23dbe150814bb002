package main

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"text/template/parse"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/template"
)

// definitions are the variables that Prometheus puts before each template.
const definitions = "{{$labels := .Labels}}{{$externalLabels := .ExternalLabels}}{{$externalURL := .ExternalURL}}{{$value := .Value}}"

// ruleText is a template in an alert's label or annotation, as Prometheus parses it.
type ruleText struct {
	text string
	p    parser.Parser
	// words are all strings and fields in the template: each may be the name of a label.
	words []string
	// labels are the labels of the alert's series that the template shows.
	labels []string
	// stray says that the template has closing braces without opening braces.
	stray bool
}

// readRuleText reads a template. For a template that Prometheus refuses, it returns no labels and words.
func readRuleText(text string, p parser.Parser) ruleText {
	read := ruleText{text: text, p: p, labels: []string{}}
	if !strings.Contains(text, "{{") {
		read.stray = strings.Contains(text, "}}")
		return read
	}
	tree := parse.New("text")
	tree.Mode = parse.SkipFuncCheck
	sets := map[string]*parse.Tree{}
	if _, err := tree.Parse(definitions+text, "{{", "}}", sets); err != nil {
		return read
	}
	for _, one := range sets {
		read.walk(one.Root, one.Name == "text")
	}
	return read
}

func (r *ruleText) shows(name string) {
	if !slices.Contains(r.labels, name) {
		r.labels = append(r.labels, name)
	}
}

// walk visits the nodes of a template. root says whether the dot is still the alert's data: inside `range` and `with` it
// is another value.
func (r *ruleText) walk(node parse.Node, root bool) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, one := range n.Nodes {
				r.walk(one, root)
			}
		}
	case *parse.TextNode:
		r.stray = r.stray || strings.Contains(string(n.Text), "}}")
	case *parse.ActionNode:
		r.walk(n.Pipe, root)
	case *parse.TemplateNode:
		r.walk(n.Pipe, root)
	case *parse.IfNode:
		r.branch(&n.BranchNode, root, root)
	case *parse.WithNode:
		r.branch(&n.BranchNode, root, false)
	case *parse.RangeNode:
		r.branch(&n.BranchNode, root, false)
	case *parse.PipeNode:
		if n != nil {
			for _, command := range n.Cmds {
				r.command(command, root)
			}
		}
	}
}

func (r *ruleText) branch(n *parse.BranchNode, root, inside bool) {
	r.walk(n.Pipe, root)
	r.walk(n.List, inside)
	r.walk(n.ElseList, root)
}

func (r *ruleText) command(n *parse.CommandNode, root bool) {
	if function, ok := n.Args[0].(*parse.IdentifierNode); ok && function.Ident == "index" && len(n.Args) > 2 {
		if name, ok := n.Args[2].(*parse.StringNode); ok && isLabels(n.Args[1], root) {
			r.shows(name.Text)
		}
	}
	for _, argument := range n.Args {
		switch a := argument.(type) {
		case *parse.StringNode:
			r.words = append(r.words, a.Text)
		case *parse.FieldNode:
			r.fields(a.Ident, root)
		case *parse.VariableNode:
			r.words = append(r.words, a.Ident[1:]...)
			switch a.Ident[0] {
			case "$labels":
				r.fields(append([]string{"Labels"}, a.Ident[1:]...), true)
			case "$":
				r.fields(a.Ident[1:], true)
			}
		case *parse.ChainNode:
			r.words = append(r.words, a.Field...)
			r.walk(a.Node, root)
		case *parse.PipeNode:
			r.walk(a, root)
		}
	}
}

func (r *ruleText) fields(chain []string, root bool) {
	r.words = append(r.words, chain...)
	if root && len(chain) == 2 && chain[0] == "Labels" {
		r.shows(chain[1])
	}
}

func isLabels(node parse.Node, root bool) bool {
	switch n := node.(type) {
	case *parse.VariableNode:
		return slices.Equal(n.Ident, []string{"$labels"}) || slices.Equal(n.Ident, []string{"$", "Labels"})
	case *parse.FieldNode:
		return root && slices.Equal(n.Ident, []string{"Labels"})
	}
	return false
}

// sampleValues are label values. A template that fails with each of them is assumed to fail with every value.
var sampleValues = []string{"0", "1h", "a.example:9100", ""}

// fault returns the problem of a template: it cannot be parsed, or it fails when the alert fires, whatever the labels are.
// The problem is mild if the template fails only when its query returns no series.
func (r ruleText) fault() *ruleFault {
	if !strings.Contains(r.text, "{{") {
		return nil
	}
	var err error
	for _, value := range sampleValues {
		if err = r.written(value, true); err == nil {
			break
		}
		if words, is := strings.CutPrefix(err.Error(), "error parsing template text: "); is {
			return &ruleFault{Message: words}
		}
	}
	if err != nil {
		return &ruleFault{Message: err.Error(), Fires: true}
	}
	if strings.Contains(r.text, "query") {
		if err := r.written(sampleValues[0], false); err != nil {
			return &ruleFault{Message: err.Error(), Fires: true, Mild: true}
		}
	}
	return nil
}

// written expands the template with sample data. Its queries return one sample if yields is true, otherwise none.
func (r ruleText) written(value string, yields bool) error {
	named := map[string]string{}
	for _, word := range r.words {
		if model.LabelName(word).IsValid() {
			named[word] = value
		}
	}
	sample := promql.Sample{F: 1, Metric: labels.FromMap(named)}
	query := func(_ context.Context, text string, _ time.Time) (promql.Vector, error) {
		if _, err := r.p.ParseExpr(text); err != nil {
			return nil, err
		}
		if yields {
			return promql.Vector{sample}, nil
		}
		return nil, nil
	}
	data := template.AlertTemplateData(named, named, "http://prometheus.example", sample)
	home := &url.URL{Scheme: "http", Host: "prometheus.example"}
	expander := template.NewTemplateExpander(context.Background(), definitions+r.text, "text", data, 0, query, home, nil)
	_, err := expander.Expand()
	return err
}
