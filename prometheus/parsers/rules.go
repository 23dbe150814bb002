package main

import (
	"errors"
	"log/slog"
	"strconv"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// rules is what is said of a file of rules.
type rules struct {
	Faults []ruleFault `json:"faults"`
	// Rules of each group, in order; none where the file cannot be read.
	Groups [][]rule `json:"groups"`
}

// ruleFault is what Prometheus refuses, or of a text what fails once the alert fires.
type ruleFault struct {
	// Group and Rule count from 0; Rule is -1 for what is not of one rule.
	Group int `json:"group"`
	Rule  int `json:"rule"`
	// Kind is expr, or labels or annotations, and then Name is that of the text.
	Kind    string `json:"kind,omitempty"`
	Name    string `json:"name,omitempty"`
	Message string `json:"message"`
	// Fires is what fails when the alert fires; Mild only where a query yields nothing then.
	Fires bool `json:"fires,omitempty"`
	Mild  bool `json:"mild,omitempty"`
}

// rule is what this project asks of a rule.
type rule struct {
	expression
	// Texts by kind and name.
	Texts map[string]map[string]textFacts `json:"texts"`
}

// textFacts are what this project asks of a text.
type textFacts struct {
	// Labels of the series that it shows.
	Labels []string `json:"labels"`
	// Stray says that braces close in it what none opens.
	Stray bool `json:"stray"`
}

// faultsOf tells what of a rule is refused.
func faultsOf(refused *rulefmt.Error, group int) []ruleFault {
	err := refused.Err.Unwrap()
	fault := ruleFault{Group: group, Rule: refused.Rule - 1, Message: err.Error()}
	var ofExpression parser.ParseErrors
	if errors.As(err, &ofExpression) {
		all := []ruleFault{}
		for _, message := range messages(err) {
			all = append(all, ruleFault{Group: group, Rule: fault.Rule, Kind: "expr", Message: message})
		}
		return all
	}
	for prefix, kind := range map[string]string{"label ": "labels", "annotation ": "annotations"} {
		if rest, is := strings.CutPrefix(fault.Message, prefix); is {
			if quoted, err := strconv.QuotedPrefix(rest); err == nil {
				fault.Kind, fault.Message = kind, strings.TrimPrefix(rest[len(quoted):], ": ")
				fault.Name, _ = strconv.Unquote(quoted)
			}
		}
	}
	return []ruleFault{fault}
}

// checkRules reads a file of rules as Prometheus loads it, and then has the texts of its alerts written.
func checkRules(content string, p parser.Parser) rules {
	read, errs := rulefmt.Parse([]byte(content), false, model.UTF8Validation, p, slog.New(slog.DiscardHandler))
	said := rules{Faults: []ruleFault{}, Groups: [][]rule{}}
	if read == nil {
		for _, err := range errs {
			said.Faults = append(said.Faults, ruleFault{Group: -1, Rule: -1, Message: err.Error()})
		}
		return said
	}
	groups := map[string]int{}
	for i, group := range read.Groups {
		if _, there := groups[group.Name]; !there {
			groups[group.Name] = i
		}
	}
	refused := map[[2]int]bool{}
	for _, err := range errs {
		var of *rulefmt.Error
		if !errors.As(err, &of) {
			said.Faults = append(said.Faults, ruleFault{Group: -1, Rule: -1, Message: err.Error()})
			continue
		}
		group := groups[of.Group]
		refused[[2]int{group, of.Rule - 1}] = true
		said.Faults = append(said.Faults, faultsOf(of, group)...)
	}
	for i, group := range read.Groups {
		facts := []rule{}
		for j, one := range group.Rules {
			found := rule{expression: readExpression(one.Expr, p), Texts: map[string]map[string]textFacts{}}
			if one.Alert != "" {
				for kind, texts := range map[string]map[string]string{"labels": one.Labels, "annotations": one.Annotations} {
					found.Texts[kind] = map[string]textFacts{}
					for name, text := range texts {
						read := readRuleText(text, p)
						found.Texts[kind][name] = textFacts{read.labels, read.stray}
						if fault, mild := read.fails(); fault != "" && !refused[[2]int{i, j}] {
							said.Faults = append(said.Faults, ruleFault{i, j, kind, name, fault, true, mild})
						}
					}
				}
			}
			for _, message := range found.Faults {
				if !refused[[2]int{i, j}] {
					said.Faults = append(said.Faults, ruleFault{Group: i, Rule: j, Kind: "expr", Message: message})
				}
			}
			facts = append(facts, found)
		}
		said.Groups = append(said.Groups, facts)
	}
	return said
}
