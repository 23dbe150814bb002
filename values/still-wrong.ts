import { isMap, isSeq, LineCounter, parseDocument } from "yaml";
import type { Today } from "../chart/legacy/today";
import type { StackSettings } from "../settings/stack-settings";
import type { Fault } from "../validation/faults";
import { defaultSettings, parseSettings } from "../settings/parse";
import { releaseValues } from "./release-values";

/**
 * The translation of an old configuration as text, and below it what is wrong with it as it was before, with the line:
 * a translation carries over, and mends nothing.
 */
export function translationText(today: Today, settings?: StackSettings): string {
  const faults = faultsIn(today, settings);
  if (faults.length === 0) return today.text;
  const lineOf = linesOf(today.text);
  const lines = faults.map(({ key, sentence }) =>
    `#   line ${lineOf(key)}, ${key}: ${sentence}`.replace(/\s*\n\s*/g, " "),
  );
  const heading = "# Still to be mended in it, carried over as it was; lines are counted from `config:` on:";
  return `${today.text.trimEnd()}\n\n${heading}\n${lines.join("\n")}\n`;
}

/** What a preview would say of settings as they are written, apart from those that are not there. */
export function faultsIn(
  { settings: written, secrets }: Pick<Today, "settings" | "secrets">,
  settings?: StackSettings,
): Fault[] {
  const raw = Object.fromEntries(Object.entries(written).map(([key, value]) => [key, asText(value)]));
  const parsed = parseSettings(raw, () => false);
  const isWritten = ({ key }: Fault) => Object.keys(raw).some((name) => new RegExp(`^alerting:${name}\\b`).test(key));
  const credentials = secrets.flatMap(({ command }) => /credentials\.([\w-]+)/.exec(command)?.[1] ?? []);
  const only = Object.fromEntries(Object.entries(parsed.settings).filter(([name]) => name in raw));
  const release = releaseValues({ ...(settings ?? defaultSettings()), ...only }, credentials);
  // What is wrong in a stack's other settings, its preview tells by itself.
  const ofRelease = settings !== undefined ? release.faults.filter(isWritten) : release.faults;
  return [...parsed.faults.filter(isWritten), ...ofRelease];
}

/** A setting as the engine hands it on. */
const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Tells the line of a key such as `alerting:values.server["x.y"][0]`, or of what is nearest around it; `config:` is line 1. */
function linesOf(text: string): (key: string) => number {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const lineAt = (offset: number) => counter.linePos(offset).line;
  const first = lineAt(text.indexOf("config:"));
  return (key) => {
    const [, setting = key, below = ""] = /^(alerting:\w+)(.*)$/.exec(key) ?? [];
    const parts = [...below.matchAll(/\[("(?:[^"\\]|\\.)*"|\d+)\]|([^.[\]]+)/g)].map(
      ([, inBrackets, plain]) => plain ?? (JSON.parse(inBrackets!) as string | number),
    );
    let here: unknown = document.contents;
    let line = first;
    for (const part of ["config", setting, ...parts]) {
      const pair = isMap(here) ? here.items.find((item) => String(item.key) === String(part)) : undefined;
      const item: unknown = pair?.key ?? (isSeq(here) ? here.items[Number(part)] : undefined);
      const range = (item as { range?: [number, number, number] } | undefined)?.range;
      if (!range) break;
      line = lineAt(range[0]);
      here = pair?.value ?? item;
    }
    return line - first + 1;
  };
}
