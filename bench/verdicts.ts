/**
 * `npm run bench:verdicts -- [--seed <n>] [--each <n>]`: our verdicts beside promtool's and amtool's, on inputs that a seed
 * mutates: expressions, texts of alerts, whole rules, matchers, Alertmanager's configurations. Says how many were tried, and
 * prints each on which the two differ. Needs the lab's programs.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parse, stringify } from "yaml";
import { checkAlertmanagerConfig } from "../alertmanager/check";
import { findPrograms, programPath } from "../lab/programs/find";
import { checkRuleGroups } from "../prometheus/checkRules";
import { expressionsRefusedHereAlone } from "../test/corpus/rules/verdicts";
import { markdown } from "./markdown";

const corpus = join(__dirname, "../test/corpus");
const signs = [
  ..."{}()[]\"'`|&=!<>~,.:;$%+-*/\\ 05aex\n",
  "{{",
  "}}",
  "[5m]",
  " and ",
  " or ",
  "by",
  "$value",
  ".Labels",
];

/** A generator of numbers from 0 to 1, the same for a seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4294967296;
  };
}

/** A text with one or two signs put in, taken out or replaced. */
function mutated(text: string, next: () => number): string {
  let result = text;
  for (let times = next() < 0.5 ? 1 : 2; times > 0; times--) {
    const at = Math.floor(next() * (result.length + 1));
    const sign = next() < 0.3 ? "" : signs[Math.floor(next() * signs.length)]!;
    result = result.slice(0, at) + sign + result.slice(at + (next() < 0.5 ? 1 : 0));
  }
  return result;
}

interface Input {
  /** What was mutated, as it is printed. */
  readonly shown: string;
  /** The file that the tool reads. */
  readonly file: unknown;
  readonly here: readonly string[];
}

const filesOf = (kind: string) =>
  readdirSync(join(corpus, kind, "good")).map(
    (file) => parse(readFileSync(join(corpus, kind, "good", file), "utf8")) as Record<string, unknown>,
  );
const errorsIn = (findings: ReturnType<typeof checkRuleGroups>) =>
  findings.filter(({ severity }) => severity === "error").map(({ sentence }) => sentence);

function rule(changes: object, shown: string): Input {
  const groups = [{ name: "g", rules: [{ alert: "A", expr: "up == 0", labels: { severity: "info" }, ...changes }] }];
  return { shown, file: { groups }, here: errorsIn(checkRuleGroups(groups)) };
}

const expressions = readFileSync(join(corpus, "rules/expressions.txt"), "utf8").split("\n").filter(Boolean);
const texts = filesOf("rules").flatMap(({ groups }) =>
  (groups as { rules?: { annotations?: Record<string, string> }[] }[]).flatMap(({ rules = [] }) =>
    rules.flatMap(({ annotations = {} }) => Object.values(annotations)),
  ),
);
const matchers = ['a="b"', "a=~b.*", '{a="b", c!~"d|e"}', '"ä b"="c"', 'severity =~ "(critical|warning)"', "a!=b,c=d"];

function configWith(matcher: string): Input {
  const file = {
    route: { receiver: "r", routes: [{ receiver: "r", matchers: [matcher] }] },
    receivers: [{ name: "r" }],
  };
  return { shown: matcher, file, here: errorsIn(checkAlertmanagerConfig(file, { templates: {}, credentials: [] })) };
}

const pick = <T>(list: readonly T[], next: () => number): T => list[Math.floor(next() * list.length)]!;

const kinds: Readonly<Record<string, { tool: "promtool" | "amtool"; make: (next: () => number) => Input }>> = {
  expressions: {
    tool: "promtool",
    make: (next) => {
      const expr = mutated(pick(expressions, next), next);
      return rule({ expr }, expr);
    },
  },
  "texts of alerts": {
    tool: "promtool",
    make: (next) => {
      const summary = mutated(pick(texts, next), next);
      return rule({ annotations: { summary } }, summary);
    },
  },
  matchers: { tool: "amtool", make: (next) => configWith(mutated(pick(matchers, next), next)) },
};

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { seed: { type: "string" }, each: { type: "string" } } });
  const [seed, each] = [Number(values.seed ?? 1), Number(values.each ?? 10_000)];
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const programs = await findPrograms(["promtool", "amtool"], say);
  const rows: string[][] = [];
  for (const [kind, { tool, make }] of Object.entries(kinds)) {
    const next = random(seed);
    const inputs = Array.from({ length: each }, () => make(next));
    say(`${kind}: ${each} made; asking ${tool} ...`);
    const refused = await refusedBy(tool, programPath(programs, tool), inputs);
    const lax = inputs.filter(({ here }, at) => refused[at] && here.length === 0);
    // What each evaluation, or each message, would fail on is refused here alone, and so is what the tables say.
    const onPurpose = /when the alert fires|has to yield|label_replace\(\)|whenever a message|nested more than|empty/;
    const strict = inputs.filter(({ here }, at) => !refused[at] && here.length > 0);
    const falsely = strict.filter(
      ({ here, shown }) =>
        !here.some((sentence) => onPurpose.test(sentence)) && !(shown in expressionsRefusedHereAlone),
    );
    rows.push(
      [
        kind,
        tool,
        each,
        refused.filter(Boolean).length,
        lax.length,
        strict.length - falsely.length,
        falsely.length,
      ].map(String),
    );
    for (const { shown } of lax) console.log(`taken here, refused by ${tool}: ${JSON.stringify(shown)}`);
    for (const { shown, here } of falsely) console.log(`refused here alone: ${JSON.stringify(shown)}: ${here[0]}`);
  }
  const head = ["kind", "tool", "tried", "bad", "taken here, refused there", "refused on purpose", "falsely refused"];
  console.log(markdown(head, rows));
}

/** Which of the inputs the tool refuses, file by file. */
async function refusedBy(tool: "promtool" | "amtool", program: string, inputs: readonly Input[]): Promise<boolean[]> {
  const { execa } = await import("execa");
  const directory = mkdtempSync(join(tmpdir(), "verdicts-"));
  const command = tool === "promtool" ? ["check", "rules", "--lint=none"] : ["check-config"];
  const refused: boolean[] = [];
  try {
    for (let from = 0; from < inputs.length; from += 250) {
      const batch = inputs.slice(from, from + 250).map(({ file }, at) => {
        const path = join(directory, `${from + at}.yaml`);
        writeFileSync(path, stringify(file));
        return path;
      });
      const { stdout, stderr } = await execa(program, [...command, ...batch], { reject: false, maxBuffer: 2 ** 28 });
      const bad =
        tool === "promtool"
          ? new Set([...stderr.matchAll(/^(\S+\.yaml): /gm)].map(([, path]) => path))
          : new Set([...stdout.matchAll(/^Checking '([^']+)'\s+FAILED/gm)].map(([, path]) => path));
      refused.push(...batch.map((path) => bad.has(path)));
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
  return refused;
}

if (require.main === module) void main();
