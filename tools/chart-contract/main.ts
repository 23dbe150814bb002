import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { parse } from "yaml";
import { type Contract, readContract } from "../../chart/contract";
import { type Command, print, runCommand, option, WrongCommandLine } from "../shared/command-line";
import { differenceOf, pathsOf } from "./difference";
import { contractOf } from "./keys";
import { kubernetesTypes } from "./kubernetes-types";
import { type Chart, readChart } from "./read-chart";
import { ourValues } from "./our-values";
import { stripProse } from "./strip-prose";
import { typesOf } from "./types";
import { kubernetesNames } from "../../chart/places";
import { projectRoot } from "../../conventions/project-root";
import { modelOf } from "../../chart/schema";

const command = {
  call: "npm run chart:contract --",
  options: {
    chart: option("<directory|tgz>", "the chart with its sub-charts, or a folder that contains them side by side"),
    values: option(
      "<file>",
      "values of a stack; changed keys that it sets are listed first; default: this program's values",
    ),
    to: option("<directory>", "where contract/ and values.ts are written; default: chart/"),
  },
  notes: "Exit code: 0 written, 1 not written, 2 wrong command line.",
} as const satisfies Command;

/** The files of a contract by name, as strings. The same chart always gives the same files. */
export async function contractFiles(chart: Chart): Promise<Record<string, string>> {
  const contract = contractOf(chart);
  const kubernetes = kubernetesTypes(kubernetesNames().map(modelOf));
  const schemas = Object.fromEntries(
    [chart, ...chart.subCharts].flatMap(({ name, schema }) => (schema ? [[name, stripProse(schema)]] : [])),
  );
  return {
    "contract/keys.json": await formatted("keys.json", JSON.stringify(contract, undefined, 1)),
    "contract/jobs.json": await formatted("jobs.json", JSON.stringify(chart.values.scrapeConfigs ?? {})),
    "contract/schemas.json": await formatted("schemas.json", JSON.stringify(schemas, undefined, 1)),
    "contract/kubernetes.json": await formatted("kubernetes.json", JSON.stringify(kubernetes)),
    "values.ts": await formatted("values.ts", await typesOf(contract, kubernetes)),
  };
}

async function formatted(name: string, text: string): Promise<string> {
  return format(text, { ...(await resolveConfig(join(projectRoot, "chart", name))), filepath: name });
}

/** A short summary of what changed since the previous contract. */
export function report(before: Contract | undefined, after: Contract, ours: readonly (readonly string[])[]): string {
  const versions = Object.entries(after.charts).map(([name, version]) => {
    const was = before?.charts[name];
    return `  ${name} ${was === undefined || was === version ? version : `${was} -> ${version}`}`;
  });
  if (before === undefined) return ["There was no contract before.", ...versions].join("\n");
  const difference = differenceOf(before, after, ours);
  const lists = (["removed", "retyped", "added"] as const).map((kind) =>
    [`${kind}: ${difference[kind].length || "none"}`, ...difference[kind].map((line) => `  ${line}`)].join("\n"),
  );
  return [...versions, ...lists].join("\n");
}

if (require.main === module) {
  runCommand(
    command,
    async (given) => {
      if (given.chart === undefined) throw new WrongCommandLine("--chart is not given.");
      const to = given.to ?? join(projectRoot, "chart");
      const chart = readChart(given.chart);
      const before = existsSync(join(projectRoot, "chart/contract/keys.json")) ? readContract() : undefined;
      const after = contractOf(chart);
      const ours = given.values === undefined ? ourValues() : (parse(readFileSync(given.values, "utf8")) as unknown);
      mkdirSync(join(to, "contract"), { recursive: true });
      for (const [name, text] of Object.entries(await contractFiles(chart))) writeFileSync(join(to, name), text);
      await print(report(before, after, pathsOf(ours, before ?? after)));
      return 0;
    },
    1,
  );
}
