package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	alertmanager "github.com/prometheus/alertmanager/config"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	prometheus "github.com/prometheus/prometheus/config"
	discoveries "github.com/prometheus/prometheus/discovery"
	_ "github.com/prometheus/prometheus/discovery/install"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	"github.com/prometheus/prometheus/scrape"
	prometheusYAML "go.yaml.in/yaml/v2"
	alertmanagerYAML "gopkg.in/yaml.v2"
)

// tool is Prometheus or Alertmanager, as a reader of its configuration file.
type tool struct {
	root reflect.Type
	// unmarshal is the function of the tool's YAML library. load reads a whole configuration file.
	unmarshal func([]byte, any) error
	load      func(string) error
	// entries lists the parts of a file that can be checked separately. with returns a file that has only some entries,
	// and the sections that these entries need.
	entries func(whole map[string]any) []entry
	with    func(whole map[string]any, some []entry) map[string]any
}

// entry is a part of a file, such as a scrape job or an integration of a receiver.
type entry struct {
	path []any
	item any
}

var tools = map[string]tool{
	"prometheus": {
		root: reflect.TypeFor[prometheus.Config](),
		unmarshal: func(text []byte, into any) error {
			restoreDefaults()
			if regex, ok := into.(*relabel.Regexp); ok {
				*regex = relabel.DefaultRelabelConfig.Regex
			}
			return prometheusYAML.UnmarshalStrict(text, into)
		},
		load: func(text string) error {
			restoreDefaults()
			read, err := prometheus.Load(text, promslog.NewNopLogger())
			if err != nil {
				return err
			}
			return checkTargets(read.ScrapeConfigs)
		},
		entries: entriesOfPrometheus,
		with:    withEntries,
	},
	"alertmanager": {
		root:      reflect.TypeFor[alertmanager.Config](),
		unmarshal: alertmanagerYAML.UnmarshalStrict,
		load: func(text string) error {
			_, err := alertmanager.Load(text)
			return err
		},
		entries: integrations,
		with:    withIntegrations,
	},
}

// restoreDefaults resets Prometheus' default regex: Prometheus reads `regex: "~"` into the default itself, which would then
// apply to every later file.
func restoreDefaults() {
	relabel.DefaultRelabelConfig.Regex = relabel.MustNewRegexp("(.*)")
}

// verdict is one problem of a configuration, with its path.
type verdict struct {
	Path []any `json:"path"`
	// Wrong is the kind of problem: key (unknown keys), kind (a value of the wrong type), nothing (null), secret, value, or
	// file (a problem that only the whole file shows).
	Wrong string `json:"wrong"`
	// Kind is the expected type, under its name in typesOf.
	Kind string `json:"kind,omitempty"`
	// Keys are the unknown keys, and Known the keys of the type.
	Keys  []string `json:"keys,omitempty"`
	Known []string `json:"known,omitempty"`
	// Said is the tool's error message.
	Said string `json:"said,omitempty"`
}

type judge struct {
	tool  tool
	clear map[string]bool
	// strays are the verdicts about unknown keys, which are removed before the other checks; found are all other verdicts.
	strays, found []verdict
	// asks says that the tool reads each part separately. This is slow, so it is done only for files that the tool refuses.
	asks bool
}

// walk checks a whole value against its types. If the tool refuses the whole, walk also lets the tool read each part, the
// innermost first: then a problem is reported at its exact path, and hides no other problem. walk returns whether the tool
// refuses the whole.
func (j *judge) walk(t reflect.Type, whole map[string]any, isRefused func() bool) bool {
	j.keys(t, whole, []any{})
	if !isRefused() {
		return false
	}
	// The first pass removed the unknown keys, so this pass does not report them again.
	j.found, j.asks = nil, true
	j.keys(t, whole, []any{})
	return true
}

func (j *judge) verdicts() []verdict {
	// In JSON, no verdicts must be an empty list, not null.
	return append(append([]verdict{}, j.strays...), j.found...)
}

// judgeConfig returns the problems of a configuration file in JSON. The given places hold placeholders, not secrets.
func judgeConfig(name string, file json.RawMessage, places [][]any) []verdict {
	whole := inGo(file)
	j := judge{tool: tools[name], clear: map[string]bool{}}
	for _, path := range places {
		j.clear[inJSON(path)] = true
	}
	if !j.walk(j.tool.root, whole, func() bool { return j.tool.load(inJSON(whole)) != nil }) {
		return j.verdicts()
	}
	isBlamed := j.blamed()
	if isBlamed([]any{"global"}) {
		return j.verdicts()
	}
	j.together(whole, slices.DeleteFunc(j.tool.entries(whole), func(one entry) bool { return isBlamed(one.path) }))
	if len(j.found) == 0 {
		if err := j.tool.load(inJSON(whole)); err != nil {
			j.say(verdict{Path: []any{}, Wrong: "file", Said: err.Error()})
		}
	}
	return j.verdicts()
}

// blamed returns a function that reports whether a problem was found at a path, above it or below it.
func (j *judge) blamed() func(path []any) bool {
	at, above := map[string]bool{}, map[string]bool{}
	for _, one := range j.found {
		at[inJSON(one.Path)] = true
		for length := range one.Path {
			above[inJSON(one.Path[:length])] = true
		}
	}
	return func(path []any) bool {
		for length := range len(path) + 1 {
			if at[inJSON(path[:length])] {
				return true
			}
		}
		return above[inJSON(path)]
	}
}

// together lets the tool read several entries in one file. If the tool refuses the file, together halves the list to find
// the entries that cause the refusal.
func (j *judge) together(whole map[string]any, some []entry) {
	if len(some) == 0 {
		return
	}
	err := j.tool.load(inJSON(j.tool.with(whole, some)))
	switch before := len(j.found); {
	case err == nil:
	case len(some) == 1:
		j.say(verdict{Path: some[0].path, Wrong: "value", Said: err.Error()})
	default:
		j.together(whole, some[:len(some)/2])
		j.together(whole, some[len(some)/2:])
		if len(j.found) == before {
			j.say(verdict{Path: []any{some[0].path[0]}, Wrong: "file", Said: err.Error()})
		}
	}
}

func inGo(text json.RawMessage) map[string]any {
	decoder := json.NewDecoder(bytes.NewReader(text))
	// A number must keep its exact digits.
	decoder.UseNumber()
	var whole map[string]any
	if err := decoder.Decode(&whole); err != nil {
		panic(err)
	}
	return whole
}

func (j *judge) say(one verdict) { j.found = append(j.found, one) }

func below(path []any, key any) []any { return append(slices.Clone(path), key) }

// part checks a value against its expected type.
func (j *judge) part(t reflect.Type, value any, path []any) {
	t = bare(t)
	kind := kindOf(t, nil)
	before := len(j.found)
	wrongKind := func() { j.say(verdict{Path: path, Wrong: "kind", Kind: kind}) }
	if value == nil {
		j.say(verdict{Path: path, Wrong: "nothing", Kind: kind})
		return
	}
	switch {
	case isWhole(t):
		j.textsIn(value, kind, path)
	case t.Kind() == reflect.Struct:
		if entries, ok := value.(map[string]any); ok {
			j.keys(t, entries, path)
		} else if !unmarshals(t) || j.read(t, value) != nil {
			wrongKind()
		}
	case t.Kind() == reflect.Map:
		entries, ok := value.(map[string]any)
		if !ok {
			wrongKind()
		}
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			j.part(t.Elem(), entries[key], below(path, key))
		}
	case t.Kind() == reflect.Slice:
		items, ok := value.([]any)
		if !ok {
			wrongKind()
		}
		for at, item := range items {
			j.part(t.Elem(), item, below(path, at))
		}
	case t.Kind() == reflect.String:
		// The tools read any scalar as a string, but Helm changes the form of large numbers.
		if _, ok := value.(string); !ok {
			wrongKind()
		}
	}
	switch {
	case len(j.found) > before:
	case kind == "url" && !isAddress(value, path):
		j.say(verdict{Path: path, Wrong: "value", Kind: kind})
	case j.asks && !isJudged(t):
		j.ask(t, value, kind, path)
	}
}

// ask lets the tool read a value. If the tool refuses a list, ask lets it read each item, to find the items that cause the
// refusal.
func (j *judge) ask(t reflect.Type, value any, kind string, path []any) {
	err := j.read(t, value)
	if err == nil {
		return
	}
	before := len(j.found)
	if items, ok := value.([]any); ok && t.Kind() == reflect.Slice {
		for at, item := range items {
			if err := j.read(t, []any{item}); err != nil {
				kind := strings.TrimPrefix(kind, "[]")
				j.say(verdict{Path: below(path, at), Wrong: "value", Kind: kind, Said: err.Error()})
			}
		}
	}
	if len(j.found) == before {
		j.say(verdict{Path: path, Wrong: "value", Kind: kind, Said: err.Error()})
	}
}

// isAddress reports whether requests can be sent to a URL. Prometheus accepts any string, and then fails at each request.
func isAddress(value any, path []any) bool {
	text, isText := value.(string)
	if !isText {
		return false
	}
	if text == "" {
		last := path[len(path)-1]
		return last != "url" && last != "token_url"
	}
	// For a URL that cannot be parsed, the tool has its own error message.
	read, err := url.Parse(text)
	return err != nil || slices.Contains([]string{"http", "https", "socks5", "socks5h"}, read.Scheme) && read.Host != ""
}

// textsIn checks a value that the tool reads as a whole: it must not contain null, nor a number in place of a string.
func (j *judge) textsIn(value any, kind string, path []any) {
	one := func(item any, key any) {
		at := below(path, key)
		if _, isText := item.(string); item != nil && !isText && strings.HasSuffix(kind, "string") {
			j.say(verdict{Path: at, Wrong: "kind", Kind: "string"})
		} else {
			j.textsIn(item, "", at)
		}
	}
	switch v := value.(type) {
	case nil:
		j.say(verdict{Path: path, Wrong: "nothing", Kind: "string"})
	case []any:
		for at, item := range v {
			one(item, at)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			one(v[key], key)
		}
	}
}

// read reads a value with the tool's YAML library and checks.
func (j *judge) read(t reflect.Type, value any) error {
	read := reflect.New(t).Interface()
	err := j.tool.unmarshal([]byte(inJSON(value)), read)
	if step, ok := read.(*relabel.Config); ok && err == nil {
		return step.Validate(model.UTF8Validation)
	}
	return err
}

// isClear reports whether the value at the path of a secret, or of several secrets, is not a secret.
func (j *judge) isClear(value any, path []any) bool {
	return value == nil || value == "" || j.clear[inJSON(path)]
}

// keys checks a map against a struct type of the tool.
func (j *judge) keys(t reflect.Type, entries map[string]any, path []any) {
	fields := fieldsOf(t)
	unknown := []string{}
	for _, key := range slices.Sorted(maps.Keys(entries)) {
		at := below(path, key)
		switch field, known := fields[key]; {
		case !known:
			unknown = append(unknown, key)
			delete(entries, key)
		case isSecret(field) && !j.isClear(entries[key], at):
			j.say(verdict{Path: at, Wrong: "secret", Known: slices.Sorted(maps.Keys(fields))})
		default:
			j.part(field, entries[key], at)
		}
	}
	if len(unknown) > 0 {
		known := slices.Sorted(maps.Keys(fields))
		j.strays = append(j.strays, verdict{Path: slices.Clone(path), Wrong: "key", Keys: unknown, Known: known})
	}
}

// checkTargets checks, as promtool does, that the targets of static_configs still have an address after relabeling.
func checkTargets(jobs []*prometheus.ScrapeConfig) error {
	builder := labels.NewBuilder(labels.EmptyLabels())
	for _, job := range jobs {
		for _, discovery := range job.ServiceDiscoveryConfigs {
			groups, _ := discovery.(discoveries.StaticConfig)
			for _, group := range groups {
				// The time to set labels grows with the square of their number.
				if len(group.Labels) > 1000 {
					continue
				}
				for i, target := range group.Targets {
					if _, err := scrape.PopulateLabels(builder, job, target, group.Labels); err != nil {
						return fmt.Errorf("instance %d in group %s: %w", i, group, err)
					}
				}
			}
		}
	}
	return nil
}

func entriesOfPrometheus(whole map[string]any) []entry {
	found := []entry{}
	for _, key := range slices.Sorted(maps.Keys(whole)) {
		items, isList := whole[key].([]any)
		if !isList && key != "global" {
			found = append(found, entry{[]any{key}, whole[key]})
		}
		for at, item := range items {
			found = append(found, entry{[]any{key, at}, item})
		}
	}
	return found
}

func withEntries(whole map[string]any, some []entry) map[string]any {
	file := map[string]any{"global": whole["global"]}
	for _, one := range some {
		key := one.path[0].(string)
		if len(one.path) == 1 {
			file[key] = one.item
		} else {
			items, _ := file[key].([]any)
			file[key] = append(items, one.item)
		}
	}
	return file
}

// integrations are the entries of Alertmanager: the integrations of all receivers.
func integrations(whole map[string]any) []entry {
	found := []entry{}
	receivers, _ := whole["receivers"].([]any)
	for at, receiver := range receivers {
		parts, _ := receiver.(map[string]any)
		for _, key := range slices.Sorted(maps.Keys(parts)) {
			items, _ := parts[key].([]any)
			for index, item := range items {
				found = append(found, entry{[]any{"receivers", at, key, index}, item})
			}
		}
	}
	return found
}

// withIntegrations puts each integration into a separate receiver.
func withIntegrations(whole map[string]any, some []entry) map[string]any {
	receivers := []any{}
	for at, one := range some {
		receivers = append(receivers, map[string]any{"name": fmt.Sprint(at), one.path[2].(string): []any{one.item}})
	}
	return map[string]any{"global": whole["global"], "route": map[string]any{"receiver": "0"}, "receivers": receivers}
}

// typesOf returns, by type name, the keys of each of the tool's types with the type of each value.
func typesOf(name string) map[string]map[string]string {
	types := map[string]map[string]string{}
	kindOf(tools[name].root, types)
	return types
}

func unmarshals(t reflect.Type) bool {
	_, does := reflect.PointerTo(t).MethodByName("UnmarshalYAML")
	return does || t.PkgPath() == "time"
}

// isJudged reports whether the checks of a type's parts cover everything that the tool checks.
func isJudged(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.String, reflect.Interface:
		return !unmarshals(t)
	}
	return false
}

// isWhole reports whether a type has its own YAML reader and no keys that could be checked separately.
func isWhole(t reflect.Type) bool {
	if !unmarshals(t) {
		return false
	}
	return t.Kind() != reflect.Struct || len(fieldsOf(t)) == 0
}

// isSecret reports whether a type is a secret, or a list or map of secrets.
func isSecret(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return isSecret(t.Elem())
	}
	return t.Name() == "Secret" || t.Name() == "SecretURL" || t.Name() == "SecretTemplateURL"
}
