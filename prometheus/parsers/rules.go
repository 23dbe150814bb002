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

// groupVerdict is what is said of a group of rules.
type groupVerdict struct {
	Faults []ruleFault `json:"faults"`
	// Rules of the group, in order; null where it cannot be read.
	Rules []rule `json:"rules"`
}

// ruleFault is what Prometheus refuses, or of a text what fails once the alert fires.
type ruleFault struct {
	// Rule counts from 0; -1 is what is not of one rule.
	Rule int `json:"rule"`
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
func faultsOf(refused *rulefmt.Error) []ruleFault {
	err := refused.Err.Unwrap()
	fault := ruleFault{Rule: refused.Rule - 1, Message: err.Error()}
	var ofExpression parser.ParseErrors
	if errors.As(err, &ofExpression) {
		all := []ruleFault{}
		for _, message := range messages(err) {
			all = append(all, ruleFault{Rule: fault.Rule, Kind: "expr", Message: message})
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

// checkGroup reads a file with one group of rules as Prometheus loads it, and then has the texts of its alerts written.
func checkGroup(content string, p parser.Parser) groupVerdict {
	read, errs := rulefmt.Parse([]byte(content), false, model.UTF8Validation, p, slog.New(slog.DiscardHandler))
	said := groupVerdict{Faults: []ruleFault{}}
	refused := map[int]bool{}
	for _, err := range errs {
		var ofRule *rulefmt.Error
		if errors.As(err, &ofRule) {
			refused[ofRule.Rule-1] = true
			said.Faults = append(said.Faults, faultsOf(ofRule)...)
		} else {
			said.Faults = append(said.Faults, ruleFault{Rule: -1, Message: err.Error()})
		}
	}
	if read == nil {
		return said
	}
	said.Rules = []rule{}
	for i, one := range read.Groups[0].Rules {
		facts, faults := factsOfRule(one, p)
		for _, fault := range faults {
			fault.Rule = i
			if !refused[i] {
				said.Faults = append(said.Faults, fault)
			}
		}
		said.Rules = append(said.Rules, facts)
	}
	return said
}

// factsOfRule tells what is known of a rule, and what fails once it is evaluated or its alert fires.
func factsOfRule(one rulefmt.Rule, p parser.Parser) (rule, []ruleFault) {
	facts := rule{expression: readExpression(one.Expr, p), Texts: map[string]map[string]textFacts{}}
	faults := []ruleFault{}
	for _, message := range facts.Faults {
		faults = append(faults, ruleFault{Kind: "expr", Message: message})
	}
	if one.Alert == "" {
		return facts, faults
	}
	for kind, texts := range map[string]map[string]string{"labels": one.Labels, "annotations": one.Annotations} {
		facts.Texts[kind] = map[string]textFacts{}
		for name, text := range texts {
			read := readRuleText(text, p)
			facts.Texts[kind][name] = textFacts{read.labels, read.stray}
			if message, mild := read.fails(); message != "" {
				faults = append(faults, ruleFault{Kind: kind, Name: name, Message: message, Fires: true, Mild: mild})
			}
		}
	}
	return facts, faults
}
