import { type Change, changesOf, type Operation, RELEASE } from "./resource-changes";
import { dataAtStake, withDataAtStake } from "./data-at-stake";
import { fitted, type Part } from "./shortened-comment";
import { written } from "./changed-values";
import { block, code } from "./markdown";
import { withoutCredentials } from "../../conventions/outside-text";
import { diagnosticsOf, type Preview, withoutColors } from "./preview";
import { releaseSections } from "./release-sections";
import { cut, sides } from "./value-cells";

/** The sources of a comment: the engine's JSON, or the CLI's error output if there is no JSON. */
export interface PreviewResult {
  readonly stack: string;
  readonly preview?: Preview;
  /** The CLI's error output; read only if there is no JSON. */
  readonly stderr?: string;
}

const VERBS: Readonly<Record<Operation, string>> = {
  delete: "to delete",
  replace: "to replace",
  update: "to change",
  create: "to create",
};
const LONGEST_MESSAGE = 6_000;
/** The maximum number of rows of a table that is open at first; longer tables are collapsed. */
const OPEN_ROWS = 12;

/** The line by which the workflow finds a stack's comment again. */
export function marker(stack: string): string {
  return `<!-- alerting-preview:${stack.replaceAll(/[^\w./-]|--+/g, "_")} -->`;
}

/** The comment. It is always the same for the same preview, contains no secrets, and is short enough for GitHub. */
export function comment({ stack, preview, stderr = "" }: PreviewResult): string {
  const errors = preview === undefined ? [errorsIn(stderr)] : diagnosticsOf(preview, "error");
  const changes = preview === undefined ? [] : changesOf(preview);
  const counts = countsOf(changes);
  const failed = errors.length > 0;
  const heading = failed ? "failed" : counts.length > 0 ? counts.join(", ") : "no changes";
  const head = [marker(stack), `## Preview of ${code(stack)}: ${heading}`];
  if (failed) head.push("", ...errors.map((text) => message(text)));
  if (failed && changes.length > 0)
    head.push("", "The changes below were found before the preview failed; they are incomplete.");
  const warnings = preview === undefined ? [] : diagnosticsOf(preview, "warning");
  const data: Part = {
    title: "Data is at stake",
    loud: true,
    headings: ["", "resource", "reason", "what happens to the data"],
    rows: dataRows(changes),
  };
  if (!failed) head.push("", remaining(preview, data.rows.length));
  return fitted(head.join("\n"), [data, ...partsOf(changes), ...warningParts(warnings)]);
}

/** Whether the preview failed. */
export function hasFailed(preview: Preview | undefined): boolean {
  return preview === undefined || diagnosticsOf(preview, "error").length > 0;
}

function countsOf(changes: readonly Change[]): string[] {
  return (Object.keys(VERBS) as Operation[]).flatMap((operation) => {
    const count = changes.filter((change) => change.operation === operation).length;
    return count === 0 ? [] : [`${count} ${VERBS[operation]}`];
  });
}

function remaining(preview: Preview | undefined, atStake: number): string {
  const same = preview?.changeSummary?.same ?? 0;
  const stay =
    same === 0
      ? ""
      : ` ${same} ${same === 1 ? "resource stays" : "resources stay"} as ${same === 1 ? "it is" : "they are"}.`;
  return atStake > 0 ? `**Read the first table: data is at stake.**${stay}` : `No data is deleted or replaced.${stay}`;
}

function dataRows(changes: readonly Change[]): string[][] {
  return withDataAtStake(changes).map((change) => {
    const word = change.operation === "delete" ? "**DELETED**" : "**REPLACED**";
    return [word, resource(change), reasons(change), dataAtStake(change) ?? ""];
  });
}

function partsOf(changes: readonly Change[]): Part[] {
  const of = (operation: Operation) => changes.filter((change) => change.operation === operation);
  const table = ["resource", "what", "before", "after"];
  const updates = of("update");
  const releases = [...updates, ...of("replace")].filter(({ type }) => type === RELEASE);
  const sections = releases.flatMap(({ leaves }) => releaseSections(leaves));
  return [
    {
      title: "Deleted",
      headings: ["resource", "id"],
      rows: of("delete").map((change) => [resource(change), code(cut(withoutCredentials(change.id ?? "")))]),
    },
    { title: "Replaced", headings: table, rows: of("replace").flatMap(leafRows) },
    ...sections.map(({ title, rows }): Part => ({
      title,
      headings: ["what", "before", "after"],
      rows: rows.map(({ what, leaf }) => [code(cut(what)), ...sides(leaf.old, leaf.now)]),
    })),
    { title: "Changed", headings: table, rows: updates.filter(({ type }) => type !== RELEASE).flatMap(leafRows) },
    { title: "Created", headings: ["resource"], rows: of("create").map((change) => [resource(change)]) },
  ].map((part) => ({ ...part, closed: part.rows.length > OPEN_ROWS }));
}

function leafRows(change: Change): string[][] {
  const leaves = change.type === RELEASE ? [] : change.leaves;
  if (leaves.length === 0) return [[resource(change), reasons(change), "—", "—"]];
  return leaves.map(({ path, old, now }, index) => [
    index === 0 ? resource(change) : "",
    code(cut(written(path))),
    ...sides(old, now),
  ]);
}

function reasons({ operation, causes }: Change): string {
  if (operation === "delete") return "it is no longer in the program";
  return causes.length > 0
    ? causes.map((cause) => code(cut(cause))).join(", ")
    : "a resource that it depends on is replaced";
}

function resource({ kind, name }: Change): string {
  // The type is not formatted as code, so that it reads as a word; characters with a meaning in Markdown are replaced.
  return `${kind.replaceAll(/[^A-Za-z0-9 -]/g, "-")} ${code(cut(name))}`;
}

function warningParts(warnings: readonly string[]): Part[] {
  return [
    {
      title: "Warnings",
      headings: ["the program says"],
      rows: warnings.map((text) => [code(cut(withoutCredentials(text), 600))]),
    },
  ];
}

function message(text: string): string {
  return block(cut(withoutCredentials(text), LONGEST_MESSAGE));
}

/** The CLI's output from its first error on. */
function errorsIn(stderr: string): string {
  const lines = withoutColors(stderr).trim().split(/\r?\n/);
  const first = lines.findIndex((line) => line.startsWith("error:"));
  const text = lines.slice(Math.max(first, 0)).join("\n").trim();
  return text === "" ? "pulumi preview has printed nothing." : text;
}
