package main

import (
	"regexp"

	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/common/promslog"
)

// matcher is a condition on a label.
type matcher struct {
	Name     string `json:"name"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
}

// matchers are those of an entry of Alertmanager's lists, or why it refuses the entry.
type matchers struct {
	Fault    string    `json:"fault,omitempty"`
	Matchers []matcher `json:"matchers"`
}

func init() {
	compat.InitFromFlags(promslog.NewNopLogger(), featurecontrol.NoopFlags{})
}

func readMatchers(text string) matchers {
	read, err := compat.Matchers(text, "config")
	if err != nil {
		return matchers{Fault: err.Error()}
	}
	found := []matcher{}
	for _, m := range read {
		found = append(found, matcher{m.Name, m.Type.String(), m.Value})
	}
	return matchers{Matchers: found}
}

// anchored reads an expression as relabelling and matchers do: it has to match the whole of a value.
func anchored(text string) (*regexp.Regexp, error) {
	return regexp.Compile("^(?s:" + text + ")$")
}

func isRegex(text string) bool {
	_, err := anchored(text)
	return err == nil
}

// matches tells whether an expression matches the whole of a value; one that cannot be read matches none.
func matches(text, value string) bool {
	read, err := anchored(text)
	return err == nil && read.MatchString(value)
}
