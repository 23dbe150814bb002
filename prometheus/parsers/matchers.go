package main

import (
	"regexp"

	"github.com/prometheus/alertmanager/featurecontrol"
	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/common/promslog"
)

// matcher is a condition on the value of one label.
type matcher struct {
	Name     string `json:"name"`
	Operator string `json:"operator"`
	Value    string `json:"value"`
}

// matchers are the matchers of one string in a matchers list of Alertmanager, or the reason why Alertmanager refuses it.
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

// anchored compiles a regular expression that must match a whole value, as in relabeling and matchers.
func anchored(text string) (*regexp.Regexp, error) {
	return regexp.Compile("^(?s:" + text + ")$")
}

func isRegex(text string) bool {
	_, err := anchored(text)
	return err == nil
}

// matches reports whether a regular expression matches a whole value. An invalid expression matches nothing.
func matches(text, value string) bool {
	read, err := anchored(text)
	return err == nil && read.MatchString(value)
}
