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

// groupVerdict has the problems and the facts of a rule group.
type groupVerdict struct {
	Faults []ruleFault `json:"faults"`
	// Form has the unknown keys and the values of the wrong type, which Prometheus finds before it reads any rule.
	Form []verdict `json:"form"`
	// Rules are the group's rules, in order; null if the group cannot be read.
	Rules []rule `json:"rules"`
}

// ruleFault is a problem that Prometheus refuses, or a template that fails when the alert fires.
type ruleFault struct {
	// Rule is the index of the rule; -1 for a problem of the whole group.
	Rule int `json:"rule"`
	// Kind is expr, labels or annotations. For labels and annotations, Name is the name of the label or annotation.
	Kind    string `json:"kind,omitempty"`
	Name    string `json:"name,omitempty"`
	Message string `json:"message"`
	// Fires says that the template fails when the alert fires; Mild that it then fails only if a query returns nothing.
	Fires bool `json:"fires,omitempty"`
	Mild  bool `json:"mild,omitempty"`
}

// rule has the facts about a rule.
type rule struct {
	expression
	// Texts has the facts about the templates, by kind and name.
	Texts map[string]map[string]textFacts `json:"texts"`
}

// textFacts are the facts about a template.
type textFacts struct {
	// Labels are the labels of the alert's series that the template shows.
	Labels []string `json:"labels"`
	// Stray says that the template has closing braces without opening braces.
	Stray bool `json:"stray"`
}

// faultsOf splits Prometheus' error about a rule into its problems.
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

// checkGroup reads a rule group as Prometheus loads it, and then expands the templates of its alerts. It leaves out parts
// that cannot be read, so that all other parts are checked.
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
	// Labels come in random order.
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

// texts are the labels and annotations of an alert, by kind and name.
type texts map[string]map[string]string

// takeTexts removes the templates of the alerts from a group and returns them, rule by rule. textFaults expands them with
// Prometheus' package; if they stayed in the group, Prometheus would expand them a second time, which takes as long as the
// rest of the rule.
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
				// Labels with unusual names stay in the group, because Prometheus checks the names.
				if text, ok := value.(string); ok && model.LegacyValidation.IsValidLabelName(name) && name != model.MetricNameLabel {
					taken[i][kind][name] = text
					delete(of, name)
				}
			}
		}
	}
	return taken
}

// leaveOut removes the value at a path. In a list it puts an empty map there, so that the other items keep their indexes.
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

// textFaults returns the templates of an alert that cannot be parsed, or that fail when the alert fires. It adds the facts
// about each template to facts.
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
