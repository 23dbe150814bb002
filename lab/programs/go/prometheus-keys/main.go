// Writes every key that Prometheus reads from its configuration file, discoveries included, as a module of TypeScript:
// types by name, of each its keys, of each key the kind of its value. Read from Prometheus' own types, so that none is
// forgotten. Run by `npm run prometheus:keys`.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	_ "github.com/prometheus/prometheus/discovery/install"
)

// Types that read a scalar, or a map, in a way of their own.
var kinds = map[string]string{
	"config.Secret":          "secret",
	"config.TLSVersion":      "string",
	"config.URL":             "url",
	"labels.Labels":          "{}string",
	"model.Duration":         "duration",
	"model.ValidationScheme": "string",
	"relabel.Regexp":         "string",
	"targetgroup.Group":      "targetgroup.Group",
	"units.Base2Bytes":       "bytes",
}

var types = map[string]map[string]string{
	"targetgroup.Group": {"targets": "[]string", "labels": "{}string"},
}

func main() {
	kindOf(reflect.TypeFor[config.Config]())
	keys, err := json.Marshal(map[string]any{"version": version(), "types": types})
	if err != nil {
		panic(err)
	}
	text := fmt.Sprintf("// Made by `npm run prometheus:keys` out of Prometheus' own types; not to be changed by hand.\n"+
		"/** The keys of Prometheus' configuration file, and the kinds of their values. */\n"+
		"export const configKeys = %s as const;\n", keys)
	if err := os.WriteFile(os.Args[1], []byte(text), 0o644); err != nil {
		panic(err)
	}
}

func kindOf(t reflect.Type) string {
	if kind, ok := kinds[t.String()]; ok {
		return kind
	}
	switch t.Kind() {
	case reflect.Pointer:
		return kindOf(t.Elem())
	case reflect.Slice:
		return "[]" + kindOf(t.Elem())
	case reflect.Map:
		return "{}" + kindOf(t.Elem())
	case reflect.Struct:
		if t.NumField() == 1 && isInline(t.Field(0)) {
			return kindOf(t.Field(0).Type)
		}
		if _, known := types[t.String()]; !known {
			types[t.String()] = map[string]string{}
			addKeys(types[t.String()], t)
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
	default:
		return t.Kind().String()
	}
}

func addKeys(keys map[string]string, t reflect.Type) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case field.Type == reflect.TypeFor[discovery.Configs]():
			addKeys(keys, withDiscoveries(t))
		case isInline(field):
			addKeys(keys, field.Type)
		// What has no name of its own is not meant for the file, though the reader of YAML would take it.
		case !field.IsExported() || name == "-" || name == "":
		default:
			keys[name] = kindOf(field.Type)
		}
	}
}

func isInline(field reflect.StructField) bool {
	_, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
	return strings.Contains(options, "inline")
}

// The type with a key for each discovery that has registered itself: Prometheus makes it anew for each reading.
func withDiscoveries(t reflect.Type) (whole reflect.Type) {
	_ = discovery.UnmarshalYAMLWithInlineConfigs(reflect.New(t).Interface(), func(value any) error {
		whole = reflect.TypeOf(value).Elem()
		return errors.New("nothing to read")
	})
	return whole
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if module.Path == "github.com/prometheus/prometheus" {
			return module.Version
		}
	}
	return ""
}
