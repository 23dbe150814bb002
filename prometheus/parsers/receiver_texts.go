package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
	"time"

	"github.com/prometheus/alertmanager/template"
)

// receiverText is a template of a receiver or a route, which Alertmanager expands when it sends a message.
type receiverText struct {
	Text string `json:"text"`
	HTML bool   `json:"html"`
}

// receiverTexts has the problems of template files and templates. An empty string means no problem.
type receiverTexts struct {
	Files map[string]string `json:"files"`
	Texts []string          `json:"texts"`
}

// asked caches the template files of the last question and their result, because several questions about templates use
// the same files.
var asked struct {
	files map[string]string
	all   *template.Template
	said  map[string]string
}

// checkReceiverTexts reads template files as Alertmanager does, and expands each template with sample messages.
func checkReceiverTexts(files map[string]string, texts []receiverText) receiverTexts {
	if asked.all == nil || !maps.Equal(asked.files, files) {
		asked.files = files
		asked.all, asked.said = readFiles(files)
	}
	said := receiverTexts{Files: asked.said, Texts: []string{}}
	for _, text := range texts {
		message := fails(text, asked.all)
		if message == "" {
			message = missingIn(text.Text, asked.all)
		}
		said.Texts = append(said.Texts, message)
	}
	return said
}

// readFiles reads template files after Alertmanager's built-in ones, and returns the problem of each file.
func readFiles(files map[string]string) (*template.Template, map[string]string) {
	said := map[string]string{}
	all := ownTemplates()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		// A refused file must not define templates for the files after it.
		err := ownTemplates().Parse(strings.NewReader(files[name]))
		if err == nil {
			err = all.Parse(strings.NewReader(files[name]))
		}
		if err != nil {
			said[name] = err.Error()
		}
	}
	for name, file := range files {
		if missing := missingIn(file, all); missing != "" && said[name] == "" {
			said[name] = missing
		}
	}
	return all, said
}

func ownTemplates() *template.Template {
	own, err := template.FromGlobs(nil)
	if err != nil {
		panic(err)
	}
	return own
}

// fails returns the error of a template that fails with every sample message. It is empty if one message succeeds.
func fails(text receiverText, all *template.Template) string {
	message := ""
	for _, data := range sampleMessages {
		var err error
		if text.HTML {
			_, err = all.ExecuteHTMLString(text.Text, data)
		} else {
			_, err = all.ExecuteTextString(text.Text, data)
		}
		if err == nil {
			return ""
		}
		message = err.Error()
	}
	return message
}

// missingIn returns the name of a template that is used but not defined, even in a branch that no sample message reaches.
func missingIn(text string, all *template.Template) string {
	trees := map[string]*parse.Tree{}
	tree := parse.New("text")
	tree.Mode = parse.SkipFuncCheck
	if _, err := tree.Parse(text, "{{", "}}", trees); err != nil {
		return ""
	}
	for _, name := range slices.Sorted(maps.Keys(namesIn(trees))) {
		// Go's HTML templates look for all used templates before they write anything.
		_, err := all.ExecuteHTMLString("{{ if false }}{{ template "+strconv.Quote(name)+" . }}{{ end }}", nil)
		if _, own := trees[name]; !own && err != nil && strings.Contains(err.Error(), "no such template "+strconv.Quote(name)) {
			return fmt.Sprintf("template %q not defined", name)
		}
	}
	return ""
}

// namesIn returns the names of the templates that the parse trees use.
func namesIn(trees map[string]*parse.Tree) map[string]bool {
	names := map[string]bool{}
	var walk func(node parse.Node)
	branch := func(n *parse.BranchNode) {
		walk(n.List)
		if n.ElseList != nil {
			walk(n.ElseList)
		}
	}
	walk = func(node parse.Node) {
		switch n := node.(type) {
		case *parse.ListNode:
			for _, one := range n.Nodes {
				walk(one)
			}
		case *parse.IfNode:
			branch(&n.BranchNode)
		case *parse.RangeNode:
			branch(&n.BranchNode)
		case *parse.WithNode:
			branch(&n.BranchNode)
		case *parse.TemplateNode:
			names[n.Name] = true
		}
	}
	for _, tree := range trees {
		walk(tree.Root)
	}
	return names
}

// sampleMessages are varied, so that a template that fails with all of them is assumed to fail with every message.
var sampleMessages = []*template.Data{sampleMessage("0", 2), sampleMessage("1h", 1), sampleMessage("a", 3)}

func sampleMessage(value string, alerts int) *template.Data {
	labels := template.KV{}
	for _, name := range []string{"alertname", "severity", "namespace", "instance", "job", "cluster", "team"} {
		labels[name] = value
	}
	annotations := template.KV{"summary": value, "description": value, "runbook_url": value}
	data := &template.Data{
		Receiver: "receiver", Status: "firing", NotificationReason: "firing", ExternalURL: "http://alertmanager.example",
		GroupLabels: labels, CommonLabels: labels, CommonAnnotations: annotations, RouteLabels: labels,
	}
	for i := range alerts {
		status := "firing"
		if i == 1 {
			status = "resolved"
		}
		data.Alerts = append(data.Alerts, template.Alert{
			Status: status, Labels: labels, Annotations: annotations, StartsAt: time.Unix(0, 0), EndsAt: time.Unix(60, 0),
			GeneratorURL: "http://prometheus.example", Fingerprint: "0",
		})
	}
	return data
}
