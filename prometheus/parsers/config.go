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

// tool is a program that reads a configuration file.
type tool struct {
	root reflect.Type
	// unmarshal is that of the tool's own reader of YAML, and load reads a whole file.
	unmarshal func([]byte, any) error
	load      func(string) error
	// entries are parts of a file that can be judged apart, and with makes a file that has some of them, and what they need.
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

// restoreDefaults puts Prometheus' own default right: a `regex: "~"` is read into it, and would hold for all that comes after.
func restoreDefaults() {
	relabel.DefaultRelabelConfig.Regex = relabel.MustNewRegexp("(.*)")
}

// verdict is what is wrong at a place of a configuration.
type verdict struct {
	Path []any `json:"path"`
	// Wrong is key, kind, nothing, secret, value, or file for what only the whole file shows.
	Wrong string `json:"wrong"`
	// Kind is what belongs there, as typesOf calls it.
	Kind string `json:"kind,omitempty"`
	// Keys are those that nobody knows, and Known those that there are.
	Keys  []string `json:"keys,omitempty"`
	Known []string `json:"known,omitempty"`
	// Said are the tool's words.
	Said string `json:"said,omitempty"`
}

type judge struct {
	tool  tool
	clear map[string]bool
	// strays are the unknown keys, without which all else is judged; found is what is wrong besides.
	strays, found []verdict
	// asks is set when each part is put to the tool on its own: that takes time, and is for files that it refuses.
	asks bool
}

// walk judges a whole by its types, and where it is refused, each part by the tool, from the innermost outwards, so that a
// fault stands where it was made and hides no other. It tells whether the whole is refused.
func (j *judge) walk(t reflect.Type, whole map[string]any, isRefused func() bool) bool {
	j.keys(t, whole, []any{})
	if !isRefused() {
		return false
	}
	// Unknown keys are taken away by now, and not found again.
	j.found, j.asks = nil, true
	j.keys(t, whole, []any{})
	return true
}

func (j *judge) verdicts() []verdict {
	// An empty list, and not null, where there are none.
	return append(append([]verdict{}, j.strays...), j.found...)
}

// judgeConfig says what is wrong with a file in JSON. At clear places there are no secrets.
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

// blamed tells of a path whether a fault was found there, or above or below.
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

// together judges entries in one file, and where that is refused, looks for those that are to blame.
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
	// A number must not lose what it was written as.
	decoder.UseNumber()
	var whole map[string]any
	if err := decoder.Decode(&whole); err != nil {
		panic(err)
	}
	return whole
}

func (j *judge) say(one verdict) { j.found = append(j.found, one) }

func below(path []any, key any) []any { return append(slices.Clone(path), key) }

// part judges a value that is to be of a type.
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
		// The tools read any scalar as a text, but large numbers change their form on their way through Helm.
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

// ask puts a value to the tool. Of a list that is read as a whole, the items are read one by one where it is refused, to see
// which are to blame.
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

// isAddress tells whether something can be asked at an address. Prometheus takes any, and fails with it each time.
func isAddress(value any, path []any) bool {
	text, isText := value.(string)
	if !isText {
		return false
	}
	if text == "" {
		last := path[len(path)-1]
		return last != "url" && last != "token_url"
	}
	// What cannot be read at all, the tool says in its own words.
	read, err := url.Parse(text)
	return err != nil || slices.Contains([]string{"http", "https", "socks5", "socks5h"}, read.Scheme) && read.Host != ""
}

// textsIn judges what is read as a whole: nothing in it is null, and where it holds texts, no number stands for one.
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

// read reads a value as the tool does.
func (j *judge) read(t reflect.Type, value any) error {
	read := reflect.New(t).Interface()
	err := j.tool.unmarshal([]byte(inJSON(value)), read)
	if step, ok := read.(*relabel.Config); ok && err == nil {
		return step.Validate(model.UTF8Validation)
	}
	return err
}

// isClear tells whether what stands at a place for a secret, or for several, is none.
func (j *judge) isClear(value any, path []any) bool {
	return value == nil || value == "" || j.clear[inJSON(path)]
}

// keys judges a map that is to be of a type of the tool's own.
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

// checkTargets looks whether the targets of static_configs still have an address when they are relabelled, as promtool does.
func checkTargets(jobs []*prometheus.ScrapeConfig) error {
	builder := labels.NewBuilder(labels.EmptyLabels())
	for _, job := range jobs {
		for _, discovery := range job.ServiceDiscoveryConfigs {
			groups, _ := discovery.(discoveries.StaticConfig)
			for _, group := range groups {
				// To set labels takes the square of their number.
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

// integrations are the entries of Alertmanager's receivers.
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

// withIntegrations gives each a receiver of its own.
func withIntegrations(whole map[string]any, some []entry) map[string]any {
	receivers := []any{}
	for at, one := range some {
		receivers = append(receivers, map[string]any{"name": fmt.Sprint(at), one.path[2].(string): []any{one.item}})
	}
	return map[string]any{"global": whole["global"], "route": map[string]any{"receiver": "0"}, "receivers": receivers}
}

// typesOf are the tool's types by name, of each its keys, and of each key the kind of its value.
func typesOf(name string) map[string]map[string]string {
	types := map[string]map[string]string{}
	kindOf(tools[name].root, types)
	return types
}

func unmarshals(t reflect.Type) bool {
	_, does := reflect.PointerTo(t).MethodByName("UnmarshalYAML")
	return does || t.PkgPath() == "time"
}

// isJudged tells whether a tool has nothing to say of a type that was not seen already, be it in its parts.
func isJudged(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Slice, reflect.String, reflect.Interface:
		return !unmarshals(t)
	}
	return false
}

// isWhole tells whether a type reads its value in a way of its own, whatever its parts.
func isWhole(t reflect.Type) bool {
	if !unmarshals(t) {
		return false
	}
	return t.Kind() != reflect.Struct || len(fieldsOf(t)) == 0
}

// isSecret tells whether a type holds a secret, or several.
func isSecret(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return isSecret(t.Elem())
	}
	return t.Name() == "Secret" || t.Name() == "SecretURL" || t.Name() == "SecretTemplateURL"
}
