import { unquoted } from "./promqlStrings";
import { wordFaults } from "./templateWords";

/** What is wrong with the braces, blocks and variables of a template in a label or an annotation. */
export interface TemplateFault {
  readonly severity: "error" | "warning";
  readonly message: string;
}

/** A template as far as it is read here: its faults, and the labels of the series that it names. */
export interface Template {
  readonly faults: readonly TemplateFault[];
  readonly labels: ReadonlySet<string>;
  /** The PromQL that it asks for when the alert fires, as far as that is written out. */
  readonly queries: readonly string[];
}

const given = new Set(["$", "$labels", "$externalLabels", "$externalURL", "$value"]);
const opening = /^(if|range|with|define|block)\b/;

/** Reads the braces of a template and the words within them. What its functions take is left to Prometheus. */
export function readTemplate(text: string): Template {
  const faults: TemplateFault[] = [];
  const labels = new Set<string>();
  const queries: string[] = [];
  const wrong = (message: string) => faults.push({ severity: "error", message });
  const declared = new Set(given);
  const open: string[] = [];
  let at = 0;
  for (;;) {
    const start = text.indexOf("{{", at);
    const between = text.slice(at, start < 0 ? undefined : start);
    if (between.includes("}}"))
      faults.push({ severity: "warning", message: 'has "}}" without "{{" before it, which stays in the text' });
    if (start < 0) break;
    const action = actionAt(text, start);
    if (action === undefined) {
      wrong(`has "{{" without "}}" after it: ${JSON.stringify(text.slice(start, start + 40))}`);
      break;
    }
    at = action.end;
    if (action.comment) continue;
    const { code, plain } = action;
    if (plain === "") wrong('has "{{}}" with nothing in it');
    const block = opening.exec(plain)?.[1];
    for (const [, name] of plain.matchAll(/(\$[\p{L}\p{Nd}_]+)\s*(?=,\s*\$[\p{L}\p{Nd}_]+\s*:=|:=)/gu))
      declared.add(name!);
    for (const [name] of plain.matchAll(/\$[\p{L}\p{Nd}_]*/gu)) {
      if (!declared.has(name)) wrong(`has the variable ${name}, which nothing declares${variableHint(name)}`);
    }
    const atRoot = open.every((one) => one === "if");
    for (const message of wordFaults(plain, atRoot)) wrong(message);
    for (const [, literal] of code.matchAll(/\bquery\s+("(?:[^"\\\n]|\\.)*"|`[^`]*`)/g)) {
      const query = unquoted(literal!);
      if ("text" in query) queries.push(query.text);
    }
    if (/\bquery\b.*\bfirst\b/.test(plain)) faults.push({ severity: "warning", message: firstOfNothing });
    // Within range and with, the dot is something else, such as a sample of a query with labels of its own.
    const root = atRoot ? "(?:\\$labels|\\$?(?<![\\w)\\]])\\.Labels)" : "(?:\\$labels|\\$\\.Labels)";
    for (const [, name] of plain.matchAll(new RegExp(`${root}\\.([\\p{L}\\p{Nd}_]+)`, "gu"))) labels.add(name!);
    for (const [, name] of code.matchAll(new RegExp(`\\bindex\\s+${root}\\s+"([^"\\\\]+)"`, "g"))) labels.add(name!);
    if (block !== undefined) open.push(block);
    else if (/^end\b/.test(plain) && open.pop() === undefined) wrong('has "{{ end }}" without a block that it ends');
    else if (/^else\b/.test(plain) && open.length === 0) wrong('has "{{ else }}" outside of a block');
  }
  if (open.length > 0 && !faults.some(({ severity }) => severity === "error"))
    wrong(`has "{{ ${open.at(-1)} … }}" without "{{ end }}" after it`);
  return { faults, labels, queries };
}

const firstOfNothing =
  "takes the first result of a query, and the alert would show an error where there is none; ask within `with`: {{ with query … }}{{ . | first | value }}{{ end }}";

function variableHint(name: string): string {
  const guess = [...given].find(
    (one) => one.toLowerCase().startsWith(name.toLowerCase().slice(0, 4)) && name.length > 3,
  );
  return guess === undefined ? "" : `; is ${guess} meant?`;
}

interface Action {
  readonly end: number;
  readonly comment: boolean;
  /** What stands between the braces. */
  readonly code: string;
  /** The same with empty strings for those in it. */
  readonly plain: string;
}

/** The action that begins at a `{{`; undefined where it, or a string in it, does not end, or another begins within it. */
function actionAt(text: string, start: number): Action | undefined {
  const comment = /^\{\{(- )?\/\*[^]*?\*\/( -)?\}\}/.exec(text.slice(start));
  if (comment !== null) return { end: start + comment[0].length, comment: true, code: "", plain: "" };
  const piece = /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+'|\}\}|\{\{|[^]/y;
  let plain = "";
  piece.lastIndex = start + 2;
  for (let match = piece.exec(text); match !== null; match = piece.exec(text)) {
    const [part] = match;
    if (part === "{{" || part === '"' || part === "`") return undefined;
    if (part === "}}") {
      const code = text.slice(start + 2, match.index);
      return { end: piece.lastIndex, comment: false, code, plain: plain.replace(/^-\s|\s-$/g, "").trim() };
    }
    plain += part.length > 1 ? '""' : part;
  }
  return undefined;
}
