package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"go.yaml.in/yaml/v3"
)

// groupVerdict is what is said of a group of rules.
type groupVerdict struct {
	Faults []ruleFault `json:"faults"`
	// Form is what is wrong before Prometheus looks at any rule: keys, and kinds of values.
	Form []verdict `json:"form"`
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
	return []ruleFault{fault}
}

// checkGroup reads a group of rules as Prometheus loads it, and then has the texts of its alerts written. What cannot be
// read is left out, so that all else is judged.
func checkGroup(group json.RawMessage, p parser.Parser) groupVerdict {
	whole := inGo(group)
	j := judge{tool: tool{unmarshal: yaml.Unmarshal}}
	var read *rulefmt.RuleGroups
	var errs []error
	var taken []texts
	parse := func() bool {
		text := inJSON(map[string]any{"groups": []any{whole}})
		read, errs = rulefmt.Parse([]byte(text), false, model.UTF8Validation, p, slog.New(slog.DiscardHandler))
		return read != nil
	}
	isRefused := func() bool {
		taken = takeTexts(whole)
		return !parse()
	}
	if j.walk(reflect.TypeFor[rulefmt.RuleGroup](), whole, isRefused) {
		for _, wrong := range slices.Backward(j.found) {
			leaveOut(whole, wrong.Path)
		}
		parse()
	}
	said := groupVerdict{Faults: []ruleFault{}, Form: j.verdicts()}
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
	// Labels are in no order.
	slices.SortStableFunc(said.Faults, func(a, b ruleFault) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), strings.Compare(a.Message, b.Message))
	})
	said.Rules = []rule{}
	for i, one := range read.Groups[0].Rules {
		facts := rule{expression: readExpression(one.Expr, p), Texts: map[string]map[string]textFacts{}}
		faults := textFaults(taken[i], facts.Texts, p)
		if !refused[i] {
			for _, message := range facts.Faults {
				faults = append(faults, ruleFault{Kind: "expr", Message: message})
			}
		}
		for _, fault := range faults {
			fault.Rule = i
			said.Faults = append(said.Faults, fault)
		}
		said.Rules = append(said.Rules, facts)
	}
	return said
}

// texts are labels and annotations of an alert, by kind and name.
type texts map[string]map[string]string

// takeTexts takes the texts of alerts out of a group, rule by rule: they are judged here, by the same package, since each
// that is tried costs as much as all else of a rule, and Prometheus would try each a second time.
func takeTexts(group map[string]any) []texts {
	rules, _ := group["rules"].([]any)
	taken := make([]texts, len(rules))
	for i, one := range rules {
		fields, _ := one.(map[string]any)
		if name, _ := fields["alert"].(string); name == "" {
			continue
		}
		taken[i] = texts{}
		for _, kind := range []string{"labels", "annotations"} {
			of, _ := fields[kind].(map[string]any)
			taken[i][kind] = map[string]string{}
			for name, value := range of {
				// Of names that are out of the ordinary, Prometheus says whether they will do.
				if text, ok := value.(string); ok && model.LegacyValidation.IsValidLabelName(name) && name != model.MetricNameLabel {
					taken[i][kind][name] = text
					delete(of, name)
				}
			}
		}
	}
	return taken
}

// leaveOut takes away what stands at a path; of a list nothing moves.
func leaveOut(value any, path []any) {
	for at, part := range path {
		last := at == len(path)-1
		switch v := value.(type) {
		case map[string]any:
			value = v[part.(string)]
			if last {
				delete(v, part.(string))
			}
		case []any:
			value = v[part.(int)]
			if last {
				v[part.(int)] = map[string]any{}
			}
		}
	}
}

// textFaults tells what of an alert's texts cannot be read, and what fails once it fires; facts are put into facts.
func textFaults(of texts, facts map[string]map[string]textFacts, p parser.Parser) []ruleFault {
	faults := []ruleFault{}
	for kind, named := range of {
		facts[kind] = map[string]textFacts{}
		for _, name := range slices.Sorted(maps.Keys(named)) {
			read := readRuleText(named[name], p)
			facts[kind][name] = textFacts{read.labels, read.stray}
			if fault := read.fault(); fault != nil {
				fault.Kind, fault.Name = kind, name
				faults = append(faults, *fault)
			}
		}
	}
	return faults
}
