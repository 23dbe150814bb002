import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkRuleGroups } from "../../../prometheus/check-rules";
import { corpus, goodFiles, seeds } from "../corpus";
import { kind } from "../kind";
import { mutatedText } from "../texts";
import { treeMutation } from "../trees";
import { vocabularyOf } from "../vocabulary";

const tool = "promtool check rules";
const file = (groups: unknown) => JSON.stringify({ groups });
const check = (groups: unknown) => checkRuleGroups(groups);

/** A rule file with one alert, a part of which is the mutated input. */
const alertWith = (part: object) => [
  { name: "g", rules: [{ alert: "A", expr: "up == 0", labels: { severity: "info" }, ...part }] },
];
const ofText = (name: string, part: (text: string) => object, texts: readonly string[]) =>
  kind<string>({
    name,
    tool,
    seeds: texts,
    mutated: mutatedText,
    check: (text) => check(alertWith(part(text))),
    file: (text) => file(alertWith(part(text))),
  });

interface Group {
  readonly rules?: readonly { readonly annotations?: Readonly<Record<string, string>> }[];
}
const annotationsOf = (groups: readonly Group[]) =>
  groups.flatMap(({ rules = [] }) => rules.flatMap((rule) => Object.values(rule.annotations ?? {})));
const files = goodFiles("rules").map(({ groups }) => groups as readonly Group[]);
const texts = [...annotationsOf(files.flat()), ...seeds<string[]>("texts.yaml")];

export const expressions = ofText(
  "expressions",
  (expr) => ({ expr }),
  readFileSync(join(corpus, "rules/expressions.txt"), "utf8").split("\n").filter(Boolean),
);
export const textsOfAlerts = ofText("texts of alerts", (summary) => ({ annotations: { summary } }), texts);

const group = { name: "string", interval: "duration", query_offset: "duration", limit: "int", labels: "{}string" };
const rule = { alert: "string", record: "string", expr: "string", for: "duration", keep_firing_for: "duration" };
const words = vocabularyOf(files, { "": group, rules: { ...rule, labels: "{}string", annotations: "{}string" } });

export const ruleFiles = kind<unknown>({
  name: "rule files",
  tool,
  seeds: files,
  mutated: treeMutation(words),
  check,
  file,
});
