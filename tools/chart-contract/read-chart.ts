import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { extract } from "tar";
import { parse } from "yaml";
import type { Schema } from "../../chart/contract";
import { referencesIn } from "./references";

/** The files of one chart, parsed. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  /** The source text of values.yaml: its comments name keys too. */
  readonly valuesText: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The `.Values` paths that its templates name, without `.Values`. */
  readonly references: readonly string[];
  readonly schema?: Schema;
  readonly subCharts: readonly Chart[];
}

interface ChartFile {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: readonly { readonly name: string; readonly alias?: string }[];
}

/** Reads a chart from its folder, from a packed chart, or from a folder that also contains the sub-charts. */
export function readChart(path: string): Chart {
  if (!existsSync(path)) throw new Error(`there is no chart at ${path}`);
  if (statSync(path).isDirectory()) return readFolder(folderOf(path));
  const unpacked = mkdtempSync(join(tmpdir(), "chart-"));
  try {
    extract({ file: path, cwd: unpacked, sync: true });
    return readChart(unpacked);
  } finally {
    rmSync(unpacked, { recursive: true });
  }
}

/** The folder of the chart itself: this folder, its only subfolder, or the subfolder `prometheus`. */
function folderOf(path: string): string {
  if (existsSync(join(path, "Chart.yaml"))) return path;
  const charts = readdirSync(path).filter((name) => existsSync(join(path, name, "Chart.yaml")));
  const name = charts.length === 1 ? charts[0] : charts.find((one) => one === "prometheus");
  if (name === undefined) throw new Error(`no Chart.yaml in ${path}`);
  return join(path, name);
}

function readFolder(folder: string): Chart {
  const text = (name: string) => readFileSync(join(folder, name), "utf8");
  const about = parse(text("Chart.yaml")) as ChartFile;
  const valuesText = text("values.yaml");
  return {
    name: about.name,
    version: about.version,
    valuesText,
    values: (parse(valuesText) ?? {}) as Record<string, unknown>,
    references: references(folder),
    ...(existsSync(join(folder, "values.schema.json"))
      ? { schema: JSON.parse(text("values.schema.json")) as Schema }
      : {}),
    subCharts: (about.dependencies ?? []).map(({ name, alias }) => ({
      ...readChart(subChart(folder, name)),
      name: alias ?? name,
    })),
  };
}

function subChart(folder: string, name: string): string {
  const packed = existsSync(join(folder, "charts"))
    ? readdirSync(join(folder, "charts")).find(
        (file) => file.startsWith(`${name}-`) && /^\d.*\.tgz$/.test(file.slice(name.length + 1)),
      )
    : undefined;
  const candidates = [
    join(folder, "charts", name),
    ...(packed === undefined ? [] : [join(folder, "charts", packed)]),
    join(dirname(folder), name),
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined)
    throw new Error(`${folder} has no sub-chart ${name}; fetch it with \`helm dependency build\``);
  return found;
}

/** Reads the paths from the templates, or from a prepared list of them. */
function references(folder: string): string[] {
  const list = join(folder, "referenced-paths.txt");
  if (existsSync(list)) return readFileSync(list, "utf8").split("\n").filter(Boolean);
  const templates = join(folder, "templates");
  const texts = readdirSync(templates, { recursive: true, encoding: "utf8" })
    .map((name) => join(templates, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "utf8"));
  return referencesIn(texts);
}
