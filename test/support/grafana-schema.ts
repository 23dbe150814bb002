import { join } from "node:path";
import ts from "typescript";
import { projectRoot } from "../../conventions/project-root";

/** The file that is compiled; it exists only in memory. */
const file = join(projectRoot, "test", "dashboards-in-memory.ts");

const panels = "@grafana/schema/dist/esm/raw/composable";
/**
 * Grafana's types of a dashboard. `Plain` turns its enumerations into their values. The fields of an annotation below
 * are those that the Prometheus datasource adds; they and the fields of a query are in no published type.
 */
const types = `
import type { AnnotationQuery, Dashboard, DataQuery, FieldConfigSource, Panel } from "@grafana/schema";
import type * as timeline from "${panels}/statetimeline/panelcfg/x/StateTimelinePanelCfg_types.gen";
import type * as graph from "${panels}/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";
type Plain<T> = T extends string | number ? T | \`\${T}\` : T extends object ? { [K in keyof T]: Plain<T[K]> } : T;
interface Query extends DataQuery { expr: string; legendFormat?: string; range?: boolean; interval?: string }
interface Annotation extends AnnotationQuery<Query> { titleFormat: string; textFormat: string; tagKeys: string }
interface Of<Type, Options, Fields> extends Omit<Panel, "type" | "options" | "targets" | "fieldConfig"> {
  type: Type; options: Options; targets: Query[]; fieldConfig: FieldConfigSource<Fields>;
}
interface Ours extends Omit<Dashboard, "panels" | "annotations"> {
  annotations: { list: Annotation[] };
  panels: (
    | Of<"timeseries", graph.Options, graph.FieldConfig>
    | Of<"state-timeline", timeline.Options, timeline.FieldConfig>
  )[];
}
`;

/**
 * Compiles dashboards against Grafana's published types. Returns the compiler's errors for each: wrong values, and
 * fields that Grafana does not have.
 */
export function schemaErrors(dashboards: readonly object[]): string[][] {
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  // Each dashboard is on one line, by which an error is assigned to it.
  const head = types.split("\n").length - 1;
  const lines = dashboards.map((one, at) => `export const of${at}: Plain<Ours> = ${JSON.stringify(one)};`);
  const text = `${types}${lines.join("\n")}\n`;
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => name === file || disk.fileExists(name),
    getSourceFile: (name, ...rest) =>
      name === file ? ts.createSourceFile(name, text, ts.ScriptTarget.Latest) : disk.getSourceFile(name, ...rest),
  };
  const found = ts.getPreEmitDiagnostics(ts.createProgram([file], options, host));
  const lineOf = ({ file: where, start = 0 }: ts.Diagnostic) => where?.getLineAndCharacterOfPosition(start).line;
  const misplaced = found.find((one) => one.file?.fileName !== file || lineOf(one)! < head);
  if (misplaced) throw new Error(ts.flattenDiagnosticMessageText(misplaced.messageText, "\n"));
  return dashboards.map((_, at) =>
    found
      .filter((one) => lineOf(one) === head + at)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n")),
  );
}
