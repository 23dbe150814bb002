package main

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/prometheus/alertmanager/timeinterval"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// Names of types that have their own YAML reader. Any other such type is a string.
var kinds = map[string]string{
	"common.Matchers":     "[]string",
	"common.MatchRegexps": "{}string",
	"common.URL":          "url",
	"config.URL":          "url",
	"labels.Labels":       "{}string",
	"labels.Matchers":     "[]string",
	"model.Duration":      "duration",
	"model.LabelSet":      "{}string",
	"time.Duration":       "goDuration",
	"units.Base2Bytes":    "bytes",

	"timeinterval.DayOfMonthRange": "range",
	"timeinterval.MonthRange":      "range",
	"timeinterval.WeekdayRange":    "range",
	"timeinterval.YearRange":       "range",
}

// kindOf returns the name of a type, such as duration, []string or config.ScrapeConfig. It adds the tool's struct types to
// types, unless types is nil.
func kindOf(t reflect.Type, types map[string]map[string]string) string {
	if kind, ok := kinds[t.String()]; ok {
		return kind
	}
	switch {
	case bare(t) != t:
		return kindOf(bare(t), types)
	case isSecret(t) && t.Kind() != reflect.Slice && t.Kind() != reflect.Map:
		return "secret"
	case isWhole(t) && t.Kind() != reflect.Slice && t.Kind() != reflect.Map:
		return "string"
	}
	switch t.Kind() {
	case reflect.Slice:
		return "[]" + kindOf(t.Elem(), types)
	case reflect.Map:
		return "{}" + kindOf(t.Elem(), types)
	case reflect.Struct:
		if types != nil && types[t.String()] == nil {
			types[t.String()] = map[string]string{}
			for key, field := range fieldsOf(t) {
				types[t.String()][key] = kindOf(field, types)
			}
		}
		return t.String()
	case reflect.Interface:
		return "any"
	case reflect.Int, reflect.Int32, reflect.Int64:
		return "int"
	case reflect.Uint, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "uint"
	case reflect.Float32, reflect.Float64:
		return "float"
	}
	return t.Kind().String()
}

// bare returns the type of the value itself: without pointers, and without a struct that only wraps one value.
func bare(t reflect.Type) reflect.Type {
	switch {
	case t.Kind() == reflect.Pointer:
		return bare(t.Elem())
	case t.Kind() == reflect.Struct && t.NumField() == 1 && isInline(t.Field(0)):
		return bare(t.Field(0).Type)
	}
	return t
}

// fields caches the keys of each type with their types. Two types read keys that their struct fields do not show.
var fields = map[reflect.Type]map[string]reflect.Type{
	reflect.TypeFor[targetgroup.Group](): {
		"targets": reflect.TypeFor[[]string](), "labels": reflect.TypeFor[model.LabelSet](),
	},
	reflect.TypeFor[timeinterval.TimeRange](): {
		"start_time": reflect.TypeFor[string](), "end_time": reflect.TypeFor[string](),
	},
}

// fieldsOf returns the keys of a type with their types.
func fieldsOf(t reflect.Type) map[string]reflect.Type {
	if known, ok := fields[t]; ok {
		return known
	}
	found := map[string]reflect.Type{}
	fields[t] = found
	if t.Kind() != reflect.Struct {
		return found
	}
	bare := true
	for i := range t.NumField() {
		_, tagged := t.Field(i).Tag.Lookup("yaml")
		bare = bare && !tagged
	}
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if bare && !unmarshals(t) {
			name = strings.ToLower(field.Name)
		}
		inner := map[string]reflect.Type{}
		switch {
		case field.Type == reflect.TypeFor[discovery.Configs]():
			inner = fieldsOf(withDiscoveries(t))
		case isInline(field):
			for field.Type.Kind() == reflect.Pointer {
				field.Type = field.Type.Elem()
			}
			inner = fieldsOf(field.Type)
		// In a struct whose fields have YAML names, a field without a name is not a key of the file, although the YAML
		// library would accept it.
		case !field.IsExported() || name == "-" || name == "":
		default:
			inner[name] = field.Type
		}
		for key, one := range inner {
			found[key] = one
		}
	}
	return found
}

func isInline(field reflect.StructField) bool {
	_, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return strings.Contains(options, "inline")
}

// withDiscoveries returns the type with one key for each service discovery: Prometheus builds this type at run time.
func withDiscoveries(t reflect.Type) (whole reflect.Type) {
	_ = discovery.UnmarshalYAMLWithInlineConfigs(reflect.New(t).Interface(), func(value any) error {
		whole = reflect.TypeOf(value).Elem()
		return errors.New("nothing to read")
	})
	if whole == nil {
		panic(fmt.Sprint("no discoveries in ", t))
	}
	return whole
}
