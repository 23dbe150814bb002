import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isMap, parseDocument, stringify } from "yaml";
import { ruleTestsOfFolder } from "../../alerts/folder";
import { chartImages } from "../../versions";
import { print, Refusal, type Values } from "../shared/command-line";
import type { CliOptions } from "../stack/cli";
import { selectedStack } from "../stack/identity";
import { readStackRules, type StackRules } from "../stack/rules";
import type { command } from "./command";

const exitCodes = { passed: 0, failed: 1, unknown: 4 } as const;

/** How the tests run; different in tests of this command. */
interface Surroundings extends CliOptions {
  readonly show?: (text: string) => Promise<void> | void;
}

/** Runs the tests of a stack, shows promtool's report, and returns the exit code. */
export async function runRuleTests(
  { stack: given, promtool = "promtool", list }: Values<typeof command>,
  { show = print, ...options }: Surroundings = {},
): Promise<number> {
  const { cwd = process.cwd() } = options;
  const stack = given ?? (await selectedStack(options));
  const rules = await readStackRules(stack, options);
  const files = rules.folder === undefined ? [] : ruleTestsOfFolder(cwd, rules.folder);
  if (list || files.length === 0) {
    if (!list) await show(whyNone(stack, rules));
    else if (files.length > 0) await show(files.join("\n"));
    return exitCodes.passed;
  }
  const work = await mkdtemp(join(tmpdir(), "rule-tests-"));
  try {
    const ruleFile = join(work, "rules.yaml");
    await writeFile(ruleFile, stringify({ groups: rules.groups.map(({ group }) => group) }));
    let failures = 0;
    // promtool's report does not name the file, so each file has its own run.
    for (const file of files) {
      const test = join(work, basename(file));
      await writeFile(test, withRules(file, await readFile(join(cwd, file), "utf8"), ruleFile));
      const { isPassed, report } = await run(promtool, test, rules.features);
      if (!isPassed) failures++;
      // The paths in the report are those of copies.
      const told = report.replaceAll(test, file).replaceAll(ruleFile, "the stack's rules");
      await show(`${file}: ${told.trim()}`);
    }
    return failures === 0 ? exitCodes.passed : exitCodes.failed;
  } finally {
    await rm(work, { recursive: true });
  }
}

function whyNone(stack: string, { folder }: StackRules): string {
  if (folder === undefined) return `No test was run: the stack ${stack} does not set alerting:rules.folder.`;
  return `No test was run: ${folder}/tests has no file *.yaml or *.yml.`;
}

/**
 * A test file with the stack's rules instead of the rule files that it names, so that it may be about any rule of the
 * stack.
 */
function withRules(file: string, text: string, ruleFile: string): string {
  // All values are strings here, because in a test `0x20` means a series of zeros, not a number.
  const document = parseDocument(text, { schema: "failsafe" });
  const [wrong] = document.errors;
  if (wrong !== undefined) {
    throw new Refusal(`${file} is not valid YAML: ${wrong.message.split("\n")[0]}`, exitCodes.unknown);
  }
  if (!isMap(document.contents))
    throw new Refusal(`${file} has no tests; write them below \`tests:\`.`, exitCodes.unknown);
  document.set("rule_files", [ruleFile]);
  return document.toString({ lineWidth: 0 });
}

async function run(promtool: string, test: string, features: readonly string[]) {
  // execa is an ES module, which tsx can load only in this way.
  const { execa } = await import("execa");
  const enabled = features.filter((feature) => feature.startsWith("promql-"));
  const flags = enabled.length === 0 ? [] : [`--enable-feature=${enabled.join(",")}`];
  const ended = await execa(promtool, [...flags, "test", "rules", test], {
    ...{ reject: false, all: true, stdin: "ignore" },
    // The environment may have credentials of Pulumi and AWS, which promtool does not need.
    ...{ extendEnv: false, env: { PATH: process.env.PATH } },
  });
  if (ended.code === "ENOENT" || ended.code === "EACCES") throw new Refusal(whereToGet(promtool), exitCodes.unknown);
  if (ended.exitCode === undefined) throw new Refusal(`promtool was ended: ${ended.shortMessage}`, exitCodes.unknown);
  return { isPassed: ended.exitCode === 0, report: ended.all };
}

function whereToGet(promtool: string): string {
  const { repository, tag } = chartImages.prometheus;
  return `${promtool} is not there. Install promtool of Prometheus ${tag}, from its release (https://github.com/prometheus/prometheus/releases/tag/${tag}) or from /bin/promtool of the image ${repository}:${tag}, and put it on the PATH or name it with --promtool <file>.`;
}
