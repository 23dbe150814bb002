// Command parsers checks configuration files, rules, expressions and templates with the packages of Prometheus and
// Alertmanager. It is compiled to WebAssembly. Questions and answers are JSON.
package main

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"syscall/js"
	// WebAssembly cannot read the machine's time zone files, so this package embeds them.
	_ "time/tzdata"
)

// question is a question of parsers.ts. Ask says which question it is, and so which other fields are used.
type question struct {
	Ask      string            `json:"ask"`
	Text     string            `json:"text"`
	Value    string            `json:"value"`
	Features []string          `json:"features"`
	Files    map[string]string `json:"files"`
	Texts    []receiverText    `json:"texts"`
	Tool     string            `json:"tool"`
	File     json.RawMessage   `json:"file"`
	Clear    [][]any           `json:"clear"`
}

func answer(asked string) (answered string) {
	defer func() {
		if r := recover(); r != nil {
			answered = inJSON(map[string]string{"failed": fmt.Sprint(r)})
		}
	}()
	var q question
	if err := json.Unmarshal([]byte(asked), &q); err != nil {
		panic(err)
	}
	switch q.Ask {
	case "group":
		return inJSON(checkGroup(q.File, parserWith(q.Features)))
	case "expression":
		return inJSON(readExpression(q.Text, parserWith(q.Features)))
	case "config":
		return inJSON(judgeConfig(q.Tool, q.File, q.Clear))
	case "types":
		return inJSON(typesOf(q.Tool))
	case "tree":
		return inJSON(readTree(q.Text, parserWith(q.Features)))
	case "names":
		return inJSON(names())
	case "receiverTexts":
		return inJSON(checkReceiverTexts(q.Files, q.Texts))
	case "matchers":
		return inJSON(readMatchers(q.Text))
	case "match":
		return inJSON(matches(q.Text, q.Value))
	}
	panic("unknown question " + q.Ask)
}

func inJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func main() {
	// One question needs little memory, so the garbage is collected only after the answer.
	debug.SetGCPercent(400)
	js.Global().Set("answerOfParsers", js.FuncOf(func(_ js.Value, args []js.Value) any {
		return answer(args[0].String())
	}))
	select {}
}
